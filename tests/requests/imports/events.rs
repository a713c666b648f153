use std::time::Duration;

use futures::StreamExt as _;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use support::{Browser, TestApp};

use super::{path, started, upload};

/// An open stream of events.
struct Events {
    response: std::pin::Pin<Box<dyn futures::Stream<Item = reqwest::Result<Vec<u8>>>>>,
    text: String,
}

impl Events {
    async fn open(browser: &Browser, path: &str) -> Self {
        let response: Response = browser.request(Method::GET, &format!("{path}/events")).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let pieces = response.bytes_stream().map(|piece| piece.map(|piece| piece.to_vec()));
        Self { response: Box::pin(pieces), text: String::new() }
    }

    /// The next event: its number and its data. `None` when the stream has ended.
    async fn next(&mut self) -> Option<(u64, Value)> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name).map(str::trim));
                let event = field("event:").map(|kind| {
                    assert_eq!(kind, "import");
                    let number = field("id:").unwrap().parse().unwrap();
                    (number, serde_json::from_str(field("data:").unwrap()).unwrap())
                });
                self.text = rest.to_owned();
                if event.is_some() {
                    return event;
                }
                continue;
            }
            let piece = tokio::time::timeout(Duration::from_secs(12), self.response.next()).await.expect("an event");
            self.text.push_str(&String::from_utf8(piece?.unwrap()).unwrap());
        }
    }
}

#[tokio::test]
async fn numbers_come_as_they_change_until_the_end() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let path = started(&browser, "name\nAda\n,\n", json!({ "0": "name" })).await;
    let mut events = Events::open(&browser, &path).await;
    let (number, import) = events.next().await.unwrap();
    assert_eq!((number, &import["state"]), (1, &json!("planning")));
    assert_eq!(import["columns"][0]["name"], "name");
    app.run_pending().await;
    let mut last = (number, import);
    while let Some(event) = events.next().await {
        assert_eq!(event.0, last.0 + 1);
        assert_ne!(event.1, last.1, "only changes are told");
        last = event;
    }
    assert_eq!(last.1["state"], "completed");
    assert_eq!((&last.1["created"], &last.1["rejected"]), (&json!(1), &json!(1)));

    let mut late = Events::open(&browser, &path).await;
    assert_eq!(late.next().await.unwrap().1["state"], "completed");
    assert_eq!(late.next().await, None);
}

#[tokio::test]
async fn a_server_that_stops_ends_its_streams() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made = upload(&browser, "x.csv", "name\nAda\n").await.expect(201);
    let mut events = Events::open(&browser, &path(&made)).await;
    assert_eq!(events.next().await.unwrap().1["state"], "uploaded");
    app.stop().await;
    assert_eq!(events.next().await, None);
}

#[tokio::test]
async fn whoever_logs_out_or_is_removed_hears_nothing_more() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    let member = app.member(&owner, "Bo", "member").await;
    let path = path(&upload(&owner, "x.csv", "name\nAda\n").await.expect(201));
    let (mut left, mut removed) = (Events::open(&owner, &path).await, Events::open(&member, &path).await);
    for events in [&mut left, &mut removed] {
        assert_eq!(events.next().await.unwrap().1["state"], "uploaded");
    }
    let user = member.user_id().await;
    owner.send(owner.request(Method::DELETE, &format!("/api/members/{user}"))).await.assert_status(204);
    assert_eq!(removed.next().await, None, "a removed member's stream ends");
    owner.delete("/api/session").await.assert_status(204);
    assert_eq!(left.next().await, None, "a stream ends with its session");
}

#[tokio::test]
async fn a_session_that_enters_another_workspace_hears_nothing_more_of_the_first() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let path = path(&upload(&browser, "x.csv", "name\nAda\n").await.expect(201));
    let mut events = Events::open(&browser, &path).await;
    assert_eq!(events.next().await.unwrap().1["state"], "uploaded");
    browser.post("/api/workspaces", &json!({ "name": "Second" })).await.assert_status(201);
    assert_eq!(events.next().await, None);
}
