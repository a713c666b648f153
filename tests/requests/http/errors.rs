//! Errors of ours reach the error tracker, without personal data.

use std::time::Duration;

use ledgerline_app::{settings::Sentry, telemetry};
use reqwest::Method;
use serde_json::json;
use support::TestApp;

#[tokio::test]
async fn a_5xx_becomes_an_event_that_names_nobody() {
    let app = TestApp::start().await;
    // once per process, so the sandbox of this test must be the first
    telemetry::errors::init(&Sentry { dsn: app.sandbox.sentry_dsn(), release: "test".to_owned() }, "test");
    let browser = app.owner("Nina").await;
    // a cause that tells everything, as causes may
    let breaking = "create function broken() returns trigger language plpgsql as $$ begin
          raise exception 'broken: % from 203.0.113.9 with %', new.email, repeat('Zm9v', 11); end $$;
        create trigger broken before insert on clients for each row execute function broken()";
    sqlx::raw_sql(breaking).execute(&mut app.sql().await).await.unwrap();
    let client = json!({ "name": "Bo Secret", "email": "bo@example.com", "phone": "+49 30 5550001" });
    let request = browser
        .request(Method::POST, "/api/clients?search=asked-for")
        .header("x-forwarded-for", "203.0.113.9")
        .header("user-agent", "Ninas-Browser/1.0")
        .json(&client);
    let answer = browser.send(request).await;
    let problem = answer.problem(500, "internal");
    assert!(!answer.text.contains("broken"), "the cause stays with us");

    let report = app.sandbox.wait_for_error(Duration::from_secs(10)).await.expect("an event");
    let event = serde_json::to_string(&*report).unwrap();
    assert!(event.contains(problem["requestId"].as_str().unwrap()), "the event names the request: {event}");
    assert!(event.contains("/api/clients"), "{event}");
    for personal in [
        "bo@example.com",
        "nina@example.com",
        "Bo Secret",
        "Nina",
        "5550001",
        "127.0.0.1",
        "203.0.113.9",
        "Zm9vZm9v",
        "Ninas-Browser",
        "asked-for",
        "ledgerline_session",
        "cookie",
        &browser.csrf().unwrap(),
    ] {
        assert!(!event.contains(personal), "{personal} is in {event}");
    }
}
