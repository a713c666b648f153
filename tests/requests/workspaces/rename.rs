use serde_json::json;
use support::TestApp;

#[tokio::test]
async fn owners_and_managers_rename_it_members_do_not() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    let manager = app.member(&owner, "Marco", "manager").await;
    let member = app.member(&owner, "Tess", "member").await;
    for (browser, name) in [(&owner, "One"), (&manager, "Two")] {
        assert_eq!(browser.patch("/api/workspace", &json!({ "name": name })).await.expect(200)["name"], name);
    }
    member.patch("/api/workspace", &json!({ "name": "Three" })).await.problem(403, "forbidden");
    assert_eq!(member.get("/api/workspace").await.expect(200)["name"], "Two");
    owner.patch("/api/workspace", &json!({ "name": " " })).await.wrong_fields(&[("name", "required")]);

    let audited: i64 = sqlx::query_scalar("select count(*) from audit_log where action = 'workspaces.rename'")
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap();
    assert_eq!(audited, 2);
}
