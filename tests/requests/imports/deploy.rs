//! While a release is rolled out, worker nodes of the one before it work beside its web processes.

use ledgerline_jobs::{
    Job, Queue,
    engine::outcome::Outcome,
    imports::{FinishImport, ImportChunk, PlanImport, SuggestMerges},
};
use ledgerline_workers::Registry;
use serde::{Deserialize, Serialize};
use serde_json::json;
use support::{TestApp, Worker, node_options, start_node, wait_for};
use uuid::Uuid;

use super::{numbers, started};

/// The plan as the release before knows it: it opens a batch of its own.
#[derive(Debug, Serialize, Deserialize)]
struct OldPlan {
    import_id: Uuid,
}

impl Job for OldPlan {
    const KIND: &'static str = PlanImport::KIND;
    const VERSION: i16 = 1;
    const QUEUE: Queue = Queue::Imports;
    const DESCRIPTION: &'static str = "Cuts an uploaded CSV file into chunks";
}

#[tokio::test]
async fn an_older_node_leaves_a_new_import_to_a_newer_one() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let path = started(&browser, "name\nAda\nBo\n", json!({ "0": "name" })).await;
    let ledgerline = app.ledgerline();
    let settings = &ledgerline.settings;
    let options = node_options(&settings.database.engine_url, &settings.redis.namespace);
    let older = start_node(
        options,
        Registry::default().on(|_, job: OldPlan| async move {
            Ok(Outcome::Dead(format!("an older node has planned {}", job.import_id)))
        }),
    );
    wait_for("the older node parks the plan", || async {
        let live: Vec<String> =
            sqlx::query_scalar("select kind || ' ' || state from jobs").fetch_all(&mut app.sql().await).await.unwrap();
        assert!(
            live.len() == 1 && live[0].starts_with("imports.plan"),
            "an older node has planned the import: {live:?}"
        );
        live == ["imports.plan parked"]
    })
    .await;
    older.stop().await;
    assert_eq!(numbers(&browser, &path).await, ("planning".to_owned(), None, 0, 0, 0));

    let newer = app.start_worker().await;
    wait_for("a newer node imports it", || async { numbers(&browser, &path).await.0 == "completed" }).await;
    newer.stop().await;
    assert_eq!(numbers(&browser, &path).await, ("completed".to_owned(), Some(2), 2, 0, 0));
    app.run_pending().await;
}

#[tokio::test]
async fn an_import_that_an_older_release_started_without_a_batch_fails_and_says_so() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let path = started(&browser, "name\nAda\n", json!({ "0": "name" })).await;
    for sql in ["update imports set batch_id = null", "update jobs set batch_id = null, version = 1"] {
        sqlx::query(sql).execute(&mut app.sql().await).await.unwrap();
    }
    app.run_pending().await;
    let import = browser.get(&path).await.expect(200);
    assert_eq!(import["state"], "failed");
    assert!(import["failure"].as_str().unwrap().contains("Upload the file again"), "{import}");
}

#[tokio::test]
async fn jobs_of_earlier_versions_are_still_understood() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let worker = Worker::start(&app).await;
    for (plan, chunk) in [(1, 2), (2, 2), (3, 1)] {
        let path = started(&browser, format!("name\nAda {plan}\n"), json!({ "0": "name" })).await;
        let older = |kind: &'static str, version: i16| {
            let update = sqlx::query("update jobs set version = $2 where kind = $1").bind(kind).bind(version);
            async { update.execute(&mut app.sql().await).await.unwrap().rows_affected() }
        };
        assert_eq!(older(PlanImport::KIND, plan).await, 1);
        worker.run::<PlanImport>().await;
        assert_eq!(older(ImportChunk::KIND, chunk).await, 1);
        worker.run::<ImportChunk>().await;
        assert_eq!(older(FinishImport::KIND, 1).await, 1);
        worker.run::<FinishImport>().await;
        let update = sqlx::query("update jobs set version = 1, args = args - 'from_chunk' where kind = $1");
        let asked = update.bind(SuggestMerges::KIND).execute(&mut app.sql().await).await.unwrap();
        assert_eq!(asked.rows_affected(), 1);
        app.run_pending().await;
        assert_eq!(numbers(&browser, &path).await, ("completed".to_owned(), Some(1), 1, 0, 0));
    }
}
