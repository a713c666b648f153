use ledgerline_jobs::{
    Options,
    engine::{effects, sweep},
    imports::PlanImport,
};
use serde_json::{Value, json};
use support::TestApp;
use uuid::Uuid;

use super::{Stage, operator};

fn plan() -> PlanImport {
    PlanImport { import_id: Uuid::now_v7() }
}

#[tokio::test]
async fn a_job_that_has_not_started_ends() {
    let mut stage = Stage::new().await;
    let workspace = stage.app.owner("Nina").await.workspace_id().await;
    let id = stage.ask(&plan(), Some(workspace), &Options::default()).await;
    let job = stage.act(&format!("jobs/{id}/cancel")).await.expect(200);
    assert_eq!((&job["state"], &job["reason"]), (&json!("cancelled"), &json!("cancelled by Oda")));
    let data = json!({ "kind": "imports.plan", "outcome": "ended" });
    assert_eq!(stage.audit().await, [("console.cancel_job".to_owned(), Some(id), Some(workspace), data)]);

    let answer = stage.act(&format!("jobs/{id}/cancel")).await;
    assert!(answer.problem(409, "not_live")["detail"].as_str().unwrap().contains("cancelled already"));
    assert_eq!(stage.audit().await.len(), 1);
}

#[tokio::test]
async fn a_job_that_runs_is_asked_to_stop() {
    let mut stage = Stage::new().await;
    let id = stage.ask(&plan(), None, &Options::default()).await;
    stage.start(id).await;
    let job = stage.act(&format!("jobs/{id}/cancel")).await.expect(200);
    assert_eq!((&job["state"], &job["cancelRequested"]), (&json!("running"), &json!(true)));
    assert!(job["whyWaiting"].as_str().unwrap().contains("asked to stop"));
    assert_eq!(stage.audit().await[0].3["outcome"], "requested");
}

#[tokio::test]
async fn a_job_that_acts_on_the_outside_world_is_too_late_to_cancel() {
    let mut stage = Stage::new().await;
    let id = stage.ask(&plan(), None, &Options::default()).await;
    let fence = stage.start(id).await;
    effects::intend(&mut stage.sql, fence, "mail", "key", "fingerprint").await.unwrap();
    stage.act(&format!("jobs/{id}/cancel")).await.problem(409, "effect_intended");
    assert_eq!(stage.job(id).await["cancelRequested"], false);
    assert!(stage.audit().await.is_empty());
}

#[tokio::test]
async fn what_is_no_job_is_not_found() {
    let stage = Stage::new().await;
    for id in [Uuid::now_v7().to_string(), "nonsense".to_owned()] {
        stage.act(&format!("jobs/{id}/cancel")).await.problem(404, "not_found");
    }
}

#[tokio::test]
async fn without_room_for_ended_jobs_it_says_so_and_works_later() {
    let app = TestApp::start().await;
    let oda = operator(&app, "Oda", "full").await;
    let mut stage = Stage { sql: app.sql().await, app, operator: oda, node: Uuid::nil() };
    let id = stage.ask(&plan(), None, &Options::default()).await;
    let answer = stage.act(&format!("jobs/{id}/cancel")).await;
    answer.problem(503, "no_worker");
    assert_eq!(stage.job(id).await["state"], "queued");
    sweep::make_partitions(&mut stage.sql, 1).await.unwrap();
    stage.operator.post(&format!("/api/console/jobs/{id}/cancel"), &Value::Null).await.assert_status(200);
}
