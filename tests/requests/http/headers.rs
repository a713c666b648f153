use support::TestApp;

#[tokio::test]
async fn every_answer_is_guarded() {
    let app = TestApp::start().await;
    for path in [
        "/",
        "/clients",
        "/assets/app-1234.js",
        "/assets/missing.js",
        "/api/session",
        "/api/nope",
        "/_health",
        "/_ready",
        "/api/docs",
    ] {
        let answer = app.browser().get(path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
        assert_eq!(answer.header("server"), "", "{path}");
    }
}

#[tokio::test]
async fn answers_are_compressed_unless_they_hold_a_secret() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let encoding = |path: &'static str| {
        let request = browser.http.get(browser.url(path)).header("accept-encoding", "gzip");
        async move { request.send().await.unwrap().headers().get("content-encoding").cloned() }
    };
    assert_eq!(encoding("/api/openapi.json").await.unwrap(), "gzip");
    assert_eq!(encoding("/api/session").await, None);
}

#[tokio::test]
async fn request_ids_of_strangers_are_not_believed() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let request = browser.http.get(browser.url("/_health")).header("x-request-id", "chosen-by-a-stranger");
    assert_ne!(browser.send(request).await.header("x-request-id"), "chosen-by-a-stranger");
}
