use ledgerline_jobs::{Options, engine::batch, enqueue_with, imports::PlanImport, maintenance::KeepHouse};
use serde_json::{Value, json};
use sqlx::Connection as _;
use uuid::Uuid;

use super::{Stage, operator};

fn plan() -> PlanImport {
    PlanImport { import_id: Uuid::now_v7() }
}

/// A batch with so many jobs, sealed or not.
async fn batch_of(stage: &mut Stage, jobs: usize, sealed: bool) -> (Uuid, Vec<Uuid>) {
    let mut tx = stage.sql.begin().await.unwrap();
    let batch = batch::open(&mut tx, "imports", Some(&KeepHouse {})).await.unwrap();
    let mut ids = Vec::new();
    for _ in 0..jobs {
        let options = Options { batch: Some(batch), ..Options::default() };
        ids.push(enqueue_with(&mut tx, &plan(), &options).await.unwrap().id().unwrap());
    }
    if sealed {
        batch::seal(&mut tx, batch).await.unwrap();
    }
    tx.commit().await.unwrap();
    (batch, ids)
}

#[tokio::test]
async fn shows_how_far_a_batch_is_and_the_job_at_its_end() {
    let mut stage = Stage::new().await;
    let (id, jobs) = batch_of(&mut stage, 2, true).await;
    let shown = stage.get(&format!("batches/{id}")).await;
    assert_eq!((&shown["state"], &shown["kind"], &shown["total"]), (&json!("sealed"), &json!("imports"), &json!(2)));
    assert_eq!((&shown["onDoneKind"], &shown["doneJob"]), (&json!("maintenance.keep_house"), &Value::Null));
    assert_eq!((&shown["perSecond"], &shown["secondsLeft"]), (&Value::Null, &Value::Null));
    for (number, job) in jobs.iter().enumerate() {
        succeed(&mut stage, id, *job).await;
        if number == 0 {
            let shown = stage.get(&format!("batches/{id}")).await;
            assert_eq!(shown["succeeded"], 1);
            assert!(shown["perSecond"].as_f64().unwrap() > 0.0 && shown["secondsLeft"].as_f64().unwrap() > 0.0);
        }
    }
    let done = stage.get(&format!("batches/{id}")).await;
    assert_eq!((&done["state"], &done["succeeded"]), (&json!("done"), &json!(2)));
    assert_eq!(done["doneJob"]["kind"], "maintenance.keep_house");
    assert!(done["finishedAt"].is_string());
}

#[tokio::test]
async fn lists_by_state_in_pages() {
    let mut stage = Stage::new().await;
    let (open, _) = batch_of(&mut stage, 1, false).await;
    let (sealed, _) = batch_of(&mut stage, 1, true).await;
    let (done, _) = batch_of(&mut stage, 0, true).await;
    let (cancelled, _) = batch_of(&mut stage, 1, true).await;
    stage.act(&format!("batches/{cancelled}/cancel")).await.assert_status(200);
    for (state, id) in [("open", open), ("sealed", sealed), ("done", done), ("cancelled", cancelled)] {
        let list = stage.get(&format!("batches?state={state}")).await;
        let ids: Vec<&str> =
            list["batches"].as_array().unwrap().iter().map(|batch| batch["id"].as_str().unwrap()).collect();
        assert_eq!(ids, [id.to_string()], "{state}");
    }
    let first = stage.get("batches?limit=3").await;
    let rest = stage.get(&format!("batches?limit=3&cursor={}", first["nextCursor"].as_str().unwrap())).await;
    assert_eq!((first["batches"].as_array().unwrap().len(), rest["batches"].as_array().unwrap().len()), (3, 1));
    assert_eq!((&first["batches"][0]["id"], &rest["batches"][0]["id"]), (&json!(cancelled), &json!(open)));
}

#[tokio::test]
async fn cancelling_ends_what_waits_asks_what_runs_and_is_audited() {
    let mut stage = Stage::new().await;
    let (id, jobs) = batch_of(&mut stage, 3, false).await;
    stage.start(jobs[0]).await;
    let cancelled = stage.act(&format!("batches/{id}/cancel")).await.expect(200);
    assert_eq!((&cancelled["state"], &cancelled["cancelled"]), (&json!("cancelled"), &json!(2)));
    assert_eq!(stage.job(jobs[1]).await["state"], "cancelled");
    let running = stage.job(jobs[0]).await;
    assert_eq!((&running["state"], &running["cancelRequested"]), (&json!("running"), &json!(true)));
    let deeds = stage.audit().await;
    assert_eq!((deeds[0].0.as_str(), deeds[0].1), ("console.cancel_batch", Some(id)));
    assert_eq!(deeds[0].3, json!({ "kind": "imports", "changed": true, "askedToStop": 1 }));

    let (done, _) = batch_of(&mut stage, 0, true).await;
    stage.act(&format!("batches/{done}/cancel")).await.problem(409, "batch_ended");
    stage.act(&format!("batches/{}/cancel", Uuid::now_v7())).await.problem(404, "not_found");
    let reader = operator(&stage.app, "Rita", "read_only").await;
    reader.post(&format!("/api/console/batches/{id}/cancel"), &json!({})).await.problem(403, "read_only_operator");
}

/// Ends one job of a batch well.
async fn succeed(stage: &mut Stage, batch: Uuid, job: Uuid) {
    let fence = stage.start(job).await;
    let running = ledgerline_jobs::engine::outcome::Running { fence, batch_id: Some(batch) };
    let mut tx = stage.sql.begin().await.unwrap();
    ledgerline_jobs::engine::outcome::finish(&mut tx, &running).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn the_rate_is_that_of_the_last_minute_and_else_the_average() {
    let mut stage = Stage::new().await;
    let (id, jobs) = batch_of(&mut stage, 10, true).await;
    for job in &jobs[..4] {
        succeed(&mut stage, id, *job).await;
    }
    for set in [
        "batches set created_at = created_at - interval '400 seconds'",
        "finished_jobs set finished_at = finished_at - interval '2 minutes'",
    ] {
        sqlx::query(sqlx::AssertSqlSafe(format!("update {set}"))).execute(&mut stage.sql).await.unwrap();
    }
    let near = |shown: &Value, name: &str, wanted: f64| {
        let found = shown[name].as_f64().unwrap();
        assert!((found / wanted - 1.0).abs() < 0.1, "{name}: {found}, not {wanted}");
    };
    let quiet = stage.get(&format!("batches/{id}")).await;
    near(&quiet, "perSecond", 4.0 / 400.0);
    near(&quiet, "secondsLeft", 600.0);
    for job in &jobs[4..7] {
        succeed(&mut stage, id, *job).await;
    }
    let busy = stage.get(&format!("batches/{id}")).await;
    near(&busy, "perSecond", 3.0 / 60.0);
    near(&busy, "secondsLeft", 60.0);
    assert_eq!(stage.get("batches").await["batches"][0]["perSecond"].as_f64().map(|rate| rate > 0.04), Some(true));
    for job in &jobs[7..] {
        succeed(&mut stage, id, *job).await;
    }
    let done = stage.get(&format!("batches/{id}")).await;
    near(&done, "perSecond", 10.0 / 400.0);
}
