//! What happens to nodes: killed, stopped, terminated, doubled.

use std::time::{Duration, Instant};

use rand::Rng as _;

use crate::{World, kinds::Slow, servers::wait_for};

#[tokio::test]
async fn twenty_kills_lose_nothing_and_double_nothing() {
    let mut world = World::new().await;
    let mut live = vec![world.start_node(&[]), world.start_node(&[])];
    let count = 3000;
    world.ask_counts(count, 20).await;
    world.wait_for_effects(50).await;
    for _ in 0..20 {
        let instant = Duration::from_millis(world.seed.random_range(0..250));
        tokio::time::sleep(instant).await;
        let victim = live.swap_remove(world.seed.random_range(0..live.len()));
        world.kill(victim);
        live.push(world.start_node(&[]));
    }
    let last_kill = Instant::now();
    world.settle(Duration::from_secs(180)).await;
    println!("all ended {:.1} s after the last of 20 kills", last_kill.elapsed().as_secs_f64());
    world.assert_each_once(count).await;
    let crashed = world.number("select count(*) from job_attempts where outcome = 'crashed'").await;
    println!("attempts that died with their node: {crashed}");
    assert!(crashed > 0, "no kill hit a running job: the test shows nothing");
}

#[tokio::test]
async fn a_killed_nodes_job_runs_again_within_thirty_seconds() {
    let mut world = World::new().await;
    // the lease of production
    let doomed = world.start_node(&["--lease-ms", "10000"]);
    world.ask(&[Slow { n: 1, millis: 60_000 }]).await;
    wait_for("the job has started", Duration::from_secs(20), || async {
        world.number("select count(*) from fault_starts").await == 1
    })
    .await;
    world.start_node(&["--lease-ms", "10000"]);
    wait_for("the second node is there", Duration::from_secs(20), || async {
        world.number("select count(*) from nodes where state = 'running'").await == 2
    })
    .await;
    world.kill(doomed);
    let killed = Instant::now();
    wait_for("the job runs again", Duration::from_secs(30), || async {
        world.number("select count(*) from fault_starts").await == 2
    })
    .await;
    println!("rescue took {:.1} s with a lease of 10 s", killed.elapsed().as_secs_f64());
}

#[tokio::test]
async fn a_node_that_slept_past_its_lease_is_refused() {
    let mut world = World::new().await;
    let sleeper = world.start_node(&[]);
    world.ask(&[Slow { n: 1, millis: 3000 }]).await;
    wait_for("the job has started", Duration::from_secs(20), || async {
        world.number("select count(*) from fault_starts").await == 1
    })
    .await;
    world.signal(sleeper, "STOP");
    world.start_node(&[]);
    wait_for("another node has it", Duration::from_secs(30), || async {
        world.number("select count(*) from fault_starts").await == 2
    })
    .await;
    // it wakes with its own timer long expired, so its late end comes at once, while the other still works
    world.signal(sleeper, "CONT");
    world.settle(Duration::from_secs(30)).await;
    assert_eq!(world.number("select count(*) from finished_jobs where state = 'succeeded'").await, 1);
    assert_eq!(
        world.number("select epoch::bigint from finished_jobs").await,
        2,
        "the second claim ended it; the late end of the first was refused"
    );
    assert_eq!(
        world
            .number("select (finished_at - started_at >= interval '2.9 seconds')::int::bigint from finished_jobs")
            .await,
        1,
        "the second claim worked to its own end"
    );
}

#[tokio::test]
async fn two_dispatchers_and_a_stale_leader_double_nothing() {
    let mut world = World::new().await;
    let first = world.start_node(&[]);
    world.ask_counts(100, 5).await;
    world.wait_for_effects(1).await;
    world.start_node(&[]);
    for _ in 0..3 {
        // the leader is stopped until another leads, then goes on dispatching as if it still did
        world.signal(first, "STOP");
        wait_for("another dispatcher leads", Duration::from_secs(20), || async {
            world.number("select count(*) from engine_leases where name = 'dispatcher' and until > now()").await == 1
        })
        .await;
        world.signal(first, "CONT");
        world.settle(Duration::from_secs(60)).await;
    }
    let count = 2000;
    let jobs: Vec<_> = (100..count).map(|n| crate::kinds::Count { n, millis: 2 }).collect();
    world.ask(&jobs).await;
    world.settle(Duration::from_secs(60)).await;
    world.assert_each_once(count).await;
}

#[tokio::test]
async fn sigterm_under_load_hands_everything_back() {
    let mut world = World::new().await;
    let count = 2000;
    world.ask_counts(count, 10).await;
    let mut live = world.start_node(&["--drain-ms", "500"]);
    world.wait_for_effects(20).await;
    for _ in 0..5 {
        let instant = Duration::from_millis(world.seed.random_range(50..300));
        tokio::time::sleep(instant).await;
        world.signal(live, "TERM");
        let stopped = world.nodes[live].wait().unwrap();
        assert!(stopped.success(), "a terminated node ends well: {stopped}");
        assert_eq!(
            world.number("select count(*) from jobs where state = 'running'").await,
            0,
            "nothing is left behind"
        );
        live = world.start_node(&["--drain-ms", "500"]);
    }
    world.settle(Duration::from_secs(60)).await;
    world.assert_each_once(count).await;
    assert_eq!(
        world.number("select count(*) from finished_jobs where attempt <> 1").await,
        0,
        "handing back burns no attempt"
    );
    assert_eq!(world.number("select count(*) from job_attempts").await, 0, "and is no failure");
}
