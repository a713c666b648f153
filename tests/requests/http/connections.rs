//! Callers who are slow, or send more than is read, over sockets of their own.

use std::time::Duration;

use serde_json::json;
use support::TestApp;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

/// Sends this much of a request and nothing more; gives what comes back until the server closes the connection.
async fn send(app: &TestApp, part: &str) -> String {
    let mut stream = TcpStream::connect(app.base_url.trim_start_matches("http://")).await.unwrap();
    stream.write_all(part.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let closed = timeout(Duration::from_secs(15), stream.read_to_string(&mut answer)).await;
    closed.expect("the server closes the connection").unwrap();
    answer
}

fn head(answer: &str) -> String {
    answer.split("\r\n\r\n").next().unwrap_or_default().to_lowercase()
}

#[tokio::test]
async fn a_head_that_never_ends_does_not_hold_a_connection() {
    let app = TestApp::start_with(json!({ "http": { "header_timeout_seconds": 1 } })).await;
    assert!(!send(&app, "GET /_health HTTP/1.1\r\nHost: x\r\nX-Slow: ").await.starts_with("HTTP/1.1 200"));
    assert_eq!(send(&app, "").await, "", "nor does a connection over which nothing comes");
}

#[tokio::test]
async fn a_body_that_never_comes_is_the_callers_delay() {
    let slow = json!({ "http": { "body_timeout_seconds": 1, "request_timeout_seconds": 3 } });
    let app = TestApp::start_with(slow).await;
    let part =
        "POST /api/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    let answer = send(&app, part).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(head(&answer).contains("connection: close"), "{answer}");
    assert!(answer.contains(r#""code":"slow_body""#), "{answer}");
}

#[tokio::test]
async fn a_body_that_is_announced_as_too_large_is_not_waited_for() {
    let app = TestApp::start().await;
    let part =
        "POST /api/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 300000\r\n\r\n";
    let answer = send(&app, part).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(head(&answer).contains("connection: close"), "{answer}");
    assert!(answer.contains(r#""code":"body_too_large""#), "{answer}");
}
