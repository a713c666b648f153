use ledgerline_jobs::{NewJob, Options, imports::PlanImport};
use serde_json::json;
use uuid::Uuid;

use super::Stage;

#[tokio::test]
async fn masked_arguments_are_revealed_for_a_reason_that_is_kept() {
    let mut stage = Stage::new().await;
    let workspace = stage.app.owner("Nina").await.workspace_id().await;
    let args = json!({ "import_id": Uuid::now_v7(), "cc": "nina@example.com" });
    let row = NewJob { args: args.clone(), ..NewJob::of(&PlanImport { import_id: Uuid::now_v7() }).unwrap() };
    let id = stage.ask_row(&row, Some(workspace), &Options::default()).await;
    let job = stage.job(id).await;
    assert_eq!((&job["args"]["cc"], &job["masked"]), (&json!("••••"), &json!(true)));

    let path = format!("/api/console/jobs/{id}/reveal");
    for reason in ["", "  "] {
        let refused = stage.operator.post(&path, &json!({ "reason": reason })).await;
        refused.wrong_fields(&[("reason", "required")]);
    }
    stage.operator.post(&path, &json!({ "reason": "x".repeat(501) })).await.wrong_fields(&[("reason", "too_long")]);
    assert!(stage.audit().await.is_empty(), "nothing was shown");

    let reason = "She asks where her mail went";
    let revealed = stage.operator.post(&path, &json!({ "reason": reason })).await.expect(200);
    assert_eq!(revealed["args"], args);
    let data = json!({ "kind": "imports.plan", "reason": reason });
    assert_eq!(stage.audit().await, [("console.reveal_job".to_owned(), Some(id), Some(workspace), data)]);
    assert_eq!(stage.job(id).await["args"]["cc"], "••••", "the page goes on to mask it");
    let unknown = format!("/api/console/jobs/{}/reveal", Uuid::now_v7());
    stage.operator.post(&unknown, &json!({ "reason": reason })).await.problem(404, "not_found");
}
