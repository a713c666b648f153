//! Schedules and their slots.

use std::time::Duration;

use ledgerline_jobs::{
    NewJob, Options,
    catalog::Kind,
    engine::{
        outcome::Outcome,
        schedule::{self, CatchUp, SlotOutcome},
    },
};
use ledgerline_workers::{Registry, schedule::ScheduleEntry};
use serde_json::json;
use support::{TestEngine, start_node, wait_for};
use uuid::Uuid;

use crate::Task;

fn entry(name: &str, cron: &str, catch_up: CatchUp) -> ScheduleEntry {
    ScheduleEntry::new(name, cron, "Europe/Berlin", Kind::of::<Task>(), json!({ "n": 1 }), catch_up, Duration::ZERO)
        .expect("a schedule")
}

fn registry() -> Registry {
    Registry::default().on(|_, _: Task| async { Ok(Outcome::Done) })
}

#[tokio::test]
async fn a_slot_fires_once_over_many_nodes() {
    let engine = TestEngine::create().await;
    let mut options = engine.options();
    options.schedules = vec![entry("hourly", "0 * * * *", CatchUp::All)];
    let nodes: Vec<_> = (0..3).map(|_| start_node(options.clone(), registry())).collect();
    wait_for("the schedule is known", || async { engine.value::<i64>("select count(*) from schedules").await == 1 })
        .await;
    engine.travel("5 hours").await;
    wait_for("five slots fired", || async {
        engine.value::<i64>("select count(*) from schedule_slots where outcome in ('fired', 'caught_up')").await == 5
    })
    .await;
    engine.settle().await;
    for node in nodes {
        node.stop().await;
    }
    assert_eq!(engine.value::<i64>("select count(*) from schedule_slots").await, 5);
    assert_eq!(engine.value::<i64>("select count(*) from finished_jobs").await, 5, "one job for each slot");
    assert_eq!(
        engine.value::<i64>("select count(distinct job_id) from schedule_slots").await,
        5,
        "and each slot knows its job"
    );
}

#[tokio::test]
async fn missed_slots_follow_the_policy() {
    let engine = TestEngine::create().await;
    let mut options = engine.options();
    options.schedules = vec![
        entry("all", "0 * * * *", CatchUp::All),
        entry("last", "0 * * * *", CatchUp::Last),
        entry("skip", "0 * * * *", CatchUp::Skip),
    ];
    let node = start_node(options.clone(), registry());
    wait_for("the schedules are known", || async { engine.value::<i64>("select count(*) from schedules").await == 3 })
        .await;
    node.stop().await;
    // long enough after the hour that its slot counts as missed, whenever the test runs
    engine.travel("4 hours").await;
    engine.travel("2 minutes").await;
    let node = start_node(options, registry());
    wait_for("every due time is settled", || async {
        engine.value::<bool>("select count(*) >= 12 and count(distinct schedule) = 3 from schedule_slots").await
    })
    .await;
    engine.settle().await;
    node.stop().await;
    let count = |schedule: &'static str, outcomes: &'static str| {
        let engine = &engine;
        async move {
            let sql =
                "select count(*) from schedule_slots where schedule = $1 and outcome = any(string_to_array($2, ' '))";
            let mut owner = engine.database.owner().await;
            sqlx::query_scalar::<_, i64>(sql)
                .bind(schedule)
                .bind(outcomes)
                .fetch_one(&mut owner)
                .await
                .expect("a number")
        }
    };
    assert!(count("all", "fired caught_up").await >= 4);
    assert!(count("all", "caught_up").await >= 3, "what is late is told apart from what is in time");
    assert_eq!(count("last", "fired caught_up").await, 1);
    assert!(count("last", "missed").await >= 3, "what is not made up for is told");
    assert!(count("skip", "fired caught_up").await <= 1, "only one that is due right now may fire");
    assert!(count("skip", "missed").await >= 3);
}

#[tokio::test]
async fn a_paused_schedule_does_not_fire() {
    let engine = TestEngine::create().await;
    let mut options = engine.options();
    options.schedules = vec![entry("hourly", "0 * * * *", CatchUp::All)];
    let node = start_node(options, registry());
    wait_for("the schedule is known", || async { engine.value::<i64>("select count(*) from schedules").await == 1 })
        .await;
    sqlx::query("update schedules set paused_at = app_now()")
        .execute(&mut engine.connect().await)
        .await
        .expect("paused");
    engine.travel("3 hours").await;
    wait_for("the slots passed", || async {
        engine.value::<i64>("select count(*) from schedule_slots where outcome = 'paused'").await == 3
    })
    .await;
    node.stop().await;
    assert_eq!(engine.value::<i64>("select count(*) from finished_jobs").await, 0);
}

#[tokio::test]
async fn a_schedule_that_comes_back_makes_up_for_nothing_of_the_time_when_it_was_away() {
    let engine = TestEngine::create().await;
    let mut connection = engine.connect().await;
    let hourly = entry("hourly", "0 * * * *", CatchUp::All);
    schedule::define(&mut connection, &[hourly.definition()]).await.expect("defined");
    let slot = schedule::known(&mut connection).await.expect("known")[0].now;
    let job = NewJob::of(&Task { n: 1 }).expect("a payload");
    schedule::fire(&mut connection, Uuid::now_v7(), "hourly", slot, SlotOutcome::Fired, &job, &Options::default())
        .await
        .expect("fired");
    schedule::define(&mut connection, &[]).await.expect("removed");
    engine.travel("5 days").await;
    schedule::define(&mut connection, &[hourly.definition()]).await.expect("back again");
    let known = schedule::known(&mut connection).await.expect("known").remove(0);
    assert!(known.now - known.dealt_with < chrono::Duration::minutes(1), "{known:?}");
}

#[tokio::test]
async fn a_slot_that_is_fired_twice_has_one_job() {
    let engine = TestEngine::create().await;
    let mut connection = engine.connect().await;
    let hourly = entry("hourly", "0 * * * *", CatchUp::All);
    schedule::define(&mut connection, &[hourly.definition()]).await.expect("defined");
    let slot = "2026-11-21T09:00:00Z".parse().expect("a time");
    let job = NewJob::of(&Task { n: 1 }).expect("a payload");
    let node = Uuid::now_v7();
    let first =
        schedule::fire(&mut connection, node, "hourly", slot, SlotOutcome::Fired, &job, &Options::default()).await;
    assert!(first.expect("fired").is_some());
    let second =
        schedule::fire(&mut connection, node, "hourly", slot, SlotOutcome::Fired, &job, &Options::default()).await;
    assert_eq!(second.expect("answered"), None);
    assert_eq!(engine.value::<i64>("select count(*) from jobs").await, 1);
}
