//! An import whose jobs end without their work done ends, too, and says so.

use ledgerline_jobs::{
    engine::outcome::{End, Outcome},
    imports::{FinishImport, ImportChunk, PlanImport},
};
use serde_json::json;
use support::{TestApp, Worker};

use super::{numbers, started};

#[tokio::test]
async fn a_plan_that_is_dead_quarantined_or_cancelled_fails_the_import() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let worker = Worker::start(&app).await;
    for (end, why) in [
        (End::Dead, "because of a fault on our side"),
        (End::Quarantined, "because of a fault on our side"),
        (End::Cancelled, "An operator stopped this import"),
    ] {
        let path = started(&browser, "name\nAda\n", json!({ "0": "name" })).await;
        let plan = worker.claim(worker.due::<PlanImport>().await[0]).await;
        worker.end(&plan, end, "it ended").await;
        app.run_pending().await;
        let import = browser.get(&path).await.expect(200);
        assert_eq!(import["state"], "failed", "{end:?}");
        let failure = import["failure"].as_str().unwrap();
        assert!(failure.contains(why) && failure.contains("Upload the file again"), "{failure}");
        assert!(import["finishedAt"].is_string());
        assert_eq!(numbers(&browser, &path).await, ("failed".to_owned(), None, 0, 0, 0));
    }
    let failed: i64 = sqlx::query_scalar("select count(*) from events where kind = 'import_failed'")
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap();
    assert_eq!(failed, 3);
}

#[tokio::test]
async fn names_of_columns_above_more_blank_lines_than_are_looked_at_are_no_table() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let path = started(&browser, format!("name\n{}", "\n".repeat(300_000)), json!({ "0": "name" })).await;
    app.run_pending().await;
    let import = browser.get(&path).await.expect(200);
    assert_eq!(import["state"], "failed");
    assert!(import["failure"].as_str().unwrap().contains("only blank lines"), "{import}");
}

#[tokio::test]
async fn rows_whose_jobs_an_operator_cancelled_are_said_to_be() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let worker = Worker::start(&app).await;
    let path = started(&browser, "name\nAda\n", json!({ "0": "name" })).await;
    assert_eq!(worker.run::<PlanImport>().await, 1);
    let chunk = worker.claim(worker.due::<ImportChunk>().await[0]).await;
    worker.end(&chunk, End::Cancelled, "not wanted").await;
    app.run_pending().await;
    let import = browser.get(&path).await.expect(200);
    let failure = import["failure"].as_str().unwrap();
    assert!(failure.starts_with("1 row could not be imported because an operator cancelled"), "{failure}");
}

#[tokio::test]
async fn a_dead_plan_that_an_operator_brings_back_does_not_revive_the_import() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let worker = Worker::start(&app).await;
    let path = started(&browser, "name\nAda\n", json!({ "0": "name" })).await;
    let plan = worker.claim(worker.due::<PlanImport>().await[0]).await;
    worker.end(&plan, End::Dead, "it ended").await;
    assert_eq!(worker.run::<FinishImport>().await, 1);
    let mut sql = app.sql().await;
    let mut tx = sqlx::Connection::begin(&mut sql).await.unwrap();
    ledgerline_jobs::engine::control::retry(&mut tx, plan.fence.id).await.unwrap();
    tx.commit().await.unwrap();
    let again = worker.claim(worker.due::<PlanImport>().await[0]).await;
    assert_eq!(worker.work(&again).await, Outcome::Cancel("the import is failed".to_owned()));
    app.run_pending().await;
    assert_eq!(numbers(&browser, &path).await, ("failed".to_owned(), None, 0, 0, 0));
}
