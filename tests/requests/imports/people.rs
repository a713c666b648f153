use reqwest::Method;
use serde_json::{Value, json};
use support::TestApp;

use super::{path, started, upload};

#[tokio::test]
async fn another_workspaces_import_does_not_exist() {
    let app = TestApp::start().await;
    let (nina, otto) = (app.owner("Nina").await, app.owner("Otto").await);
    let body = "name,email\nAda,wrong\n";
    let path = started(&nina, body, json!({ "0": "name", "1": "email" })).await;
    app.run_pending().await;
    for route in ["", "/rows", "/rejects.csv", "/events"] {
        otto.get(&format!("{path}{route}")).await.problem(404, "not_found");
        nina.get(&format!("{path}{route}")).await.assert_status(200);
    }
    otto.post(&format!("{path}/start"), &json!({ "mapping": { "0": "name" } })).await.problem(404, "not_found");
    otto.post(&format!("{path}/cancel"), &Value::Null).await.problem(404, "not_found");
    assert_eq!(otto.get("/api/imports").await.expect(200)["imports"], json!([]));
    otto.get("/api/imports/nonsense").await.problem(404, "not_found");
}

#[tokio::test]
async fn every_member_may_import_and_who_left_is_no_longer_named() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    let member = app.member(&owner, "Bo", "member").await;
    let made = upload(&member, "x.csv", "name\nAda\n").await.expect(201);
    assert_eq!(owner.get(&path(&made)).await.expect(200)["createdBy"]["name"], "Bo");
    let user = member.user_id().await;
    owner.send(owner.request(Method::DELETE, &format!("/api/members/{user}"))).await.assert_status(204);
    assert_eq!(owner.get(&path(&made)).await.expect(200)["createdBy"], Value::Null);
}
