//! Many jobs whose end is one event.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use ledgerline_jobs::{
    EnqueueError, Options,
    engine::{batch, control, control::Retried, outcome::Outcome},
    enqueue_many,
};
use ledgerline_workers::Registry;
use sqlx::Connection as _;
use support::{TestEngine, wait_for};
use uuid::Uuid;

use crate::{Task, UntilFinished};

/// `Task`s run as told, `UntilFinished` is the batch's end and is counted.
fn registry(fails: impl Fn(i64) -> bool + Send + Sync + 'static) -> (Registry, Arc<AtomicI64>) {
    let ends = Arc::new(AtomicI64::new(0));
    let counted = ends.clone();
    let fails = Arc::new(fails);
    let registry = Registry::default()
        .on(move |_, task: Task| {
            let fails = fails.clone();
            async move { if fails(task.n) { Ok(Outcome::Dead("as told".into())) } else { Ok(Outcome::Done) } }
        })
        .on(move |_, _: UntilFinished| {
            counted.fetch_add(1, Ordering::SeqCst);
            async { Ok(Outcome::Done) }
        });
    (registry, ends)
}

async fn filled(engine: &TestEngine, jobs: i64) -> Uuid {
    let mut connection = engine.connect().await;
    let mut tx = connection.begin().await.expect("a transaction");
    let batch = batch::open(&mut tx, "tests", Some(&UntilFinished { about: "the end".into() })).await.expect("a batch");
    let tasks: Vec<Task> = (0..jobs).map(|n| Task { n }).collect();
    let options = Options { batch: Some(batch), ..Options::default() };
    enqueue_many(&mut tx, &tasks, &options).await.expect("asked for");
    tx.commit().await.expect("committed");
    batch
}

#[tokio::test]
async fn the_end_is_asked_for_once_when_sealed_and_all_have_ended() {
    let engine = TestEngine::create().await;
    let batch = filled(&engine, 500).await;
    let (handlers, ends) = registry(|n| n % 100 == 0);
    let nodes = [engine.start(handlers.clone()), engine.start(handlers)];
    engine.settle().await;
    assert_eq!(ends.load(Ordering::SeqCst), 0, "all have ended, but it is open");
    batch::seal(&mut engine.connect().await, batch).await.expect("sealed");
    wait_for("the batch is done", || async { ends.load(Ordering::SeqCst) == 1 }).await;
    engine.settle().await;
    for node in nodes {
        node.stop().await;
    }
    assert_eq!(
        engine
            .value::<String>("select concat_ws(' ', state, total, succeeded, dead, cancelled_jobs) from batches")
            .await,
        "done 500 495 5 0"
    );
    assert_eq!(ends.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_chunk_may_add_chunks_and_nothing_is_added_after_the_end() {
    let engine = TestEngine::create().await;
    let batch = filled(&engine, 1).await;
    batch::seal(&mut engine.connect().await, batch).await.expect("sealed");
    let url = engine.engine_url.clone();
    let ends = Arc::new(AtomicI64::new(0));
    let counted = ends.clone();
    let registry = Registry::default()
        .on(move |_, task: Task| {
            let url = url.clone();
            async move {
                if task.n < 3 {
                    let mut connection = sqlx::PgConnection::connect(&url).await?;
                    let options = Options { batch: Some(batch), ..Options::default() };
                    enqueue_many(&mut connection, &[Task { n: task.n + 1 }], &options).await?;
                }
                Ok(Outcome::Done)
            }
        })
        .on(move |_, _: UntilFinished| {
            counted.fetch_add(1, Ordering::SeqCst);
            async { Ok(Outcome::Done) }
        });
    let node = engine.start(registry);
    wait_for("the end", || async { ends.load(Ordering::SeqCst) == 1 }).await;
    engine.settle().await;
    node.stop().await;
    assert_eq!(engine.value::<i64>("select succeeded from batches").await, 4);
    let options = Options { batch: Some(batch), ..Options::default() };
    let late = enqueue_many(&mut engine.connect().await, &[Task { n: 9 }], &options).await;
    assert!(matches!(late, Err(EnqueueError::BatchClosed(id)) if id == batch), "{late:?}");
}

#[tokio::test]
async fn cancelling_ends_what_waits_and_closes_the_batch() {
    let engine = TestEngine::create().await;
    let batch = filled(&engine, 10).await;
    let mut connection = engine.connect().await;
    let mut tx = connection.begin().await.expect("a transaction");
    let running = batch::cancel(&mut tx, batch, "no longer wanted").await.expect("cancelled");
    tx.commit().await.expect("committed");
    assert!(running.is_empty());
    assert_eq!(
        engine.value::<String>("select concat_ws(' ', state, cancelled, cancelled_jobs) from batches").await,
        "done t 10"
    );
    assert_eq!(
        engine
            .value::<i64>(
                "select count(*) from finished_jobs where state = 'cancelled' and reason = 'no longer wanted'"
            )
            .await,
        10
    );
}

#[tokio::test]
async fn retrying_within_an_open_batch_is_the_same_job_and_after_its_end_a_copy_outside() {
    let engine = TestEngine::create().await;
    let batch = filled(&engine, 2).await;
    let (handlers, ends) = registry(|_| true);
    let node = engine.start(handlers.clone());
    engine.settle().await;
    node.stop().await;
    let dead: Vec<Uuid> = sqlx::query_scalar("select id from dead_jobs order by id")
        .fetch_all(&mut engine.connect().await)
        .await
        .expect("ids");
    let mut connection = engine.connect().await;
    let retried = control::retry(&mut connection, dead[0]).await.expect("retried");
    assert_eq!(retried, Retried::Again(dead[0]));
    assert_eq!(engine.value::<i64>("select dead from batches").await, 1, "the batch counts it no longer as dead");

    batch::seal(&mut connection, batch).await.expect("sealed");
    let node = engine.start(handlers);
    wait_for("the end", || async { ends.load(Ordering::SeqCst) == 1 }).await;
    engine.settle().await;
    node.stop().await;
    let Retried::Copy(copy) = control::retry(&mut connection, dead[1]).await.expect("retried") else {
        panic!("a linked copy is expected")
    };
    let row: (Option<Uuid>, Option<Uuid>) = sqlx::query_as("select copy_of, batch_id from jobs where id = $1")
        .bind(copy)
        .fetch_one(&mut connection)
        .await
        .expect("the copy lives");
    assert_eq!(row, (Some(dead[1]), None));
    assert_eq!(ends.load(Ordering::SeqCst), 1, "the end is not asked for again");
}
