use serde_json::json;
use support::TestApp;

#[tokio::test]
async fn whatever_is_wrong_is_said_as_a_problem() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    browser.get("/api/nope").await.problem(404, "not_found");
    browser.get("/api").await.problem(404, "not_found");
    browser.delete("/api/clients").await.problem(405, "method_not_allowed");
    let post = |body: &str| {
        browser
            .request(reqwest::Method::POST, "/api/clients")
            .header("content-type", "application/json")
            .body(body.to_owned())
    };
    browser.send(post("{")).await.problem(400, "invalid_json");
    browser.send(post("")).await.problem(400, "invalid_json");
    browser.send(post(r#"{"name": 1}"#)).await.problem(422, "invalid_body");
    browser.send(post(r#"{"name": "Bo", "surprise": 1}"#)).await.problem(422, "invalid_body");
    for list in [r#"["Bo"]"#, " []", "[[]]"] {
        let answer = browser.send(post(list)).await;
        let detail = answer.problem(422, "invalid_body")["detail"].as_str().unwrap();
        assert!(detail.contains("object"), "{detail}");
    }
    let large = browser.send(post(&json!({ "name": "x".repeat(300_000) }).to_string())).await;
    large.problem(413, "body_too_large");
    assert_eq!(large.header("connection"), "close", "what is left of the body is not read");
    let deep = format!("{{\"name\": \"Bo\", \"notes\": {}", "[".repeat(100_000));
    browser.send(post(&deep)).await.problem(422, "invalid_body");
}

#[tokio::test]
async fn a_body_says_which_field_has_the_wrong_type() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let answer = browser.post("/api/clients", &json!({ "name": "Bo", "satisfaction": "high" })).await;
    let detail = answer.problem(422, "invalid_body")["detail"].as_str().unwrap();
    assert!(detail.starts_with("satisfaction: invalid type"), "{detail}");
}
