use ledgerline_jobs::invitations::SendInvitation;
use serde_json::json;
use support::{PASSWORD, TestApp};

#[tokio::test]
async fn mails_a_link_that_names_workspace_and_inviter() {
    let app = TestApp::start().await;
    let owner = app.browser();
    let account =
        json!({ "name": "Nina <b>", "email": "nina@example.com", "password": PASSWORD, "workspaceName": "Nina <b>'s" });
    owner.post("/api/accounts", &account).await.assert_status(201);
    let made =
        owner.post("/api/invitations", &json!({ "email": "tess@example.com", "role": "manager" })).await.expect(201);
    assert_eq!(made["role"], "manager");
    app.assert_enqueued(&SendInvitation { invitation_id: made["id"].as_str().unwrap().parse().unwrap() }).await;
    let token = app.mailed_token("tess@example.com").await;
    let mail = app.sandbox.mails().remove(0);
    assert_eq!(mail.subject, "Nina <b> invites you to Nina <b>'s at Ledgerline");
    assert!(mail.links[0].starts_with(&format!("{}/invitations#", app.base_url)), "{:?}", mail.links);
    let html = mail.html.as_deref().unwrap();
    assert!(html.contains("Nina &lt;b&gt;") && !html.contains("<b>"), "names are data, never markup");

    let preview = app.browser().post("/api/invitations/preview", &json!({ "token": token })).await.expect(200);
    assert_eq!(
        preview,
        json!({ "workspaceName": "Nina <b>'s", "email": "tess@example.com", "role": "manager", "hasAccount": false })
    );
    let list = owner.get("/api/invitations").await.expect(200);
    assert_eq!(list["invitations"][0], made);
    let tokens: i64 =
        sqlx::query_scalar("select count(*) from invitation_tokens").fetch_one(&mut app.sql().await).await.unwrap();
    assert_eq!(tokens, 1);
}

#[tokio::test]
async fn only_owners_invite_owners_and_members_invite_nobody() {
    let app = TestApp::start().await;
    app.leave_jobs();
    let owner = app.owner("Nina").await;
    let manager = app.member(&owner, "Marco", "manager").await;
    let member = app.member(&owner, "Tess", "member").await;
    let invite = |role| json!({ "email": "new@example.com", "role": role });
    manager.post("/api/invitations", &invite("owner")).await.problem(403, "forbidden");
    member.post("/api/invitations", &invite("member")).await.problem(403, "forbidden");
    member.get("/api/invitations").await.problem(403, "forbidden");
    manager.post("/api/invitations", &invite("manager")).await.assert_status(201);
}

#[tokio::test]
async fn an_address_is_invited_once_and_members_not_at_all() {
    let app = TestApp::start().await;
    app.leave_jobs();
    let owner = app.owner("Nina").await;
    let invite = |email: &str| json!({ "email": email, "role": "member" });
    owner.post("/api/invitations", &invite("Nina@example.com")).await.problem(409, "already_member");
    owner.post("/api/invitations", &invite("new@example.com")).await.assert_status(201);
    let twice = owner.post("/api/invitations", &invite("NEW@example.com")).await;
    assert_eq!(twice.problem(409, "already_invited")["errors"][0]["field"], "email");
    app.travel("8 days").await;
    owner.post("/api/invitations", &invite("new@example.com")).await.assert_status(201);
    owner.post("/api/invitations", &invite("new")).await.wrong_fields(&[("email", "not_an_email")]);
}

#[tokio::test]
async fn a_workspace_cannot_flood_the_world() {
    let limit = json!({ "limits": { "invite_per_workspace": { "burst": 1, "every_seconds": 60 } } });
    let app = TestApp::start_with(limit).await;
    app.leave_jobs();
    let owner = app.owner("Nina").await;
    owner.post("/api/invitations", &json!({ "email": "a@example.com", "role": "member" })).await.assert_status(201);
    owner
        .post("/api/invitations", &json!({ "email": "b@example.com", "role": "member" }))
        .await
        .problem(429, "too_many_attempts");
}
