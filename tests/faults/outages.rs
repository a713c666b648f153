//! What happens to the servers: Redis wiped and restarted, Postgres crashed, all under load.

use std::time::Duration;

use rand::Rng as _;

use crate::World;

#[tokio::test]
async fn wiping_and_restarting_redis_loses_no_job() {
    let mut world = World::new().await;
    world.start_node(&[]);
    world.start_node(&[]);
    let count = 3000;
    world.ask_counts(count, 10).await;
    world.wait_for_effects(50).await;
    for round in 0..6 {
        let instant = Duration::from_millis(world.seed.random_range(50..400));
        tokio::time::sleep(instant).await;
        if round % 2 == 0 {
            world.redis.flush().await;
        } else {
            let away = Duration::from_millis(world.seed.random_range(0..1500));
            world.redis.restart(away).await;
        }
    }
    world.settle(Duration::from_secs(90)).await;
    world.assert_each_once(count).await;
}

#[tokio::test]
async fn a_crash_of_postgres_under_load_loses_and_doubles_nothing() {
    let mut world = World::new().await;
    world.start_node(&[]);
    world.start_node(&[]);
    let count = 3000;
    world.ask_counts(count, 10).await;
    world.wait_for_effects(50).await;
    for _ in 0..3 {
        let instant = Duration::from_millis(world.seed.random_range(100..500));
        tokio::time::sleep(instant).await;
        world.postgres.restart().await;
    }
    world.settle(Duration::from_secs(120)).await;
    world.assert_each_once(count).await;
}
