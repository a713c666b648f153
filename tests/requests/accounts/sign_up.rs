use serde_json::{Value, json};
use support::{PASSWORD, TestApp};

fn account(email: &str) -> Value {
    json!({ "name": "Nina", "email": email, "password": PASSWORD, "workspaceName": "Northlight" })
}

#[tokio::test]
async fn makes_account_workspace_and_session() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let session = browser.post("/api/accounts", &account("Nina@Example.com")).await.expect(201);
    assert_eq!(session["user"]["email"], "Nina@Example.com");
    assert_eq!(session["workspace"]["name"], "Northlight");
    assert_eq!(session["workspace"]["role"], "owner");
    assert_eq!(session["workspaces"].as_array().map(Vec::len), Some(1));
    assert_eq!(session["operator"], Value::Null);
    assert_eq!(browser.get("/api/session").await.expect(200), session);

    let mut sql = app.sql().await;
    let audited: i64 = sqlx::query_scalar(
        "select count(*) from audit_log where action in ('accounts.sign_up', 'workspaces.create') and request_id is not null",
    )
    .fetch_one(&mut sql)
    .await
    .unwrap();
    assert_eq!(audited, 2);
}

#[tokio::test]
async fn keeps_neither_password_nor_token() {
    let app = TestApp::start().await;
    let answer = app.browser().post("/api/accounts", &account("nina@example.com")).await;
    let cookie = answer.header("set-cookie").to_owned();
    let token = cookie.split_once('=').unwrap().1.split_once(';').unwrap().0;
    let (hash, password_hash): (Vec<u8>, String) =
        sqlx::query_as("select token_hash, password_hash from sessions s join users u on u.id = s.user_id")
            .fetch_one(&mut app.sql().await)
            .await
            .unwrap();
    assert_eq!(hash, ledgerline_app::tokens::Token::brought(token).unwrap().hash());
    assert!(password_hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{password_hash}");

    let rows: String = sqlx::query_scalar("select string_agg(s::text, '') from sessions s")
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap();
    assert!(!rows.contains(token));
}

#[tokio::test]
async fn an_address_has_one_account_whatever_its_case() {
    let app = TestApp::start().await;
    app.browser().post("/api/accounts", &account("nina@example.com")).await.assert_status(201);
    let answer = app.browser().post("/api/accounts", &account("NINA@example.com")).await;
    assert_eq!(answer.problem(409, "email_taken")["errors"][0]["field"], "email");
}

#[tokio::test]
async fn names_every_wrong_field() {
    let app = TestApp::start().await;
    let body = json!({ "name": " ", "email": "nina", "password": "short", "workspaceName": "x".repeat(256) });
    app.browser().post("/api/accounts", &body).await.wrong_fields(&[
        ("name", "required"),
        ("email", "not_an_email"),
        ("password", "too_short"),
        ("workspaceName", "too_long"),
    ]);
    let body =
        json!({ "name": "a\u{0}b", "email": "n@example.com", "password": "x".repeat(300), "workspaceName": "w" });
    app.browser()
        .post("/api/accounts", &body)
        .await
        .wrong_fields(&[("name", "bad_characters"), ("password", "too_long")]);
}

#[tokio::test]
async fn is_limited_per_address() {
    let limit = json!({ "limits": { "sign_up_per_address": { "burst": 1, "every_seconds": 60 } } });
    let app = TestApp::start_with(limit).await;
    app.browser().post("/api/accounts", &account("one@example.com")).await.assert_status(201);
    let answer = app.browser().post("/api/accounts", &account("two@example.com")).await;
    answer.problem(429, "too_many_attempts");
    app.travel("61 seconds").await;
    app.browser().post("/api/accounts", &account("two@example.com")).await.assert_status(201);
}
