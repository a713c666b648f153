use std::time::Duration;

use ledgerline_jobs::{
    NewJob, Options,
    engine::outcome::{self, Again, End, Failure, Progress},
    imports::{ImportChunk, PlanImport},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Stage;

fn plan() -> PlanImport {
    PlanImport { import_id: Uuid::now_v7() }
}

#[tokio::test]
async fn tells_the_story_of_a_job() {
    let mut stage = Stage::new().await;
    let id = stage.ask(&plan(), None, &Options::default()).await;
    let fence = stage.start(id).await;
    let failure = Failure { error: "nina@example.com is busy".to_owned(), backtrace: Some("at 1".to_owned()) };
    outcome::log(&mut stage.sql, fence, 0, "warn", "asked nina@example.com").await.unwrap();
    outcome::again(&mut stage.sql, fence, Again::After(Duration::ZERO), Some(&failure)).await.unwrap();
    let fence = stage.start(id).await;
    let progress = Progress { done: 3, total: Some(10), note: Some("rows".to_owned()) };
    outcome::progress(&mut stage.sql, fence, &progress).await.unwrap();
    outcome::log(&mut stage.sql, fence, 0, "info", "went on").await.unwrap();

    let job = stage.job(id).await;
    assert_eq!((&job["state"], &job["attempt"]), (&json!("running"), &json!(2)));
    assert_eq!(job["progress"], json!({ "done": 3, "total": 10, "note": "rows" }));
    assert_eq!((&job["node"], &job["whyWaiting"]), (&json!("node-one"), &Value::Null));
    assert!(job["leaseUntil"].is_string());
    let attempts = job["attempts"].as_array().unwrap();
    assert_eq!(attempts.len(), 2);
    assert_eq!((&attempts[0]["outcome"], &attempts[0]["error"]), (&json!("retried"), &json!("•••• is busy")));
    assert_eq!((&attempts[0]["backtrace"], &attempts[0]["node"]), (&json!("at 1"), &json!("node-one")));
    assert_eq!((&attempts[1]["outcome"], &attempts[1]["endedAt"]), (&json!("running"), &Value::Null));
    let lines: Vec<&str> =
        job["logs"].as_array().unwrap().iter().map(|line| line["message"].as_str().unwrap()).collect();
    assert_eq!(lines, ["asked ••••", "went on"]);

    assert!(outcome::finish(&mut stage.sql, &outcome::Running { fence, batch_id: None }).await.unwrap());
    let job = stage.job(id).await;
    assert_eq!(job["state"], "succeeded");
    assert_eq!(job["attempts"][1]["outcome"], "succeeded");
    assert_eq!(job["attempts"][1]["endedAt"], job["finishedAt"]);
    assert_eq!((&job["leaseUntil"], &job["node"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn masks_arguments() {
    let mut stage = Stage::new().await;
    let import_id = Uuid::now_v7();
    let known = NewJob {
        args: json!({ "import_id": import_id, "cc": "nina@example.com", "password": "hunter2" }),
        unique_key: Some("nina@example.com".to_owned()),
        ..NewJob::of(&plan()).unwrap()
    };
    let id = stage.ask_row(&known, None, &Options::default()).await;
    let job = stage.job(id).await;
    assert_eq!(job["args"], json!({ "import_id": import_id, "cc": "••••", "password": "••••" }));
    assert_eq!(job["uniqueKey"], "••••");

    for unknown in [
        NewJob { kind: "gone.kind".to_owned(), ..known.clone() },
        NewJob { version: 99, unique_key: None, ..known.clone() },
    ] {
        let id = stage.ask_row(&unknown, None, &Options::default()).await;
        assert_eq!(stage.job(id).await["args"], "••••");
    }
}

#[tokio::test]
async fn names_parent_and_children_wherever_they_stand() {
    let mut stage = Stage::new().await;
    let parent = stage.ask(&plan(), None, &Options::default()).await;
    sqlx::query("select set_config('ledgerline.job', $1, false)")
        .bind(parent.to_string())
        .execute(&mut stage.sql)
        .await
        .unwrap();
    let mut children = Vec::new();
    for chunk in 0..3 {
        let job = ImportChunk { import_id: Uuid::now_v7(), chunk };
        children.push(stage.ask(&job, None, &Options::default()).await);
    }
    stage.succeed(children[0]).await;
    stage.end(children[1], End::Dead, "no such row").await;
    stage.succeed(parent).await;

    let job = stage.job(parent).await;
    let told: Vec<(&str, &str)> = job["children"]["jobs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|child| (child["id"].as_str().unwrap(), child["state"].as_str().unwrap()))
        .collect();
    let names: Vec<String> = children.iter().map(Uuid::to_string).collect();
    assert_eq!(told, [(&*names[0], "succeeded"), (&*names[1], "dead"), (&*names[2], "queued")]);
    for child in children {
        let parent_ref = json!({ "id": parent, "kind": "imports.plan", "state": "succeeded" });
        let asked_by = json!({ "by": "job", "name": null, "slotAt": null, "job": parent_ref, "action": null });
        assert_eq!(stage.job(child).await["askedBy"], asked_by);
    }
}

#[tokio::test]
async fn says_in_words_why_a_job_waits() {
    let mut stage = Stage::new().await;
    let first = stage.ask(&plan(), None, &Options::default()).await;
    let second = stage.ask(&plan(), None, &Options { after: Some(first), ..Options::default() }).await;
    let why = async |stage: &Stage, id: Uuid| stage.job(id).await["whyWaiting"].as_str().unwrap().to_owned();

    assert_eq!(why(&stage, first).await, "No worker node is running.");
    let node = stage.node().await;
    for (state, isolated, said) in [
        ("quiet", false, "No node takes work: those that run are quiet. Let one work again."),
        // a process for suspects takes nothing from the queues
        ("running", true, "No worker node is running."),
    ] {
        sqlx::query("update nodes set state = $2, isolated = $3 where id = $1")
            .bind(node)
            .bind(state)
            .bind(isolated)
            .execute(&mut stage.sql)
            .await
            .unwrap();
        assert_eq!(why(&stage, first).await, said);
    }
    sqlx::query("update nodes set isolated = false").execute(&mut stage.sql).await.unwrap();
    assert_eq!(why(&stage, first).await, "In line: it runs as soon as a worker is free.");
    assert_eq!(why(&stage, second).await, format!("Waits for job {first} (imports.plan), which is queued."));
    let third = stage.ask(&plan(), None, &Options::default()).await;
    assert_eq!(why(&stage, third).await, "In line: one job of the queue imports is before it.");
    stage.act("queues/imports/pause").await.assert_status(200);
    assert_eq!(why(&stage, first).await, "The queue imports is paused by Oda.");
    stage.act("queues/imports/resume").await.assert_status(200);
    stage.end(first, End::Dead, "no such file").await;
    assert!(why(&stage, second).await.contains("which is dead; retry that one"));
    let later = Options { delay: Some(Duration::from_secs(3600)), ..Options::default() };
    let scheduled = stage.ask(&plan(), None, &later).await;
    assert!(why(&stage, scheduled).await.starts_with("Due at 20"));
}

#[tokio::test]
async fn what_is_no_job_is_not_found() {
    let stage = Stage::new().await;
    for id in [Uuid::now_v7().to_string(), "nonsense".to_owned()] {
        stage.operator.get(&format!("/api/console/jobs/{id}")).await.problem(404, "not_found");
    }
}
