//! Chunks that an operator brings back when their batch has ended already, written while something else happens. The
//! import is complete with the last of them, whatever the order.

use ledgerline_jobs::{
    engine::{
        claim::Claimed,
        control,
        outcome::{End, Outcome},
    },
    imports::{FinishImport, ImportChunk, PlanImport},
};
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};
use support::{Browser, TestApp, Worker, wait_for};
use uuid::Uuid;

use super::{numbers, started};

/// An import, who watches it and who works on it.
struct Scene {
    app: TestApp,
    browser: Browser,
    worker: Worker,
    path: String,
}

/// An import all of whose chunks are dead; the end of it is asked for and has not come.
async fn with_dead_chunks(rows: usize) -> Scene {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let worker = Worker::start(&app).await;
    let rows: String = (0..rows).map(|n| format!("Person {n}\n")).collect();
    let path = started(&browser, format!("name\n{rows}"), json!({ "0": "name" })).await;
    worker.run::<PlanImport>().await;
    for chunk in worker.due::<ImportChunk>().await {
        worker.end(&worker.claim(chunk).await, End::Dead, "it ended").await;
    }
    Scene { app, browser, worker, path }
}

/// Brings every dead chunk back and takes it.
async fn brought_back(app: &TestApp, worker: &Worker) -> Vec<Claimed> {
    let mut sql = app.sql().await;
    let dead: Vec<Uuid> = sqlx::query_scalar("select id from dead_jobs order by id").fetch_all(&mut sql).await.unwrap();
    for id in dead {
        let mut tx = sql.begin().await.unwrap();
        control::retry(&mut tx, id).await.unwrap();
        tx.commit().await.unwrap();
    }
    let mut taken = Vec::new();
    for chunk in worker.due::<ImportChunk>().await {
        taken.push(worker.claim(chunk).await);
    }
    taken
}

/// How many transactions of the test's database wait for a lock.
async fn waiting(sql: &mut PgConnection) -> i64 {
    sqlx::query_scalar(
        "select count(distinct pid) from pg_locks join pg_stat_activity using (pid)
         where not granted and datname = current_database()",
    )
    .fetch_one(sql)
    .await
    .unwrap()
}

async fn until_waiting(app: &TestApp, count: i64) {
    wait_for("transactions wait", || async { waiting(&mut app.sql().await).await >= count }).await;
}

#[tokio::test]
async fn of_two_last_chunks_written_at_once_one_asks_for_the_end() {
    let Scene { app, browser, worker, path } = with_dead_chunks(2_500).await;
    assert_eq!(worker.run::<FinishImport>().await, 1);
    assert_eq!(numbers(&browser, &path).await.0, "failed");
    let chunks = brought_back(&app, &worker).await;
    assert_eq!(chunks.len(), 2);

    // neither can commit before both were written as far as they get
    let mut sql = app.sql().await;
    let mut held = sql.begin().await.unwrap();
    sqlx::query("select from jobs where kind = 'imports.chunk' for update").execute(&mut *held).await.unwrap();
    let release = async {
        until_waiting(&app, 2).await;
        held.commit().await.unwrap();
    };
    let (one, two, ()) = tokio::join!(worker.attempt(&chunks[0]), worker.attempt(&chunks[1]), release);
    assert_eq!((one.unwrap(), two.unwrap()), (Outcome::Settled, Outcome::Settled));
    assert_eq!(worker.run::<FinishImport>().await, 1, "exactly one of them asks");
    assert_eq!(numbers(&browser, &path).await, ("completed".to_owned(), Some(2_500), 2_500, 0, 0));
    assert_eq!(browser.get(&path).await.expect(200)["failure"], Value::Null);
    app.run_pending().await;
}

#[tokio::test]
async fn an_import_does_not_fail_for_a_chunk_that_is_being_written() {
    let Scene { app, browser, worker, path } = with_dead_chunks(3).await;
    let chunks = brought_back(&app, &worker).await;
    let end = worker.claim(worker.due::<FinishImport>().await[0]).await;

    // the chunk has read its rows, and then the import ends before they are written
    let mut sql = app.sql().await;
    let mut held = sql.begin().await.unwrap();
    sqlx::query("select pg_advisory_xact_lock(hashtextextended(id::text, 0)) from imports")
        .execute(&mut *held)
        .await
        .unwrap();
    let ending = async {
        until_waiting(&app, 1).await;
        let ending = worker.attempt(&end);
        tokio::pin!(ending);
        let ended = tokio::select! {
            ended = &mut ending => Some(ended),
            () = until_waiting(&app, 2) => None,
        };
        held.commit().await.unwrap();
        match ended {
            Some(ended) => ended,
            None => ending.await,
        }
    };
    let (chunk, ended) = tokio::join!(worker.attempt(&chunks[0]), ending);
    assert_eq!((chunk.unwrap(), ended.unwrap()), (Outcome::Settled, Outcome::Settled));
    app.run_pending().await;
    assert_eq!(numbers(&browser, &path).await, ("completed".to_owned(), Some(3), 3, 0, 0));
}

#[tokio::test]
async fn a_chunk_that_is_written_after_the_import_has_failed_asks_for_the_end() {
    let Scene { app, browser, worker, path } = with_dead_chunks(3).await;
    let chunks = brought_back(&app, &worker).await;
    let end = worker.claim(worker.due::<FinishImport>().await[0]).await;

    // the import has begun to end when the chunk, which read that it runs, comes
    let mut sql = app.sql().await;
    let mut held = sql.begin().await.unwrap();
    sqlx::query("select from imports for no key update").execute(&mut *held).await.unwrap();
    let writing = async {
        until_waiting(&app, 1).await;
        let writing = worker.attempt(&chunks[0]);
        tokio::pin!(writing);
        let written = tokio::select! {
            written = &mut writing => Some(written),
            () = until_waiting(&app, 2) => None,
        };
        held.commit().await.unwrap();
        match written {
            Some(written) => written,
            None => writing.await,
        }
    };
    let (ended, chunk) = tokio::join!(worker.attempt(&end), writing);
    assert_eq!((ended.unwrap(), chunk.unwrap()), (Outcome::Settled, Outcome::Settled));
    app.run_pending().await;
    assert_eq!(numbers(&browser, &path).await, ("completed".to_owned(), Some(3), 3, 0, 0));
}

#[tokio::test]
async fn who_cancels_a_failed_import_does_not_wait_in_a_circle_with_a_chunk_that_comes_back() {
    let Scene { app, browser, worker, path } = with_dead_chunks(3).await;
    worker.run::<FinishImport>().await;
    let chunks = brought_back(&app, &worker).await;
    // the chunk stops before it looks whether it is the last one
    let mut sql = app.sql().await;
    let mut held = sql.begin().await.unwrap();
    sqlx::query("select from import_chunks for update").execute(&mut *held).await.unwrap();
    let cancel = async {
        until_waiting(&app, 1).await;
        let address = format!("{path}/cancel");
        let cancel = browser.post(&address, &Value::Null);
        tokio::pin!(cancel);
        tokio::select! {
            answer = &mut cancel => panic!("answered before the chunk was there: {answer:?}"),
            () = until_waiting(&app, 2) => {}
        }
        held.commit().await.unwrap();
        cancel.await
    };
    let (chunk, answer) = tokio::join!(worker.attempt(&chunks[0]), cancel);
    assert_eq!(chunk.unwrap(), Outcome::Settled);
    answer.problem(409, "already_finished");
    app.run_pending().await;
    assert_eq!(numbers(&browser, &path).await.0, "completed");
}
