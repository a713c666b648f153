use std::time::{Duration, Instant};

use ledgerline_sandbox::smtp::faults::{Fault, Mode};
use serde_json::json;
use support::{PASSWORD, TestApp};

const NEW: &str = "a better password";

#[tokio::test]
async fn a_mailed_link_sets_a_new_password_and_ends_all_sessions() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let asked = app.browser().post("/api/password-resets", &json!({ "email": "Nina@example.com" })).await;
    assert_eq!(asked.expect(202), json!({}));
    let token = app.mailed_token("nina@example.com").await;

    let mail = app.sandbox.mails().remove(0);
    assert_eq!(mail.subject, "Choose a new password for Ledgerline");
    assert!(mail.text.as_deref().unwrap().contains("Hello Nina"));
    assert!(mail.html.as_deref().unwrap().contains(&token), "both parts have the link");
    assert!(mail.message_id.as_deref().unwrap().ends_with("@mail.ledgerline"));

    let stored: Vec<u8> =
        sqlx::query_scalar("select token_hash from password_resets").fetch_one(&mut app.sql().await).await.unwrap();
    assert_eq!(stored, ledgerline_app::tokens::Token::brought(&token).unwrap().hash());

    let done = app.browser().post("/api/password-resets/complete", &json!({ "token": token, "password": NEW })).await;
    done.assert_status(204);
    browser.get("/api/session").await.problem(401, "not_signed_in");
    let login = |password| json!({ "email": "nina@example.com", "password": password });
    app.browser().post("/api/sessions", &login(PASSWORD)).await.problem(401, "wrong_credentials");
    app.browser().post("/api/sessions", &login(NEW)).await.assert_status(201);

    let again = app.browser().post("/api/password-resets/complete", &json!({ "token": token, "password": NEW })).await;
    assert_eq!(again.problem(422, "invalid_token")["errors"][0]["field"], "token");
}

#[tokio::test]
async fn nobody_learns_whether_an_account_exists() {
    let app = TestApp::start().await;
    app.owner("Nina").await;
    let mut answers = Vec::new();
    for email in ["nina@example.com", "nobody@example.com"] {
        let started = Instant::now();
        let answer = app.browser().post("/api/password-resets", &json!({ "email": email })).await;
        assert!(started.elapsed() >= Duration::from_millis(150), "every answer takes as long");
        answers.push((answer.status, answer.text));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(app.run_pending().await, 1);
}

#[tokio::test]
async fn the_token_stands_in_no_job() {
    let app = TestApp::start().await;
    app.leave_jobs();
    app.owner("Nina").await;
    app.browser().post("/api/password-resets", &json!({ "email": "nina@example.com" })).await.assert_status(202);
    let args: serde_json::Value =
        sqlx::query_scalar("select args from jobs").fetch_one(&mut app.sql().await).await.unwrap();
    assert_eq!(args.as_object().unwrap().keys().collect::<Vec<_>>(), ["user_id"]);
    let minted: i64 =
        sqlx::query_scalar("select count(*) from password_resets").fetch_one(&mut app.sql().await).await.unwrap();
    assert_eq!(minted, 0, "a token is minted when its mail is written");
}

#[tokio::test]
async fn the_link_works_for_an_hour() {
    let app = TestApp::start().await;
    app.owner("Nina").await;
    app.browser().post("/api/password-resets", &json!({ "email": "nina@example.com" })).await.assert_status(202);
    let token = app.mailed_token("nina@example.com").await;
    app.travel("61 minutes").await;
    let late = app.browser().post("/api/password-resets/complete", &json!({ "token": token, "password": NEW })).await;
    late.problem(422, "invalid_token");
}

#[tokio::test]
async fn a_new_password_ends_the_other_links_too() {
    let app = TestApp::start().await;
    app.owner("Nina").await;
    let ask = json!({ "email": "nina@example.com" });
    app.browser().post("/api/password-resets", &ask).await.assert_status(202);
    let first = app.mailed_token("nina@example.com").await;
    app.sandbox.reset();
    app.browser().post("/api/password-resets", &ask).await.assert_status(202);
    let second = app.mailed_token("nina@example.com").await;
    assert_ne!(first, second);
    let complete = |token| json!({ "token": token, "password": NEW });
    app.browser().post("/api/password-resets/complete", &complete(second)).await.assert_status(204);
    app.browser().post("/api/password-resets/complete", &complete(first)).await.problem(422, "invalid_token");
}

#[tokio::test]
async fn bad_passwords_and_floods_are_refused() {
    let limit = json!({ "limits": { "reset_per_email": { "burst": 1, "every_seconds": 60 },
        "token_per_address": { "burst": 2, "every_seconds": 60 } } });
    let app = TestApp::start_with(limit).await;
    let ask = json!({ "email": "nina@example.com" });
    app.browser().post("/api/password-resets", &ask).await.assert_status(202);
    app.browser().post("/api/password-resets", &ask).await.problem(429, "too_many_attempts");
    app.browser()
        .post("/api/password-resets", &json!({ "email": "nina" }))
        .await
        .wrong_fields(&[("email", "not_an_email")]);

    let short = json!({ "token": "x", "password": "short" });
    app.browser().post("/api/password-resets/complete", &short).await.wrong_fields(&[("password", "too_short")]);
    let guess = json!({ "token": "x", "password": NEW });
    app.browser().post("/api/password-resets/complete", &guess).await.problem(422, "invalid_token");
    app.browser().post("/api/password-resets/complete", &guess).await.problem(429, "too_many_attempts");
}

#[tokio::test]
async fn operators_read_plainly_why_a_mail_was_not_sent() {
    let app = TestApp::start().await;
    app.leave_jobs();
    let operator = app.owner("Oda").await;
    sqlx::query("insert into operators (user_id, level, created_at) select id, 'read_only', now() from users")
        .execute(&mut app.sql().await)
        .await
        .unwrap();
    app.sandbox.smtp_faults().set(Fault { mode: Mode::Temporary, count: None, delay_ms: 0, to: None });
    app.browser().post("/api/password-resets", &json!({ "email": "oda@example.com" })).await.assert_status(202);
    app.run_pending().await;
    let jobs = operator.get("/api/console/jobs").await.expect(200);
    let id = jobs["jobs"][0]["id"].as_str().unwrap();
    let job = operator.get(&format!("/api/console/jobs/{id}")).await.expect(200);
    let error = job["attempts"][0]["error"].as_str().unwrap();
    assert_eq!(error, "The mail was not delivered: the mail server answered 451.");
}
