use ledgerline_jobs::{
    Options,
    engine::{
        batch, control,
        outcome::{End, Running, succeed},
    },
    imports::{FinishImport, ImportChunk, PlanImport},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Stage;

#[tokio::test]
async fn a_dead_job_lives_again_and_the_deed_is_audited() {
    let mut stage = Stage::new().await;
    let workspace = stage.app.owner("Nina").await.workspace_id().await;
    for (end, was, why) in [
        (End::Dead, "dead", "In line: it runs as soon as a worker is free."),
        (End::Quarantined, "quarantined", "runs alone next"),
    ] {
        let job = PlanImport { import_id: Uuid::now_v7() };
        let id = stage.ask(&job, Some(workspace), &Options::default()).await;
        stage.end(id, end, "no such file").await;
        let before = stage.audit().await.len();
        let job = stage.act(&format!("jobs/{id}/retry")).await.expect(200);
        assert_eq!((&job["id"], &job["state"], &job["attempt"]), (&json!(id), &json!("queued"), &json!(0)));
        assert_eq!(job["attempts"][0]["outcome"], was, "what was tried before is kept");
        assert!(job["whyWaiting"].as_str().unwrap().contains(why), "{}", job["whyWaiting"]);
        let audit = stage.audit().await;
        let data = json!({ "kind": "imports.plan", "was": was, "copy": null });
        assert_eq!(audit[before..], [("console.retry_job".to_owned(), Some(id), Some(workspace), data)]);
        stage.act(&format!("jobs/{id}/retry")).await.problem(409, "not_dead");
    }
    let actor: Option<Uuid> =
        sqlx::query_scalar("select distinct actor_id from audit_log where actor_kind = 'operator'")
            .fetch_one(&mut stage.sql)
            .await
            .unwrap();
    assert_eq!(actor, Some(stage.operator.user_id().await));
}

#[tokio::test]
async fn after_the_end_of_its_batch_a_linked_copy_does_the_work() {
    let mut stage = Stage::new().await;
    let import_id = Uuid::now_v7();
    let batch = batch::open(&mut stage.sql, "imports", None::<&FinishImport>).await.unwrap();
    let options = Options { batch: Some(batch), ..Options::default() };
    let id = stage.ask(&ImportChunk { import_id, chunk: 0 }, None, &options).await;
    let other = stage.ask(&ImportChunk { import_id, chunk: 1 }, None, &options).await;
    batch::seal(&mut stage.sql, batch).await.unwrap();
    stage.end(id, End::Dead, "no such row").await;
    let fence = stage.start(other).await;
    succeed(&mut stage.sql, &[Running { fence, batch_id: Some(batch) }]).await.unwrap();

    let copy = stage.act(&format!("jobs/{id}/retry")).await.expect(200);
    assert_ne!(copy["id"], json!(id));
    assert_eq!((&copy["state"], &copy["batchId"]), (&json!("queued"), &Value::Null));
    assert!(copy["causeRequestId"].is_string(), "the request that asked for the copy is its cause");
    let audit = stage.audit().await;
    assert_eq!(audit[0].3["copy"], copy["id"]);

    let old = stage.job(id).await;
    assert_eq!((&old["state"], &old["reason"]), (&json!("dead"), &json!("retried as a linked copy")));
    let answer = stage.act(&format!("jobs/{id}/retry")).await;
    assert!(answer.problem(409, "not_dead")["detail"].as_str().unwrap().contains("decided on already"));
}

#[tokio::test]
async fn a_held_key_is_refused_with_its_holder() {
    let mut stage = Stage::new().await;
    let job = PlanImport { import_id: Uuid::now_v7() };
    let dead = stage.ask(&job, None, &Options::default()).await;
    stage.end(dead, End::Dead, "no such file").await;
    let holder = stage.ask(&job, None, &Options::default()).await;
    let answer = stage.act(&format!("jobs/{dead}/retry")).await;
    assert_eq!(answer.problem(409, "unique_key_held")["existingId"], json!(holder));
    assert_eq!(stage.job(dead).await["state"], "dead");
    assert!(stage.audit().await.is_empty(), "what did not happen is not audited");
}

#[tokio::test]
async fn only_dead_jobs_are_retried() {
    let mut stage = Stage::new().await;
    let plan = || PlanImport { import_id: Uuid::now_v7() };
    let queued = stage.ask(&plan(), None, &Options::default()).await;
    let succeeded = stage.ask(&plan(), None, &Options::default()).await;
    stage.succeed(succeeded).await;
    let cancelled = stage.ask(&plan(), None, &Options::default()).await;
    control::cancel(&mut stage.sql, cancelled, "not wanted").await.unwrap();
    for (id, state) in [(queued, "queued"), (succeeded, "succeeded"), (cancelled, "cancelled")] {
        let answer = stage.act(&format!("jobs/{id}/retry")).await;
        let detail = answer.problem(409, "not_dead")["detail"].as_str().unwrap();
        assert!(detail.starts_with("Only dead and quarantined jobs can be retried"), "{detail}");
        assert!(detail.contains(state), "{detail}");
    }
    stage.act(&format!("jobs/{}/retry", Uuid::now_v7())).await.problem(404, "not_found");
}

#[tokio::test]
async fn two_who_retry_at_once_bring_it_back_once() {
    let mut stage = Stage::new().await;
    let id = stage.ask(&PlanImport { import_id: Uuid::now_v7() }, None, &Options::default()).await;
    stage.end(id, End::Dead, "no such file").await;
    let path = format!("jobs/{id}/retry");
    let (one, other) = tokio::join!(stage.act(&path), stage.act(&path));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "{} {}", one.text, other.text);
    assert_eq!(stage.audit().await.len(), 1);
}
