//! How many event streams may be open.

use std::time::Duration;

use reqwest::{Method, Response};
use serde_json::json;
use support::{Answer, Browser, PASSWORD, TestApp, wait_for};
use tokio::time::timeout;

/// The events of an import that waits for its start, so that its stream stays open.
async fn import_events(browser: &Browser) -> String {
    let upload = browser.request(Method::POST, "/api/imports?filename=x.csv").header("content-type", "text/csv");
    let made = browser.send(upload.body("name\nAda\n")).await.expect(201);
    format!("/api/imports/{}/events", made["id"].as_str().unwrap())
}

async fn open(browser: &Browser, path: &str) -> Response {
    let response = browser.request(Method::GET, path).send().await.unwrap();
    assert_eq!(response.status(), 200);
    response
}

async fn refused(browser: &Browser, path: &str) -> Answer {
    timeout(Duration::from_secs(5), browser.get(path)).await.expect("the stream is refused")
}

#[tokio::test]
async fn a_person_and_the_process_have_a_limit_and_closing_one_makes_room() {
    let limits = json!({ "http": { "streams_per_user": 2, "streams": 3 } });
    let app = TestApp::start_with(limits).await;
    let (nina, otto) = (app.owner("Nina").await, app.owner("Otto").await);
    let (ninas, ottos) = (import_events(&nina).await, import_events(&otto).await);
    let elsewhere = app.browser();
    let login = json!({ "email": "nina@example.com", "password": PASSWORD });
    elsewhere.post("/api/sessions", &login).await.assert_status(201);

    let first = open(&nina, &ninas).await;
    let _second = open(&elsewhere, &ninas).await;
    for browser in [&nina, &elsewhere] {
        let too_many = refused(browser, &ninas).await;
        too_many.problem(429, "too_many_streams");
        assert!(!too_many.header("retry-after").is_empty());
    }

    let _third = open(&otto, &ottos).await;
    refused(&otto, &ottos).await.problem(503, "busy");
    otto.get("/api/session").await.assert_status(200);

    drop(first);
    wait_for("a closed stream makes room", || async {
        nina.request(Method::GET, &ninas).send().await.unwrap().status() == 200
    })
    .await;
}

#[tokio::test]
async fn a_tenth_is_kept_for_operators() {
    let app = TestApp::start_with(json!({ "http": { "streams_per_user": 9, "streams": 10 } })).await;
    let (nina, otto, oda) = (app.owner("Nina").await, app.owner("Otto").await, app.owner("Oda").await);
    sqlx::query("insert into operators (user_id, level, created_at) values ($1, 'read_only', app_now())")
        .bind(oda.user_id().await)
        .execute(&mut app.sql().await)
        .await
        .unwrap();
    let (ninas, ottos) = (import_events(&nina).await, import_events(&otto).await);
    let mut streams = Vec::new();
    for _ in 0..9 {
        streams.push(open(&nina, &ninas).await);
    }
    refused(&otto, &ottos).await.problem(503, "busy");
    streams.push(open(&oda, "/api/console/events").await);
    refused(&oda, "/api/console/events").await.problem(503, "busy");
}
