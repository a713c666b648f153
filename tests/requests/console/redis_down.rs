//! The real Redis of a server is stopped: the console goes on.

use ledgerline_jobs::{
    NewJob, Options,
    engine::{
        batch,
        schedule::{self, CatchUp, Definition},
    },
    imports::PlanImport,
    maintenance::KeepHouse,
};
use serde_json::{Value, json};
use sqlx::Connection as _;
use support::{Redis, TestApp};
use uuid::Uuid;

use super::Stage;

#[tokio::test]
async fn every_page_answers_and_says_so_and_what_needs_postgres_alone_still_works() {
    let mut redis = Redis::start().await;
    let app = TestApp::start_with(json!({ "redis": { "url": redis.url() } })).await;
    let mut stage = Stage::on(app).await;
    let job = stage.ask(&PlanImport { import_id: Uuid::now_v7() }, None, &Options::default()).await;
    let node = stage.node().await;
    let mut tx = stage.sql.begin().await.unwrap();
    let batch = batch::open::<KeepHouse>(&mut tx, "imports", None).await.unwrap();
    tx.commit().await.unwrap();
    let nightly = Definition {
        name: "nightly".to_owned(),
        cron: "0 3 * * *".to_owned(),
        timezone: "Etc/UTC".to_owned(),
        kind: "maintenance.keep_house".to_owned(),
        catch_up: CatchUp::Last,
        jitter_seconds: 0,
        job: NewJob::of(&KeepHouse {}).unwrap(),
    };
    schedule::define(&mut stage.sql, &[nightly]).await.unwrap();
    assert_eq!(stage.get("overview").await["redis"], "ok");

    redis.stop();
    let overview = stage.get("overview").await;
    assert_eq!(overview["redis"], "down");
    let alarm = &overview["alarms"][0];
    assert_eq!(alarm["text"], "Redis is down: what runs goes on, new work waits.");
    let document = stage.app.browser().get("/api/openapi.json").await.expect(200);
    let mut read = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        // a stream does not end; it has tests of its own
        if !path.starts_with("/api/console/") || path.ends_with("/events") || item.get("get").is_none() {
            continue;
        }
        let id = match path.split('/').nth(3) {
            Some("jobs") => job.to_string(),
            Some("nodes") => node.to_string(),
            Some("batches") => batch.to_string(),
            Some("schedules") => "nightly".to_owned(),
            _ => String::new(),
        };
        if path.contains('{') && id.is_empty() {
            continue;
        }
        let concrete: Vec<&str> =
            path.split('/').map(|part| if part.starts_with('{') { id.as_str() } else { part }).collect();
        let answer = stage.operator.get(&concrete.join("/")).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        read += 1;
    }
    assert!(read >= 10, "only {read} pages were asked");
    assert_eq!(stage.get("queues").await["queues"][0]["window"], Value::Null, "what stands in Redis is not known");

    let run = json!({ "runId": Uuid::now_v7() });
    stage.operator.post("/api/console/schedules/nightly/run", &run).await.assert_status(200);
    for path in [
        format!("nodes/{node}/quiet"),
        "queues/mail/pause".to_owned(),
        "queues/mail/resume".to_owned(),
        "schedules/nightly/pause".to_owned(),
        format!("batches/{batch}/cancel"),
        format!("jobs/{job}/cancel"),
    ] {
        stage.act(&path).await.assert_status(200);
    }
}
