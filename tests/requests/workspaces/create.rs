use serde_json::json;
use support::TestApp;

#[tokio::test]
async fn makes_the_user_its_owner_and_goes_there() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let session = browser.post("/api/workspaces", &json!({ "name": " Second " })).await.expect(201);
    assert_eq!(session["workspace"]["name"], "Second");
    assert_eq!(session["workspace"]["role"], "owner");
    assert_eq!(browser.get("/api/workspace").await.expect(200)["name"], "Second");
}

#[tokio::test]
async fn needs_a_name_and_a_user() {
    let app = TestApp::start().await;
    app.browser().post("/api/workspaces", &json!({ "name": "X" })).await.problem(401, "not_signed_in");
    let browser = app.owner("Nina").await;
    browser.post("/api/workspaces", &json!({ "name": "" })).await.wrong_fields(&[("name", "required")]);
    browser.post("/api/workspaces", &json!({})).await.problem(422, "invalid_body");
}
