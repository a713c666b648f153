use serde_json::json;
use support::{PASSWORD, TestApp};

#[tokio::test]
async fn its_link_stops_working() {
    let app = TestApp::start().await;
    app.leave_jobs();
    let owner = app.owner("Nina").await;
    let made =
        owner.post("/api/invitations", &json!({ "email": "tess@example.com", "role": "member" })).await.expect(201);
    let token = app.mailed_token("tess@example.com").await;
    let path = format!("/api/invitations/{}", made["id"].as_str().unwrap());
    owner.delete(&path).await.assert_status(204);
    owner.delete(&path).await.problem(404, "not_found");
    let body = json!({ "token": token, "name": "Tess", "password": PASSWORD });
    app.browser().post("/api/invitations/accept", &body).await.problem(422, "invalid_token");
    owner.post("/api/invitations", &json!({ "email": "tess@example.com", "role": "member" })).await.assert_status(201);
}

#[tokio::test]
async fn no_mail_goes_out_for_what_was_withdrawn_before() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    let made =
        owner.post("/api/invitations", &json!({ "email": "tess@example.com", "role": "member" })).await.expect(201);
    owner.delete(&format!("/api/invitations/{}", made["id"].as_str().unwrap())).await.assert_status(204);
    assert_eq!(app.run_pending().await, 1, "the job was asked for");
    assert!(app.sandbox.mails().is_empty(), "and finds nothing to send");
}

#[tokio::test]
async fn only_owners_withdraw_what_makes_an_owner() {
    let app = TestApp::start().await;
    app.leave_jobs();
    let owner = app.owner("Nina").await;
    let manager = app.member(&owner, "Marco", "manager").await;
    let invite = async |email: &str, role: &str| {
        let made = owner.post("/api/invitations", &json!({ "email": email, "role": role })).await.expect(201);
        format!("/api/invitations/{}", made["id"].as_str().unwrap())
    };
    let (to_own, to_work) = (invite("olga@example.com", "owner").await, invite("tess@example.com", "member").await);
    manager.delete(&to_own).await.problem(403, "forbidden");
    manager.delete(&to_work).await.assert_status(204);
    let open = owner.get("/api/invitations").await.expect(200);
    assert_eq!(open["invitations"].as_array().unwrap().len(), 1, "the refusal changed nothing");
    owner.delete(&to_own).await.assert_status(204);
}
