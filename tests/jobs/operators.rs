//! What operators do: cancel, retry, pause.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use ledgerline_jobs::{
    Options,
    engine::{
        control::{self, Cancelled, Retried},
        outcome::Outcome,
        sweep,
    },
};
use ledgerline_workers::Registry;
use support::{TestEngine, wait_for};

use crate::{Task, UntilFinished};

#[tokio::test]
async fn a_waiting_job_is_cancelled_at_once_with_those_that_wait_for_it() {
    let engine = TestEngine::create().await;
    let first =
        engine.ask(&Task { n: 1 }, &Options { delay: Some(Duration::from_secs(3600)), ..Options::default() }).await;
    engine.ask(&Task { n: 2 }, &Options { after: Some(first), ..Options::default() }).await;
    let mut connection = engine.connect().await;
    assert_eq!(control::cancel(&mut connection, first, "by hand").await.expect("cancelled"), Cancelled::Ended);
    assert_eq!(engine.value::<i64>("select count(*) from jobs").await, 0);
    assert_eq!(
        engine.value::<String>("select string_agg(reason, '; ' order by args->>'n') from finished_jobs").await,
        "by hand; the job it waited for was cancelled"
    );
    assert_eq!(control::cancel(&mut connection, first, "again").await.expect("answered"), Cancelled::NotLive);
}

#[tokio::test]
async fn a_running_job_lets_go_when_it_is_cancelled() {
    let engine = TestEngine::create().await;
    let id = engine.ask(&Task { n: 1 }, &Options::default()).await;
    let started = Arc::new(AtomicBool::new(false));
    let seen = started.clone();
    let node = engine.start(Registry::default().on(move |_, _: Task| {
        seen.store(true, Ordering::SeqCst);
        async {
            tokio::time::sleep(Duration::from_secs(60)).await;
            Ok(Outcome::Done)
        }
    }));
    wait_for("the job runs", || async { started.load(Ordering::SeqCst) }).await;
    let mut connection = engine.connect().await;
    assert_eq!(control::cancel(&mut connection, id, "by hand").await.expect("answered"), Cancelled::Requested);
    engine.settle().await;
    node.stop().await;
    assert_eq!(
        engine.value::<String>("select concat_ws(' ', state, reason) from finished_jobs").await,
        "cancelled cancelled while it ran"
    );
}

#[tokio::test]
async fn a_paused_queue_stands_still_until_it_is_resumed() {
    let engine = TestEngine::create().await;
    let mut connection = engine.connect().await;
    control::pause(&mut connection, "default", "nina", None).await.expect("paused");
    let ran = Arc::new(AtomicBool::new(false));
    let seen = ran.clone();
    let node = engine.start(
        Registry::default()
            .on(move |_, _: Task| {
                seen.store(true, Ordering::SeqCst);
                async { Ok(Outcome::Done) }
            })
            .on(|_, _: ledgerline_jobs::maintenance::KeepHouse| async { Ok(Outcome::Done) }),
    );
    engine.ask(&Task { n: 1 }, &Options::default()).await;
    // another queue goes on: when its job is done, the paused one had its chance
    engine.ask(&ledgerline_jobs::maintenance::KeepHouse {}, &Options::default()).await;
    wait_for("the other queue works", || async {
        engine.value::<i64>("select count(*) from finished_jobs").await == 1
    })
    .await;
    assert!(!ran.load(Ordering::SeqCst));
    control::resume(&mut connection, "default").await.expect("resumed");
    engine.settle().await;
    node.stop().await;
    assert!(ran.load(Ordering::SeqCst));
}

#[tokio::test]
async fn a_dead_job_whose_key_is_taken_is_not_retried_and_names_the_holder() {
    let engine = TestEngine::create().await;
    let job = UntilFinished { about: "x".into() };
    let dead = engine.ask(&job, &Options::default()).await;
    let node = engine.start(Registry::default().on(|_, _: UntilFinished| async { Err("no".into()) }));
    engine.settle().await;
    node.stop().await;
    let holder = engine.ask(&job, &Options::default()).await;
    let mut connection = engine.connect().await;
    assert_eq!(control::retry(&mut connection, dead).await.expect("answered"), Retried::KeyHeld(Some(holder)));
    assert_eq!(control::retry(&mut connection, holder).await.expect("answered"), Retried::NotDead);
    control::cancel(&mut connection, holder, "out of the way").await.expect("cancelled");
    assert_eq!(control::retry(&mut connection, dead).await.expect("retried"), Retried::Again(dead));
}

#[tokio::test]
async fn old_finished_jobs_go_by_partition_and_dead_ones_stay() {
    let engine = TestEngine::create().await;
    let mut connection = engine.connect().await;
    engine.ask(&Task { n: 1 }, &Options::default()).await;
    engine.ask(&Task { n: 2 }, &Options::default()).await;
    let node = engine.start(Registry::default().on(|_, task: Task| async move {
        Ok(if task.n == 1 { Outcome::Done } else { Outcome::Dead("as told".into()) })
    }));
    engine.settle().await;
    node.stop().await;
    let mut owner = engine.database.owner().await;
    sqlx::raw_sql(
        "insert into schedules (name, cron, timezone, kind, catch_up, known_since)
           values ('daily', '0 0 * * *', 'Etc/UTC', 'tests.task', 'last', app_now());
         insert into schedule_slots (schedule, slot_at, outcome, fired_at)
           select 'daily', app_now() - n * interval '1 day', 'fired', app_now() from generate_series(1, 3) as n;
         insert into batches (id, kind, state, created_at, finished_at)
           select gen_random_uuid(), kind, case when kind = 'open' then 'open' else 'done' end, app_now(), app_now()
           from unnest(array['old', 'open', 'with a dead job', 'with a live job']) as kind;
         insert into job_logs (job_id, epoch, line, at, level, message)
           select id, 1, 1, app_now(), 'info', 'before it died' from dead_jobs
           union all select gen_random_uuid(), 1, 1, app_now(), 'info', 'long gone';
         update dead_jobs set batch_id = (select id from batches where kind = 'with a dead job');
         insert into jobs (id, kind, version, queue, args, priority, run_at, max_attempts, batch_id, created_at)
           select gen_random_uuid(), 'tests.task', 1, 'default', '{}', 2, app_now() + interval '1 year', 1, id, app_now()
           from batches where kind = 'with a live job'",
    )
    .execute(&mut owner)
    .await
    .expect("rows");
    engine.travel("40 days").await;
    sweep::make_partitions(&mut connection, 3).await.expect("partitions");
    let today = (chrono::Utc::now() + chrono::Duration::days(40)).date_naive();
    let dropped = sweep::drop_before(&mut connection, today - chrono::Duration::days(30)).await.expect("dropped");
    assert!(!dropped.is_empty());
    assert_eq!(engine.value::<i64>("select count(*) from finished_jobs").await, 0);
    assert_eq!(engine.value::<i64>("select count(*) from dead_jobs").await, 1);
    assert_eq!(engine.value::<i64>("select count(*) from job_attempts").await, 1, "with how it died");
    assert_eq!(engine.value::<String>("select string_agg(message, ', ') from job_logs").await, "before it died");
    assert_eq!(
        engine.value::<String>("select string_agg(kind, ', ' order by kind) from batches").await,
        "open, with a dead job, with a live job"
    );
    let slots: i64 = engine.value("select count(*) from schedule_slots").await;
    assert_eq!(slots, 1, "the latest stays: catching up starts from it");
}
