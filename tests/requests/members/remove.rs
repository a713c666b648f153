use support::TestApp;

#[tokio::test]
async fn who_is_removed_is_out_at_once() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    let member = app.member(&owner, "Tess", "member").await;
    let id = member.user_id().await;
    member.get("/api/clients").await.assert_status(200);
    owner.delete(&format!("/api/members/{id}")).await.assert_status(204);
    member.get("/api/clients").await.problem(409, "no_workspace");
    let session = member.get("/api/session").await.expect(200);
    assert_eq!(session["workspace"], serde_json::Value::Null);
    assert_eq!(session["workspaces"], serde_json::json!([]));
    owner.delete(&format!("/api/members/{id}")).await.problem(404, "not_found");
}

#[tokio::test]
async fn only_owners_remove_and_never_the_last_of_them() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    let manager = app.member(&owner, "Marco", "manager").await;
    let owner_path = format!("/api/members/{}", owner.user_id().await);
    manager.delete(&owner_path).await.problem(403, "forbidden");
    owner.delete(&owner_path).await.problem(409, "last_owner");
}
