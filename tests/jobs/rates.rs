//! What nodes write down of what they did.

use std::time::Duration;

use ledgerline_jobs::{
    Options,
    engine::{outcome::Outcome, rates},
};
use ledgerline_workers::Registry;
use support::{TestEngine, wait_for};

use crate::Task;

#[tokio::test]
async fn a_node_adds_up_what_it_did_by_kind_and_writes_it_in_three_steps() {
    let engine = TestEngine::create().await;
    let node = engine.start(Registry::default().on(|_, task: Task| async move {
        match task.n {
            0 => Ok(Outcome::Done),
            1 => Ok(Outcome::Dead("no such file".to_owned())),
            _ => Err("connection refused".into()),
        }
    }));
    for n in [0, 0, 0, 1, 2] {
        engine.ask(&Task { n }, &Options::default()).await;
    }
    engine.settle().await;
    node.stop().await;
    let told = "select string_agg(step || ':' || ok || ' ' || again || ' ' || dead, ', ' order by step) from (
        select step, sum(succeeded) as ok, sum(failed) as again, sum(dead) as dead from job_rates group by step) sums";
    // the failing one is tried three times and dies the third
    assert_eq!(engine.value::<String>(told).await, "1:3 2 2, 15:3 2 2, 60:3 2 2");
    let timed =
        "select sum((select sum(n) from unnest(waits) n))::bigint + sum((select sum(n) from unnest(runs) n))::bigint
        from job_rates where step = 60";
    assert_eq!(engine.value::<i64>(timed).await, 14, "each of the seven attempts waited and ran");
    let error = "select last_error from job_rates where step = 60 and last_error_job is not null";
    assert_eq!(engine.value::<String>(error).await, "connection refused");
    let died = "select sum(count)::bigint from console_activity where what = 'jobs_died' and subject = 'tests.task'";
    assert_eq!(engine.value::<i64>(died).await, 2);
}

#[tokio::test]
async fn what_waits_and_what_is_asked_for_is_sampled() {
    let engine = TestEngine::create().await;
    let mut connection = engine.connect().await;
    rates::sample(&mut connection).await.expect("sampled");
    for n in 0..3 {
        engine.ask(&Task { n }, &Options::default()).await;
    }
    // the statistics of a table are told with a short delay
    wait_for("three were asked for", || async {
        rates::sample(&mut engine.connect().await).await.expect("sampled");
        engine.value::<i64>("select sum(jobs)::bigint from asked_rates where step = 60").await == 3
    })
    .await;
    assert_eq!(
        engine.value::<i64>("select max(depth) from queue_samples where step = 1 and queue = 'default'").await,
        3
    );
}

#[tokio::test]
async fn what_no_chart_shows_is_forgotten() {
    let engine = TestEngine::create().await;
    let mut connection = engine.connect().await;
    let mut done = rates::Done { succeeded: 1, ..rates::Done::default() };
    done.runs.add(Duration::from_millis(5));
    let node = uuid::Uuid::now_v7();
    rates::write(&mut connection, node, "tests.task", "default", &done).await.expect("written");
    rates::write(&mut connection, node, "tests.task", "default", &done).await.expect("added");
    assert_eq!(engine.value::<i64>("select sum(succeeded)::bigint from job_rates where step = 1").await, 2);
    engine.travel("3 days").await;
    let now = chrono::Utc::now() + chrono::Duration::days(3);
    rates::forget(&mut connection, now - chrono::Duration::days(30)).await.expect("forgotten");
    let kept = "select string_agg(step::text, ' ' order by step) from job_rates";
    assert_eq!(engine.value::<String>(kept).await, "15 60");
}
