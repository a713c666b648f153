//! Who comes in, and as whom.

use reqwest::Method;
use serde_json::json;
use support::{PASSWORD, TestApp};

use crate::portal_links::{Engagement, mailed, opened};

#[tokio::test]
async fn a_member_looks_and_other_workspaces_see_nothing() {
    let app = TestApp::start().await;
    let (nina, otto) = (app.owner("Nina").await, app.owner("Otto").await);
    let engagement = Engagement::of(&app, &nina, "ada@example.com").await;
    let page = nina.get(&format!("{}/page", engagement.portal())).await.expect(200);
    assert_eq!((page["preview"].as_bool(), page["access"].as_str()), (Some(true), Some("view")));
    nina.delete(&format!("{}/visit", engagement.portal())).await.problem(403, "forbidden");
    otto.get(&engagement.portal()).await.problem(404, "not_found");
    let closed = otto.get(&format!("/p/{}", engagement.proposal_id)).await;
    closed.assert_status(401);
    assert!(closed.text.contains(r#"{"state":"closed"}"#));
    nina.get("/p/no-id").await.assert_status(401);
}

#[tokio::test]
async fn a_client_of_two_engagements_sees_both_and_each_by_its_own_link() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    let (one, two) =
        (Engagement::of(&app, &owner, "ada@example.com").await, Engagement::of(&app, &owner, "bo@example.com").await);
    let (_, first) = one.invite(&app, &owner, json!({})).await;
    let (_, second) = two.invite(&app, &owner, json!({})).await;
    let browser = opened(&app, &first).await;
    browser.get(&two.portal()).await.problem(401, "link_required");
    browser.get(&second).await.assert_status(303);
    browser.get(&one.portal()).await.assert_status(200);
    browser.get(&two.portal()).await.assert_status(200);
}

#[tokio::test]
async fn unsafe_requests_carry_the_token_of_the_visit() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    let engagement = Engagement::of(&app, &owner, "ada@example.com").await;
    let (_, path) = engagement.invite(&app, &owner, json!({})).await;
    let browser = opened(&app, &path).await;
    let visit = format!("{}/visit", engagement.portal());
    browser.delete(&visit).await.problem(403, "csrf_failed");
    let csrf = browser.get(&visit).await.expect(200)["csrfToken"].as_str().unwrap().to_owned();
    let foreign = browser.http.delete(browser.url(&visit)).header("x-csrf-token", &csrf);
    let foreign = foreign.header("origin", "https://evil.example");
    browser.send(foreign).await.problem(403, "csrf_failed");

    // somebody who is logged in as well acts with the link where they say so, and with the account elsewhere
    let login = json!({ "email": "nina@example.com", "password": PASSWORD });
    let session = browser.post("/api/sessions", &login).await.expect(201);
    let of_session = session["csrfToken"].as_str().unwrap();
    let with = |method: Method, path: &str, token: &str| {
        browser.send(
            browser
                .http
                .request(method, browser.url(path))
                .header("x-csrf-token", token)
                .json(&json!({ "name": "Bo" })),
        )
    };
    with(Method::POST, "/api/clients", &csrf).await.problem(401, "not_signed_in");
    with(Method::POST, "/api/clients", of_session).await.assert_status(201);
    with(Method::DELETE, &visit, of_session).await.problem(403, "forbidden");
    with(Method::DELETE, &visit, &csrf).await.assert_status(204);
    app.browser().get(&engagement.portal()).await.problem(401, "link_required");
    // the link itself stays good
    opened(&app, &path).await;
}

#[tokio::test]
async fn whoever_is_put_away_is_out() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    let engagement = Engagement::of(&app, &owner, "ada@example.com").await;
    let (_, path) = engagement.invite(&app, &owner, json!({})).await;
    let browser = opened(&app, &path).await;
    sqlx::query("update contacts set archived_at = app_now() where id = $1")
        .bind(engagement.contact_id)
        .execute(&mut app.sql().await)
        .await
        .unwrap();
    browser.get(&engagement.portal()).await.problem(401, "link_required");
    app.browser().get(&path).await.assert_status(404);
    app.browser().post("/api/portal/link-requests", &json!({ "email": "ada@example.com" })).await.assert_status(202);
    assert_eq!(app.run_pending().await, 0);
    mailed(&app, "ada@example.com", 1).await;
}
