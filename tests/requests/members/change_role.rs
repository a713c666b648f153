use serde_json::json;
use support::TestApp;
use uuid::Uuid;

#[tokio::test]
async fn an_owner_changes_roles() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    let member = app.member(&owner, "Tess", "member").await;
    let path = format!("/api/members/{}", member.user_id().await);
    assert_eq!(owner.patch(&path, &json!({ "role": "manager" })).await.expect(200)["role"], "manager");
    assert_eq!(member.get("/api/session").await.expect(200)["workspace"]["role"], "manager");
    member.patch(&path, &json!({ "role": "owner" })).await.problem(403, "forbidden");
    owner.patch(&path, &json!({ "role": "king" })).await.problem(422, "invalid_body");
    owner
        .patch(&format!("/api/members/{}", Uuid::new_v4()), &json!({ "role": "owner" }))
        .await
        .problem(404, "not_found");
    owner.patch("/api/members/nonsense", &json!({ "role": "owner" })).await.problem(404, "not_found");
}

#[tokio::test]
async fn a_workspace_keeps_an_owner() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    let path = format!("/api/members/{}", owner.user_id().await);
    owner.patch(&path, &json!({ "role": "member" })).await.problem(409, "last_owner");
    owner.patch(&path, &json!({ "role": "owner" })).await.assert_status(200);
}

#[tokio::test]
async fn two_owners_who_step_down_at_once_leave_one() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    let otto = app.member(&nina, "Otto", "owner").await;
    let (a, b) = (nina.user_id().await, otto.user_id().await);
    let body = json!({ "role": "member" });
    let (path_a, path_b) = (format!("/api/members/{a}"), format!("/api/members/{b}"));
    let (first, second) = tokio::join!(nina.patch(&path_a, &body), otto.patch(&path_b, &body));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "{} {}", first.text, second.text);
}
