//! A panic of a handler, at the level of the layers: no route of the product is known to panic.

use axum::{Router, routing::get};
use ledgerline_app::http;
use serde_json::Value;
use support::TestApp;
use tokio::net::TcpListener;

async fn panicking() -> &'static str {
    panic!("Nina's secret")
}

#[tokio::test]
async fn is_a_500_that_names_its_request_and_no_cause() {
    let app = TestApp::start().await;
    let router = http::layers(Router::new().route("/api/panics", get(panicking)), &app.ctx);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/api/panics", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });

    for _ in 0..2 {
        let response = reqwest::get(&url).await.unwrap();
        assert_eq!(response.status(), 500);
        let headers = response.headers().clone();
        assert_eq!(headers["content-type"], "application/problem+json");
        assert_eq!(headers["x-content-type-options"], "nosniff", "the other layers stand");
        let text = response.text().await.unwrap();
        let problem: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(problem["code"], "internal");
        assert_eq!(problem["requestId"], headers["x-request-id"].to_str().unwrap());
        assert!(!text.contains("secret"), "{text}");
    }
    serving.abort();
}
