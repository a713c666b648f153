use serde_json::{Value, json};
use support::TestApp;

fn failing(readiness: &Value) -> Vec<&str> {
    let checks = readiness["checks"].as_array().unwrap();
    checks.iter().filter(|check| check["ok"] == false).filter_map(|check| check["name"].as_str()).collect()
}

async fn report_node(app: &TestApp, seconds_ago: f64) {
    sqlx::query(
        "insert into nodes (id, name, host, pid, version, started_at, beat_at, lease_until, polled_at)
         values (gen_random_uuid(), 'node', 'host', 1, 'v', now(), now() - make_interval(secs => $1), now(), now() - make_interval(secs => $1))",
    )
    .bind(seconds_ago)
    .execute(&mut app.sql().await)
    .await
    .unwrap();
}

#[tokio::test]
async fn says_whether_it_can_work_and_what_is_missing() {
    let app = TestApp::start().await;
    assert_eq!(app.browser().get("/_health").await.expect(200), json!({ "ok": true }));
    let without_workers = app.browser().get("/_ready").await.expect(503);
    assert_eq!(failing(&without_workers), ["workers"]);

    report_node(&app, 120.0).await;
    assert_eq!(failing(&app.browser().get("/_ready").await.expect(503)), ["workers"]);
    report_node(&app, 1.0).await;
    let ready = app.browser().get("/_ready").await.expect(200);
    assert_eq!(ready["ready"], true);
    assert_eq!(failing(&ready), Vec::<&str>::new());

    sqlx::query("delete from _sqlx_migrations where version = 1").execute(&mut app.sql().await).await.unwrap();
    assert_eq!(failing(&app.browser().get("/_ready").await.expect(503)), ["migrations"]);
}

#[tokio::test]
async fn works_without_redis_and_says_so() {
    let nowhere = json!({ "redis": { "url": "redis://127.0.0.1:1" } });
    let app = TestApp::start_with(nowhere).await;
    report_node(&app, 1.0).await;
    let readiness = app.browser().get("/_ready").await.expect(503);
    assert_eq!(failing(&readiness), ["redis"]);
    assert!(!readiness.to_string().contains("127.0.0.1"), "addresses stay in the log");
    app.owner("Nina").await.post("/api/clients", &json!({ "name": "Bo" })).await.assert_status(201);
}

#[tokio::test]
async fn counts_requests_by_pattern() {
    let app = TestApp::start().await;
    app.browser().get(&format!("/api/clients/{}", uuid::Uuid::nil())).await.assert_status(401);
    let metrics = app.browser().get("/_metrics").await;
    metrics.assert_status(200);
    assert!(
        metrics.text.contains(r#"http_requests_total{method="GET",route="/api/clients/{id}",status="401"}"#),
        "{}",
        metrics.text
    );
    assert!(metrics.text.contains("http_request_duration_seconds_bucket"), "{}", metrics.text);
    assert!(metrics.text.contains(r#"database_connections{pool="app"}"#), "{}", metrics.text);
}

#[tokio::test]
async fn methods_that_strangers_make_up_are_counted_together() {
    let app = TestApp::start().await;
    let browser = app.browser();
    for name in ["ZORK", "BREW", "PROPFIND"] {
        let method = reqwest::Method::from_bytes(name.as_bytes()).unwrap();
        browser.send(browser.http.request(method, browser.url("/api/session"))).await;
    }
    let metrics = browser.get("/_metrics").await.text;
    assert!(!["ZORK", "BREW", "PROPFIND"].iter().any(|name| metrics.contains(name)), "{metrics}");
    let counted = r#"http_requests_total{method="OTHER",route="/api/session",status="405"} 3"#;
    assert!(metrics.contains(counted), "{metrics}");
}

#[tokio::test]
async fn metrics_ask_for_their_token() {
    let app = TestApp::start_with(json!({ "http": { "metrics_token": "secret" } })).await;
    let browser = app.browser();
    browser.get("/_metrics").await.problem(404, "not_found");
    let wrong = browser.http.get(browser.url("/_metrics")).bearer_auth("guess");
    browser.send(wrong).await.problem(404, "not_found");
    let right = browser.http.get(browser.url("/_metrics")).bearer_auth("secret");
    browser.send(right).await.assert_status(200);
}

#[tokio::test]
async fn a_stop_lets_requests_end() {
    let app = TestApp::start().await;
    let browser = app.browser();
    // an address that takes 150 ms to answer
    let slow =
        tokio::spawn(async move { browser.post("/api/password-resets", &json!({ "email": "a@example.com" })).await });
    tokio::time::sleep(std::time::Duration::from_millis(60)).await;
    app.stop().await;
    slow.await.unwrap().assert_status(202);
}
