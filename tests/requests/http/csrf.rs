use reqwest::Method;
use serde_json::json;
use support::{PASSWORD, TestApp};

#[tokio::test]
async fn unsafe_requests_of_a_session_carry_its_token() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let other = app.owner("Otto").await;
    let body = json!({ "name": "Bo" });
    let with = |token: Option<String>| {
        let request = browser.http.post(browser.url("/api/clients")).json(&body);
        match token {
            Some(token) => request.header("x-csrf-token", token),
            None => request,
        }
    };
    browser.send(with(None)).await.problem(403, "csrf_failed");
    browser.send(with(Some(String::new()))).await.problem(403, "csrf_failed");
    browser.send(with(other.csrf())).await.problem(403, "csrf_failed");
    browser.send(with(browser.csrf())).await.assert_status(201);
    for (method, path) in
        [(Method::DELETE, "/api/session"), (Method::PATCH, "/api/workspace"), (Method::PUT, "/api/session/workspace")]
    {
        let request = browser.http.request(method, browser.url(path)).json(&body);
        browser.send(request).await.problem(403, "csrf_failed");
    }
    browser.get("/api/session").await.assert_status(200);
}

#[tokio::test]
async fn a_foreign_page_cannot_send_anything() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let token = browser.csrf().unwrap();
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let request = browser.http.post(browser.url("/api/clients")).json(&json!({ "name": "Bo" }));
        let answer = browser.send(request.header("x-csrf-token", &token).header(name, value)).await;
        answer.problem(403, "csrf_failed");
        // logging a browser in as someone else is an attack, too
        let stranger = app.browser();
        let login = stranger
            .http
            .post(stranger.url("/api/sessions"))
            .json(&json!({ "email": "nina@example.com", "password": PASSWORD }));
        stranger.send(login.header(name, value)).await.problem(403, "csrf_failed");
    }
}

#[tokio::test]
async fn a_form_of_a_foreign_page_is_not_json() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let form = browser.http.post(browser.url("/api/sessions")).header("content-type", "text/plain").body("{}");
    browser.send(form).await.problem(415, "unsupported_media_type");
}
