use serde_json::json;
use support::{Browser, PASSWORD, TestApp};

async fn invited(app: &TestApp, owner: &Browser, email: &str, role: &str) -> String {
    owner.post("/api/invitations", &json!({ "email": email, "role": role })).await.assert_status(201);
    app.mailed_token(email).await
}

#[tokio::test]
async fn a_new_person_joins_with_a_new_account() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    let token = invited(&app, &owner, "tess@example.com", "manager").await;
    let browser = app.browser();
    browser
        .post("/api/invitations/accept", &json!({ "token": token }))
        .await
        .wrong_fields(&[("name", "required"), ("password", "too_short")]);
    let body = json!({ "token": token, "name": "Tess", "password": PASSWORD });
    let session = browser.post("/api/invitations/accept", &body).await.expect(201);
    assert_eq!(session["user"]["email"], "tess@example.com");
    assert_eq!(session["workspace"], json!({ "id": owner.workspace_id().await, "name": "Nina's", "role": "manager" }));
    app.browser().post("/api/invitations/accept", &body).await.problem(422, "invalid_token");
    assert_eq!(owner.get("/api/invitations").await.expect(200)["invitations"], json!([]));
}

#[tokio::test]
async fn an_existing_account_needs_its_password_or_its_session() {
    let app = TestApp::start().await;
    let (nina, otto) = (app.owner("Nina").await, app.owner("Otto").await);
    let token = invited(&app, &nina, "otto@example.com", "member").await;
    let preview = app.browser().post("/api/invitations/preview", &json!({ "token": token })).await.expect(200);
    assert_eq!(preview["hasAccount"], true);

    let stranger = app.browser();
    stranger
        .post("/api/invitations/accept", &json!({ "token": token }))
        .await
        .wrong_fields(&[("password", "required")]);
    let wrong = json!({ "token": token, "password": "not the password" });
    stranger.post("/api/invitations/accept", &wrong).await.problem(401, "wrong_credentials");
    nina.post("/api/invitations/accept", &json!({ "token": token, "password": PASSWORD }))
        .await
        .problem(409, "signed_in_as_other");

    let session = otto.post("/api/invitations/accept", &json!({ "token": token })).await.expect(201);
    assert_eq!(session["workspaces"].as_array().map(Vec::len), Some(2));
    assert_eq!(session["workspace"]["role"], "member");
}

#[tokio::test]
async fn an_invitation_never_changes_a_role() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    let token = invited(&app, &nina, "late@example.com", "owner").await;
    let otto = app.member(&nina, "Otto", "member").await;
    // the account behind the address becomes a member by another way before the link is used
    sqlx::query("update invitations set email = 'otto@example.com' where email = 'late@example.com'")
        .execute(&mut app.sql().await)
        .await
        .unwrap();
    let session = otto.post("/api/invitations/accept", &json!({ "token": token })).await.expect(201);
    assert_eq!(session["workspace"]["role"], "member");
}

#[tokio::test]
async fn runs_out_after_a_week() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    let token = invited(&app, &owner, "tess@example.com", "member").await;
    app.travel("8 days").await;
    app.browser().post("/api/invitations/preview", &json!({ "token": token })).await.problem(422, "invalid_token");
    let body = json!({ "token": token, "name": "Tess", "password": PASSWORD });
    app.browser().post("/api/invitations/accept", &body).await.problem(422, "invalid_token");
}

#[tokio::test]
async fn one_link_used_often_at_once_joins_once() {
    // nobody who comes too late needs a second connection while holding one
    let app = TestApp::start_with(json!({ "database": { "max_connections": 1 } })).await;
    let owner = app.owner("Nina").await;
    let token = invited(&app, &owner, "tess@example.com", "member").await;
    let body = json!({ "token": token, "name": "Tess", "password": PASSWORD });
    let tries = (0..6).map(|_| {
        let (browser, body) = (app.browser(), &body);
        async move { browser.post("/api/invitations/accept", body).await }
    });
    let (joined, refused): (Vec<_>, Vec<_>) =
        futures::future::join_all(tries).await.into_iter().partition(|answer| answer.status == 201);
    assert_eq!(joined.len(), 1, "{joined:?}");
    for late in refused {
        late.problem(422, "invalid_token");
    }
}

#[tokio::test]
async fn an_account_that_comes_meanwhile_is_asked_for_its_password() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    let token = invited(&app, &owner, "tess@example.com", "member").await;
    let account =
        json!({ "name": "Tess", "email": "tess@example.com", "password": PASSWORD, "workspaceName": "Tess's" });
    let join = json!({ "token": token, "name": "Tess", "password": PASSWORD });
    let (one, two) = (app.browser(), app.browser());
    let (signed_up, accepted) =
        tokio::join!(one.post("/api/accounts", &account), two.post("/api/invitations/accept", &join));
    // whoever came second is told what to do; which of them it is, is chance
    match (signed_up.status, accepted.status) {
        (409, 201) | (201, 201) => {}
        _ => {
            signed_up.assert_status(201);
            accepted.wrong_fields(&[("password", "required")]);
        }
    }
}
