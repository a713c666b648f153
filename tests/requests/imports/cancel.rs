use ledgerline_jobs::{
    engine::outcome::Outcome,
    imports::{FinishImport, ImportChunk, PlanImport},
};
use serde_json::{Value, json};
use support::{TestApp, Worker};

use super::{files, numbers, path, started, upload};

fn rows(count: usize) -> String {
    let rows: String = (0..count).map(|n| format!("Person {n},p{n}@example.com\n")).collect();
    format!("name,email\n{rows}")
}

#[tokio::test]
async fn what_was_created_stays_and_nothing_more_comes() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let worker = Worker::start(&app).await;
    let path = started(&browser, rows(6_100), json!({ "0": "name", "1": "email" })).await;
    worker.run::<PlanImport>().await;
    let chunks = worker.due::<ImportChunk>().await;
    assert_eq!(chunks.len(), 4);
    worker.work(&worker.claim(chunks[0]).await).await;
    let running = worker.claim(chunks[1]).await;

    let cancelled = browser.post(&format!("{path}/cancel"), &Value::Null).await.expect(200);
    assert_eq!((&cancelled["state"], &cancelled["created"]), (&json!("cancelled"), &json!(2_000)));
    assert_eq!(browser.post(&format!("{path}/cancel"), &Value::Null).await.expect(200), cancelled, "twice is once");

    worker.run::<FinishImport>().await;
    assert!(worker.due::<ImportChunk>().await.is_empty(), "what waited never starts");
    let asked: bool = sqlx::query_scalar("select cancel_requested_at is not null from jobs where id = $1")
        .bind(chunks[1])
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap();
    assert!(asked, "what runs is asked to stop");
    worker.work(&running).await;
    app.run_pending().await;
    assert_eq!(numbers(&browser, &path).await, ("cancelled".to_owned(), Some(6_100), 2_000, 0, 0));
    assert_eq!(browser.get("/api/clients").await.expect(200)["total"]["count"], 2_000);
    let batch: (String, bool, i64, i64) =
        sqlx::query_as("select state, cancelled, succeeded, cancelled_jobs from batches")
            .fetch_one(&mut app.sql().await)
            .await
            .unwrap();
    assert_eq!(batch, ("done".to_owned(), true, 2, 3), "the plan and one chunk");
    browser
        .post(&format!("{path}/start"), &json!({ "mapping": { "0": "name" } }))
        .await
        .problem(409, "already_cancelled");
}

#[tokio::test]
async fn the_answer_waits_for_chunks_that_are_being_written_and_later_ones_see_it() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let worker = Worker::start(&app).await;
    let path = started(&browser, rows(3), json!({ "0": "name" })).await;
    worker.run::<PlanImport>().await;
    let job = worker.claim(worker.due::<ImportChunk>().await[0]).await;
    // a chunk on its way: its client is written, its commit is not
    let mut sql = app.sql().await;
    let mut writing = sqlx::Connection::begin(&mut sql).await.unwrap();
    sqlx::query("select pg_advisory_xact_lock_shared(hashtextextended(id::text, 0)) from imports")
        .execute(&mut *writing)
        .await
        .unwrap();
    let address = format!("{path}/cancel");
    let cancel = browser.post(&address, &Value::Null);
    tokio::pin!(cancel);
    let early = tokio::time::timeout(std::time::Duration::from_millis(500), &mut cancel).await;
    assert!(early.is_err(), "answered before the chunk was there");
    writing.commit().await.unwrap();
    assert_eq!(cancel.await.expect(200)["state"], "cancelled");
    assert!(matches!(worker.work(&job).await, Outcome::Cancel(_)));
    app.run_pending().await;
    assert_eq!(browser.get("/api/clients").await.expect(200)["total"]["count"], 0);
}

#[tokio::test]
async fn before_the_plan_nothing_is_planned() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let path = started(&browser, rows(10), json!({ "0": "name" })).await;
    browser.post(&format!("{path}/cancel"), &Value::Null).await.assert_status(200);
    app.run_pending().await;
    assert_eq!(numbers(&browser, &path).await, ("cancelled".to_owned(), None, 0, 0, 0));
    assert_eq!(browser.get("/api/clients").await.expect(200)["total"]["count"], 0);
}

#[tokio::test]
async fn a_discarded_upload_takes_its_file_and_what_was_copied_out_of_it_along() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made = upload(&browser, "x.csv", rows(3)).await.expect(201);
    assert_eq!(files(&app.folder().join("storage")).len(), 1);
    assert!(made.to_string().contains("p1@example.com"), "{made}");
    browser.post(&format!("{}/cancel", path(&made)), &Value::Null).await.assert_status(200);
    app.run_pending().await;
    assert!(files(&app.folder().join("storage")).is_empty());
    let rows: (i64, i64, i64) = sqlx::query_as(
        "select (select count(*) from audit_log where action = 'imports.cancel'),
           (select count(*) from events where kind = 'import_cancelled'),
           (select count(*) from imports where imports::text like '%@example.com%' or imports::text like '%Person%')",
    )
    .fetch_one(&mut app.sql().await)
    .await
    .unwrap();
    assert_eq!(rows, (1, 1, 0));
    let discarded = browser.get(&path(&made)).await.expect(200);
    assert!(discarded["fileDeletedAt"].is_string(), "{discarded}");
    assert_eq!(discarded["preview"], json!([]));
    assert_eq!(discarded["columns"][1]["name"], "email");
}

#[tokio::test]
async fn what_has_ended_cannot_be_cancelled() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let path = started(&browser, rows(3), json!({ "0": "name" })).await;
    app.run_pending().await;
    browser.post(&format!("{path}/cancel"), &Value::Null).await.problem(409, "already_finished");
}
