use std::time::Duration;

use ledgerline_jobs::{Options, imports::PlanImport};
use reqwest::Method;
use serde_json::{Value, json};
use support::{Browser, TestApp};
use tokio::time::timeout;
use uuid::Uuid;

use super::Stage;

/// One open stream.
struct Listening {
    response: reqwest::Response,
    read: String,
}

impl Listening {
    async fn open(browser: &Browser) -> Self {
        let response = browser.request(Method::GET, "/api/console/events").send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert!(response.headers().get("content-encoding").is_none());
        Self { response, read: String::new() }
    }

    /// The next event's data; `None` when the stream ends.
    async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some((event, rest)) = self.read.split_once("\n\n") {
                let event = event.to_owned();
                self.read = rest.to_owned();
                if let Some(data) = event.strip_prefix("event: overview\ndata: ") {
                    return Some(serde_json::from_str(data).unwrap());
                }
                assert!(event.starts_with(':'), "{event}");
                continue;
            }
            let chunk = self.response.chunk().await.ok()??;
            self.read.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    async fn soon(&mut self) -> Value {
        timeout(Duration::from_secs(5), self.next()).await.expect("an event comes").expect("the stream goes on")
    }

    /// Waits until the stream ends.
    async fn ends(&mut self) {
        let ended = async { while self.next().await.is_some() {} };
        timeout(Duration::from_secs(12), ended).await.expect("the stream ends");
    }
}

#[tokio::test]
async fn begins_with_the_state_of_things_and_tells_changes_to_all_who_listen() {
    let mut stage = Stage::new().await;
    let mut first = Listening::open(&stage.operator).await;
    let start = first.soon().await;
    let overview = stage.get("overview").await;
    for part in ["counts", "queues", "nodes", "redis"] {
        assert_eq!(start[part], overview[part], "{part}");
    }
    let mut second = Listening::open(&stage.operator).await;
    assert_eq!(second.soon().await, start, "who comes later hears the same at once");

    stage.ask(&PlanImport { import_id: Uuid::now_v7() }, None, &Options::default()).await;
    for listening in [&mut first, &mut second] {
        assert_eq!(listening.soon().await["counts"]["queued"], json!({ "count": 1, "capped": false }));
    }
}

#[tokio::test]
async fn is_silent_while_nothing_changes() {
    let stage = Stage::new().await;
    let mut listening = Listening::open(&stage.operator).await;
    listening.soon().await;
    let more = timeout(Duration::from_secs(3), listening.next()).await;
    assert!(more.is_err(), "{more:?}");
}

#[tokio::test]
async fn ends_when_the_session_ends() {
    let stage = Stage::new().await;
    let mut listening = Listening::open(&stage.operator).await;
    listening.soon().await;
    stage.operator.delete("/api/session").await.assert_status(204);
    listening.ends().await;
}

#[tokio::test]
async fn ends_when_the_listener_is_no_operator_any_more() {
    let mut stage = Stage::new().await;
    let mut listening = Listening::open(&stage.operator).await;
    listening.soon().await;
    sqlx::query("delete from operators").execute(&mut stage.sql).await.unwrap();
    listening.ends().await;
}

#[tokio::test]
async fn ends_when_the_process_stops() {
    let stage = Stage::new().await;
    let mut listening = Listening::open(&stage.operator).await;
    listening.soon().await;
    let (stopped, ()) = tokio::join!(timeout(Duration::from_secs(2), stage.app.stop()), listening.ends());
    stopped.expect("an open stream does not hold the stop up");
}

#[tokio::test]
async fn works_while_redis_is_away_and_starts_again_after_a_pause() {
    let app = TestApp::start_with(json!({ "redis": { "url": "redis://127.0.0.1:1" } })).await;
    let stage = Stage::on(app).await;
    for _ in 0..2 {
        let mut listening = Listening::open(&stage.operator).await;
        assert_eq!(listening.soon().await["redis"], "down");
        drop(listening);
        // long enough for the looking to end
        tokio::time::sleep(Duration::from_millis(1500)).await;
    }
}
