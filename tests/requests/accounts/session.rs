use serde_json::json;
use support::{PASSWORD, TestApp};

#[tokio::test]
async fn without_a_living_session_nobody_is_signed_in() {
    let app = TestApp::start().await;
    app.browser().get("/api/session").await.problem(401, "not_signed_in");
    let browser = app.browser();
    for cookie in
        ["ledgerline_session=", "ledgerline_session=nonsense", &format!("ledgerline_session={}", "A".repeat(43))]
    {
        let request = browser.http.get(browser.url("/api/session")).header("cookie", cookie);
        browser.send(request).await.problem(401, "not_signed_in");
    }
}

#[tokio::test]
async fn signing_out_ends_it_for_everyone_who_has_the_cookie() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let answer = browser.delete("/api/session").await;
    answer.assert_status(204);
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    browser.get("/api/session").await.problem(401, "not_signed_in");
    let left: i64 = sqlx::query_scalar("select count(*) from sessions").fetch_one(&mut app.sql().await).await.unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn ends_after_30_idle_days() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    app.travel("29 days").await;
    browser.get("/api/session").await.assert_status(200);
    app.travel("29 days").await;
    browser.get("/api/session").await.assert_status(200);
    app.travel("31 days").await;
    browser.get("/api/session").await.problem(401, "not_signed_in");
}

#[tokio::test]
async fn ends_after_90_days_however_busy() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    for _ in 0..4 {
        app.travel("22 days").await;
        browser.get("/api/session").await.assert_status(200);
    }
    app.travel("3 days").await;
    browser.get("/api/session").await.problem(401, "not_signed_in");
}

#[tokio::test]
async fn goes_to_another_workspace_of_the_user_only() {
    let app = TestApp::start().await;
    let (browser, stranger) = (app.owner("Nina").await, app.owner("Otto").await);
    let first = browser.workspace_id().await;
    browser.post("/api/workspaces", &json!({ "name": "Second" })).await.assert_status(201);
    assert_ne!(browser.workspace_id().await, first);

    let session = browser.put("/api/session/workspace", &json!({ "workspaceId": first })).await.expect(200);
    assert_eq!(session["workspace"]["id"], first.to_string());
    let foreign = stranger.workspace_id().await;
    browser.put("/api/session/workspace", &json!({ "workspaceId": foreign })).await.problem(404, "not_found");
    assert_eq!(browser.workspace_id().await, first);

    // a login goes where the user was last
    let again = app.browser();
    let session =
        again.post("/api/sessions", &json!({ "email": "nina@example.com", "password": PASSWORD })).await.expect(201);
    assert_eq!(session["workspaces"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn operators_are_told_so() {
    let app = TestApp::start().await;
    let browser = app.owner("Oda").await;
    sqlx::query("insert into operators (user_id, level, created_at) select id, 'read_only', now() from users")
        .execute(&mut app.sql().await)
        .await
        .unwrap();
    assert_eq!(browser.get("/api/session").await.expect(200)["operator"], "read_only");
}
