//! An operator may end the very job that ends an import. The nightly sweep asks for it again.

use ledgerline_jobs::enqueue;
use ledgerline_jobs::{
    engine::outcome::End,
    imports::{FinishImport, ImportChunk, PlanImport, SweepFiles},
};
use serde_json::json;
use support::{TestApp, Worker};

use super::{numbers, started};

async fn sweep(app: &TestApp, worker: &Worker) {
    enqueue(&mut app.sql().await, &SweepFiles {}).await.unwrap();
    assert_eq!(worker.run::<SweepFiles>().await, 1);
}

#[tokio::test]
async fn an_import_whose_last_job_was_cancelled_is_ended_by_the_next_sweep() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let worker = Worker::start(&app).await;
    let planning = started(&browser, "name\nAda\n", json!({ "0": "name" })).await;
    let plan = worker.claim(worker.due::<PlanImport>().await[0]).await;
    worker.end(&plan, End::Dead, "it ended").await;
    let running = started(&browser, "name\nBo\n", json!({ "0": "name" })).await;
    worker.run::<PlanImport>().await;
    worker.run::<ImportChunk>().await;
    for end in worker.due::<FinishImport>().await {
        worker.end(&worker.claim(end).await, End::Cancelled, "an operator cancelled it").await;
    }
    assert_eq!(numbers(&browser, &planning).await.0, "planning");
    assert_eq!(numbers(&browser, &running).await.0, "running");

    sweep(&app, &worker).await;
    sweep(&app, &worker).await;
    assert_eq!(worker.run::<FinishImport>().await, 2, "each is asked for once");
    assert_eq!(numbers(&browser, &running).await, ("completed".to_owned(), Some(1), 1, 0, 0));
    let failed = browser.get(&planning).await.expect(200);
    assert_eq!(failed["state"], "failed");
    assert!(failed["failure"].as_str().unwrap().contains("Upload the file again"), "{failed}");
    sweep(&app, &worker).await;
    assert!(worker.due::<FinishImport>().await.is_empty(), "what has ended is left alone");
    app.run_pending().await;
}

#[tokio::test]
async fn an_import_that_still_runs_or_whose_last_job_waits_for_an_operator_is_left_alone() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let worker = Worker::start(&app).await;
    let dead = started(&browser, "name\nAda\n", json!({ "0": "name" })).await;
    worker.run::<PlanImport>().await;
    worker.run::<ImportChunk>().await;
    let end = worker.claim(worker.due::<FinishImport>().await[0]).await;
    worker.end(&end, End::Dead, "it ended").await;
    let running = started(&browser, "name\nBo\n", json!({ "0": "name" })).await;
    worker.run::<PlanImport>().await;
    let planning = started(&browser, "name\nCy\n", json!({ "0": "name" })).await;

    sweep(&app, &worker).await;
    assert!(worker.due::<FinishImport>().await.is_empty());
    for (path, state) in [(dead, "running"), (running, "running"), (planning, "planning")] {
        assert_eq!(numbers(&browser, &path).await.0, state);
    }
    app.run_pending().await;
}
