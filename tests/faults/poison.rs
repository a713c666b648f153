//! Jobs that fell their process, or only themselves.

use std::time::Duration;

use sqlx::Row as _;

use crate::{
    World,
    kinds::{Abort, Eat, Fail, Panic, Spin},
    servers::wait_for,
};

/// Runs a poison job among innocent ones, with nodes that are started again when they die, as an operator's process
/// manager does.
async fn poisoned<J: ledgerline_jobs::Job>(poison: J, arguments: &[&str]) -> World {
    let mut world = World::new().await;
    world.start_node(arguments);
    world.ask(&[poison]).await;
    let count = 300;
    world.ask_counts(count, 5).await;
    let limit = std::time::Instant::now() + Duration::from_secs(120);
    while world.number("select count(*) from jobs").await != 0 {
        assert!(std::time::Instant::now() < limit, "jobs are live after 120 s");
        let last = world.nodes.len() - 1;
        if world.nodes[last].try_wait().unwrap().is_some() {
            world.start_node(arguments);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(world.number("select count(*) from fault_effects").await, count, "the innocent ones ran once each");
    assert_eq!(world.number("select count(distinct n) from fault_effects").await, count);
    world
}

async fn assert_quarantined(world: &World) {
    let mut engine = world.engine().await;
    let row = sqlx::query("select state::text, reason, crashes from dead_jobs").fetch_one(&mut engine).await.unwrap();
    assert_eq!(row.get::<String, _>(0), "quarantined");
    assert_eq!(row.get::<String, _>(1), "crashed its process 3 times while it ran alone");
    assert_eq!(row.get::<i16, _>(2), 3);
    let started = world.nodes.len();
    assert!(started <= 3, "it felled the shared node once, not the fleet: {started} nodes were needed");
}

#[tokio::test]
async fn a_job_that_aborts_its_process_is_quarantined() {
    let world = poisoned(Abort { n: 0, millis: 0 }, &[]).await;
    assert_quarantined(&world).await;
}

#[tokio::test]
async fn a_job_that_never_yields_is_quarantined() {
    let world = poisoned(Spin { n: 0, millis: 0 }, &[]).await;
    assert_quarantined(&world).await;
}

#[tokio::test]
async fn a_job_that_eats_memory_is_quarantined() {
    let world = poisoned(Eat { n: 0, millis: 0 }, &["--memory-mb", "400"]).await;
    assert_quarantined(&world).await;
}

#[tokio::test]
async fn panics_and_failures_end_dead_with_their_reason() {
    let mut world = World::new().await;
    world.start_node(&[]);
    world.ask(&[Panic { n: 0, millis: 0 }]).await;
    world.ask(&[Fail { n: 0, millis: 0 }]).await;
    wait_for("both are dead", Duration::from_secs(30), || async {
        world.number("select count(*) from dead_jobs").await == 2
    })
    .await;
    let mut engine = world.engine().await;
    let rows = sqlx::query("select kind, reason, last_error, attempt from dead_jobs order by kind")
        .fetch_all(&mut engine)
        .await
        .unwrap();
    let said: Vec<(String, String, String, i16)> =
        rows.iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get(3))).collect();
    assert_eq!(
        said,
        [
            ("faults.fail".to_owned(), "failed 3 times".to_owned(), "as asked".to_owned(), 3),
            ("faults.panic".to_owned(), "failed 2 times".to_owned(), "panicked: as asked".to_owned(), 2),
        ]
    );
    let backtraces =
        world.number("select count(*) from job_attempts where backtrace like '%tests/faults/handlers.rs%'").await;
    assert_eq!(backtraces, 2, "each panic is kept with its place");
}
