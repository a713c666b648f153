//! What nodes write down of what they did.

use std::time::Duration;

use ledgerline_jobs::{
    Options,
    engine::{outcome::Outcome, rates},
};
use ledgerline_workers::Registry;
use sqlx::Connection as _;
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
async fn a_write_that_is_under_way_when_the_node_stops_is_not_lost() {
    let engine = TestEngine::create().await;
    let node = engine.start(Registry::default().on(|_, _: Task| async { Ok(Outcome::Done) }));
    let mut owner = engine.database.owner().await;
    let mut lock = owner.begin().await.expect("a transaction");
    sqlx::query("lock table job_rates").execute(&mut *lock).await.expect("locked");
    engine.ask(&Task { n: 1 }, &Options::default()).await;
    engine.settle().await;
    let writes = "select count(*) from pg_stat_activity where datname = current_database()
        and query like '%insert into job_rates%' and wait_event_type = 'Lock'";
    wait_for("the node writes what it did", || async { engine.value::<i64>(writes).await == 1 }).await;
    let stopping = tokio::spawn(node.stop());
    let beats = "select count(*) from pg_stat_activity where datname = current_database()
        and query like 'update nodes set beat_at%'";
    wait_for("its heart has stopped", || async { engine.value::<i64>(beats).await == 0 }).await;
    lock.rollback().await.expect("unlocked");
    stopping.await.expect("stopped");
    assert_eq!(engine.value::<i64>("select sum(succeeded)::bigint from job_rates where step = 60").await, 1);
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
async fn what_nodes_wrote_of_a_step_that_is_over_becomes_one_row() {
    let engine = TestEngine::create().await;
    let mut connection = engine.connect().await;
    let (one, other) = (uuid::Uuid::now_v7(), uuid::Uuid::now_v7());
    let mut failed = rates::Done { failed: 1, last_error: Some(("refused".to_owned(), one)), ..rates::Done::default() };
    failed.runs.add(Duration::from_millis(5));
    failed.waits.add(Duration::from_secs(5));
    let mut well = rates::Done { succeeded: 2, dead: 1, ..rates::Done::default() };
    well.runs.add(Duration::from_secs(50));
    for (node, done) in [(one, &failed), (other, &well)] {
        rates::write(&mut connection, node, "tests.task", "default", done).await.expect("written");
    }
    assert_eq!(rates::fold(&mut connection).await.expect("nothing to fold"), 0, "the minute is not over");
    let told = "select string_agg(concat_ws(' ', succeeded, failed, dead, cardinality(waits), cardinality(runs),
          last_error, last_error_job is not null, last_error_at < app_now() - interval '2 minutes'), ', ')
        from job_rates where step = 1";
    engine.travel("150 seconds").await;
    while rates::fold(&mut connection).await.expect("folded") > 0 {}
    assert_eq!(engine.value::<String>(told).await, "2 1 1 26 33 refused t t");
    // what is late comes to what was folded before
    rates::write(&mut connection, other, "tests.task", "default", &well).await.expect("written");
    engine.travel("3 hours").await;
    while rates::fold(&mut connection).await.expect("folded") > 0 {}
    let sums = "select string_agg(step || ':' || ok || ' of ' || rows, ', ' order by step) from (
        select step, sum(succeeded) as ok, count(*) as rows from job_rates where at > app_now() - interval '1 day'
          and node_id = '00000000-0000-0000-0000-000000000000' group by step) sums";
    let rows = engine.value::<String>(sums).await;
    assert!(rows.starts_with("1:4 of 2, 15:4 of ") && rows.contains(", 60:4 of "), "{rows}");
    assert_eq!(engine.value::<i64>("select count(distinct node_id) from job_rates").await, 1);
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
