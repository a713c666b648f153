//! Cursors come back from callers, who may have made them up.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use support::TestApp;
use uuid::Uuid;

fn forged(position: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(position.to_string())
}

#[tokio::test]
async fn a_time_that_postgres_cannot_hold_belongs_to_no_list() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    sqlx::query("insert into operators (user_id, level, created_at) select id, 'full', now() from users")
        .execute(&mut app.sql().await)
        .await
        .unwrap();
    for year in ["-5000", "0000", "+200000"] {
        let at = format!("{year}-01-01T00:00:00Z");
        let plain = forged(&json!([at, Uuid::nil()]));
        let client = forged(&json!({ "sort": "createdAt", "key": at, "id": Uuid::nil() }));
        let job = forged(&json!({ "shelf": "live", "at": at, "id": Uuid::nil() }));
        for path in [
            format!("/api/members?cursor={plain}"),
            format!("/api/invitations?cursor={plain}"),
            format!("/api/imports?cursor={plain}"),
            format!("/api/clients?sort=createdAt&cursor={client}"),
            format!("/api/console/jobs?cursor={job}"),
            format!("/api/console/audit?cursor={plain}"),
        ] {
            let answer = browser.get(&path).await;
            assert_eq!(answer.status, 400, "{path} {year}: {}", answer.text);
            answer.problem(400, "invalid_cursor");
        }
    }
}

#[tokio::test]
async fn text_that_postgres_cannot_hold_belongs_to_no_list() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let cursor = forged(&json!({ "sort": "name", "key": "a\0b", "id": Uuid::nil() }));
    browser.get(&format!("/api/clients?sort=name&cursor={cursor}")).await.problem(400, "invalid_cursor");
}
