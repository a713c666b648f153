use serde_json::json;
use support::TestApp;

use super::{Engagement, mailed, opened, told};

#[tokio::test]
async fn a_new_link_goes_to_the_registered_address_and_the_answer_is_one() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    let engagement = Engagement::of(&app, &owner, "ada@example.com").await;
    let (link, first) = engagement.invite(&app, &owner, json!({})).await;
    let ask = async |body: serde_json::Value| {
        let answer = app.browser().post("/api/portal/link-requests", &body).await;
        answer.assert_status(202);
        told(&answer)
    };
    let known = ask(json!({ "email": "ADA@example.com" })).await;
    mailed(&app, "ada@example.com", 2).await;
    assert_eq!(ask(json!({ "email": "nobody@example.com" })).await, known);
    assert_eq!(ask(json!({ "proposalId": uuid::Uuid::now_v7() })).await, known);
    assert_eq!(ask(json!({ "proposalId": engagement.proposal_id, "email": "eve@example.com" })).await, known);
    assert_eq!(app.run_pending().await, 0, "nobody else is mailed");
    assert_eq!(ask(json!({ "proposalId": engagement.proposal_id })).await, known);
    let newest = mailed(&app, "ada@example.com", 3).await;
    opened(&app, &newest).await;
    opened(&app, &first).await;

    // of what has run out the producer is told, who alone gives more time
    app.travel("91 days").await;
    assert_eq!(ask(json!({ "email": "ada@example.com" })).await, known);
    assert_eq!(app.run_pending().await, 0);
    let asked: i64 = sqlx::query_scalar("select count(*) from events where kind = 'portal_access_requested'")
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap();
    assert_eq!(asked, 1);
    owner
        .post("/api/sessions", &json!({ "email": "nina@example.com", "password": support::PASSWORD }))
        .await
        .assert_status(201);
    let revoke = format!("{}/{}/revoke", engagement.links(), link["id"].as_str().unwrap());
    owner.post(&revoke, &json!({})).await.assert_status(200);
    assert_eq!(ask(json!({ "email": "ada@example.com" })).await, known);
    assert_eq!(app.run_pending().await, 0);
}

#[tokio::test]
async fn asking_is_limited_and_needs_something_to_go_by() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.post("/api/portal/link-requests", &json!({})).await.wrong_fields(&[("email", "required")]);
    browser
        .post("/api/portal/link-requests", &json!({ "email": "x" }))
        .await
        .wrong_fields(&[("email", "not_an_email")]);
    let body = json!({ "email": "ada@example.com" });
    for _ in 0..5 {
        browser.post("/api/portal/link-requests", &body).await.assert_status(202);
    }
    browser.post("/api/portal/link-requests", &body).await.problem(429, "too_many_attempts");
}
