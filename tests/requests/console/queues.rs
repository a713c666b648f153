use ledgerline_jobs::{NewJob, Options, Priority, imports::PlanImport};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Stage;

fn plan() -> PlanImport {
    PlanImport { import_id: Uuid::now_v7() }
}

fn queue<'a>(list: &'a Value, name: &str) -> &'a Value {
    list["queues"].as_array().unwrap().iter().find(|queue| queue["name"] == name).unwrap()
}

#[tokio::test]
async fn says_how_much_waits_runs_and_ends() {
    let mut stage = Stage::new().await;
    let run_at = chrono::Utc::now() - chrono::Duration::seconds(90);
    stage.ask(&plan(), None, &Options { run_at: Some(run_at), ..Options::default() }).await;
    stage.ask(&plan(), None, &Options::default()).await;
    let running = stage.ask(&plan(), None, &Options::default()).await;
    stage.start(running).await;
    for _ in 0..3 {
        let id = stage.ask(&plan(), None, &Options::default()).await;
        stage.succeed(id).await;
    }
    let list = stage.get("queues").await;
    let names: Vec<&str> =
        list["queues"].as_array().unwrap().iter().map(|queue| queue["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["critical", "default", "mail", "imports", "media", "maintenance"]);
    let imports = queue(&list, "imports");
    assert_eq!(imports["depth"], json!({ "count": 2, "capped": false }));
    assert_eq!((&imports["running"], &imports["perMinute"]), (&json!(1), &json!(3)));
    assert!((89..=120).contains(&imports["oldestSeconds"].as_i64().unwrap()), "{imports}");
    let mail = queue(&list, "mail");
    assert_eq!((&mail["depth"]["count"], &mail["oldestSeconds"]), (&json!(0), &Value::Null));

    stage.app.travel("2 minutes").await;
    assert_eq!(queue(&stage.get("queues").await, "imports")["perMinute"], 0);
}

#[tokio::test]
async fn counts_stop_at_ten_thousand() {
    let mut stage = Stage::new().await;
    sqlx::query(
        "insert into jobs (id, kind, version, queue, args, priority, run_at, max_attempts, created_at)
         select gen_random_uuid(), 'imports.plan', 1, 'imports', '{}', 1 + n % 2, now() - interval '1 minute', 1, now()
         from generate_series(1, 10001) n",
    )
    .execute(&mut stage.sql)
    .await
    .unwrap();
    let overview = stage.get("overview").await;
    let capped = json!({ "count": 10_000, "capped": true });
    assert_eq!(overview["counts"]["queued"], capped);
    assert_eq!(queue(&overview, "imports")["depth"], capped);
}

#[tokio::test]
async fn pauses_and_resumes_and_audits_both() {
    let mut stage = Stage::new().await;
    let reason = json!({ "reason": " The SMTP server is being moved. " });
    let paused = stage.operator.post("/api/console/queues/mail/pause", &reason).await.expect(200);
    assert_eq!((&paused["paused"], &paused["pausedBy"]), (&json!(true), &json!("Oda")));
    assert_eq!(paused["pausedReason"], "The SMTP server is being moved.");
    assert!(paused["pausedAt"].is_string());
    stage.act("queues/mail/pause").await.assert_status(200);
    assert_eq!(queue(&stage.get("overview").await, "mail")["paused"], true);
    let resumed = stage.act("queues/mail/resume").await.expect(200);
    assert_eq!((&resumed["paused"], &resumed["pausedBy"]), (&json!(false), &Value::Null));
    assert_eq!((&resumed["pausedReason"], &resumed["pausedAt"]), (&Value::Null, &Value::Null));
    let deeds: Vec<(String, Value)> =
        stage.audit().await.into_iter().map(|(action, _, _, data)| (action, data)).collect();
    assert_eq!(
        deeds,
        [
            (
                "console.pause_queue".to_owned(),
                json!({ "queue": "mail", "changed": true, "reason": "The SMTP server is being moved." }),
            ),
            ("console.pause_queue".to_owned(), json!({ "queue": "mail", "changed": false, "reason": null })),
            ("console.resume_queue".to_owned(), json!({ "queue": "mail", "changed": true, "reason": null })),
        ]
    );
}

#[tokio::test]
async fn a_queue_is_known_by_the_product_or_by_its_jobs() {
    let mut stage = Stage::new().await;
    for deed in ["pause", "resume"] {
        stage.act(&format!("queues/attic/{deed}")).await.problem(404, "not_found");
    }
    let old = NewJob { queue: "attic".to_owned(), ..NewJob::of(&plan()).unwrap() };
    stage.ask_row(&old, None, &Options::default()).await;
    assert_eq!(stage.act("queues/attic/pause").await.expect(200)["depth"]["count"], 1);
    assert_eq!(stage.audit().await.len(), 1);
}

#[tokio::test]
async fn a_reason_is_one_sentence() {
    let stage = Stage::new().await;
    let reason = json!({ "reason": "x".repeat(301) });
    stage.operator.post("/api/console/queues/mail/pause", &reason).await.wrong_fields(&[("reason", "too_long")]);
}

#[tokio::test]
async fn tells_its_lines_by_priority_and_what_stands_in_redis() {
    let mut stage = Stage::new().await;
    for priority in [Priority::Urgent, Priority::Bulk, Priority::Bulk] {
        stage.ask(&plan(), None, &Options { priority: Some(priority), ..Options::default() }).await;
    }
    let list = stage.get("queues").await;
    let imports = queue(&list, "imports");
    let lines: Vec<(i64, i64)> = imports["priorities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["priority"].as_i64().unwrap(), line["depth"]["count"].as_i64().unwrap()))
        .collect();
    assert_eq!(lines, [(0, 1), (3, 2)]);
    assert_eq!(imports["window"], 0, "nothing is dispatched yet");
    let namespace = stage.app.ledgerline().settings.redis.namespace.clone();
    let redis = redis::Client::open(support::redis_url()).unwrap();
    let mut redis = redis.get_multiplexed_async_connection().await.unwrap();
    let key = ledgerline_app::wake::list_key(&namespace, "imports");
    redis::cmd("RPUSH").arg(&key).arg("a").arg("b").query_async::<()>(&mut redis).await.unwrap();
    assert_eq!(queue(&stage.get("queues").await, "imports")["window"], 2);
    redis::cmd("DEL").arg(&key).query_async::<()>(&mut redis).await.unwrap();
}
