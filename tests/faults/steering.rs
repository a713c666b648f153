//! What operators tell nodes: to be quiet, to work again, to stop.

use std::time::{Duration, Instant};

use ledgerline_jobs::engine::nodes::{self, Asked};
use uuid::Uuid;

use crate::{World, kinds::Slow, servers::wait_for};

/// The node that runs as this process.
async fn id_of(world: &World, node: usize) -> Uuid {
    let pid = i64::from(world.nodes[node].id());
    wait_for("the node is known", Duration::from_secs(20), || async {
        world.number("select count(*) from nodes where state = 'running'").await > 0
            && sqlx::query_scalar::<_, Option<Uuid>>("select id from nodes where pid = $1")
                .bind(pid)
                .fetch_optional(&mut world.engine().await)
                .await
                .unwrap()
                .is_some()
    })
    .await;
    sqlx::query_scalar("select id from nodes where pid = $1")
        .bind(pid)
        .fetch_one(&mut world.engine().await)
        .await
        .unwrap()
}

async fn state_of(world: &World, node: Uuid) -> String {
    sqlx::query_scalar("select state from nodes where id = $1")
        .bind(node)
        .fetch_one(&mut world.engine().await)
        .await
        .unwrap()
}

async fn runs_of(world: &World, node: Uuid) -> i64 {
    sqlx::query_scalar("select count(*) from finished_jobs where node_id = $1")
        .bind(node)
        .fetch_one(&mut world.engine().await)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_quiet_node_claims_nothing_while_another_does_until_it_may_again() {
    let mut world = World::new().await;
    let (first, second) = (world.start_node(&[]), world.start_node(&[]));
    let (quiet, busy) = (id_of(&world, first).await, id_of(&world, second).await);
    world.ask_counts(100, 5).await;
    world.settle(Duration::from_secs(60)).await;

    nodes::ask(&mut world.engine().await, quiet, Some(Asked::Quiet), "Oda").await.unwrap();
    wait_for("the node is quiet", Duration::from_secs(10), || async { state_of(&world, quiet).await == "quiet" }).await;
    let before = runs_of(&world, quiet).await;
    let jobs: Vec<_> = (100..500).map(|n| crate::kinds::Count { n, millis: 5 }).collect();
    world.ask(&jobs).await;
    world.settle(Duration::from_secs(60)).await;
    assert_eq!(runs_of(&world, quiet).await, before, "a quiet node takes nothing");
    assert!(runs_of(&world, busy).await >= 400, "the other did it all");

    nodes::ask(&mut world.engine().await, busy, Some(Asked::Quiet), "Oda").await.unwrap();
    wait_for("the other is quiet", Duration::from_secs(10), || async { state_of(&world, busy).await == "quiet" }).await;
    let jobs: Vec<_> = (500..600).map(|n| crate::kinds::Count { n, millis: 5 }).collect();
    world.ask(&jobs).await;
    nodes::ask(&mut world.engine().await, quiet, None, "Oda").await.unwrap();
    world.settle(Duration::from_secs(60)).await;
    assert_eq!(runs_of(&world, quiet).await, before + 100, "it takes work again");
    world.assert_each_once(600).await;
}

#[tokio::test]
async fn a_node_that_is_told_to_stop_ends_well_while_redis_is_away_and_loses_nothing() {
    let mut world = World::new().await;
    let node = world.start_node(&["--concurrency", "2", "--drain-ms", "1000"]);
    let id = id_of(&world, node).await;
    world.ask(&[Slow { n: 1, millis: 300 }, Slow { n: 2, millis: 60_000 }]).await;
    wait_for("both have started", Duration::from_secs(20), || async {
        world.number("select count(*) from fault_starts").await == 2
    })
    .await;
    world.redis.stop();
    nodes::ask(&mut world.engine().await, id, Some(Asked::Stop), "Oda").await.unwrap();
    let asked = Instant::now();
    let ended = loop {
        if let Some(ended) = world.nodes[node].try_wait().unwrap() {
            break ended;
        }
        assert!(asked.elapsed() < Duration::from_secs(30), "the node does not stop");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(ended.code(), Some(0));
    assert_eq!(
        world.number("select count(*) from finished_jobs where state = 'succeeded'").await,
        1,
        "the short one ended"
    );
    assert_eq!(
        world.number("select count(*) from jobs where state = 'scheduled' and attempt = 0").await,
        1,
        "the long one was given back and burnt no attempt"
    );
    let told = "select count(*) from nodes join console_activity on subject_id = nodes.id
        where left_at is not null and what = 'node_stopped'";
    assert_eq!(world.number(told).await, 1, "it left in good order");
}
