use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use chrono::{DateTime, Utc};
use ledgerline_jobs::{Options, imports::PlanImport};
use reqwest::Method;
use serde_json::{Value, json};
use support::{Browser, Redis, TestApp, free_port, wait_for};
use tokio::time::timeout;
use uuid::Uuid;

use super::Stage;

/// One open stream.
struct Listening {
    response: reqwest::Response,
    read: String,
}

/// One event.
struct Told {
    name: String,
    id: Option<String>,
    data: Value,
}

impl Listening {
    async fn open(browser: &Browser) -> Self {
        Self::open_after(browser, None).await
    }

    /// Comes back after the event of that id.
    async fn open_after(browser: &Browser, after: Option<&str>) -> Self {
        let request = browser.request(Method::GET, "/api/console/events");
        let request = after.into_iter().fold(request, |request, id| request.header("last-event-id", id));
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert!(response.headers().get("content-encoding").is_none());
        Self { response, read: String::new() }
    }

    /// The next event; `None` when the stream ends.
    async fn event(&mut self) -> Option<Told> {
        loop {
            if let Some((event, rest)) = self.read.split_once("\n\n") {
                let event = event.to_owned();
                self.read = rest.to_owned();
                let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
                if let (Some(name), Some(data)) = (field("event: "), field("data: ")) {
                    return Some(Told { name, id: field("id: "), data: serde_json::from_str(&data).unwrap() });
                }
                assert!(event.starts_with(':'), "{event}");
                continue;
            }
            let chunk = self.response.chunk().await.ok()??;
            self.read.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The next overview; `None` when the stream ends.
    async fn next(&mut self) -> Option<Value> {
        loop {
            let told = self.event().await?;
            if told.name == "overview" {
                assert_eq!(told.id, None, "a whole state has no number");
                return Some(told.data);
            }
        }
    }

    /// The next event of that name, with its id.
    async fn named(&mut self, name: &str) -> (String, Value) {
        let found = async {
            loop {
                let told = self.event().await.expect("the stream goes on");
                if told.name == name {
                    return (told.id.expect("a number"), told.data);
                }
            }
        };
        timeout(Duration::from_secs(5), found).await.expect("an event comes")
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
    let mut overview = stage.get("overview").await;
    let mut begun = start.clone();
    for (told, asked) in
        begun["queues"].as_array_mut().unwrap().iter_mut().zip(overview["queues"].as_array_mut().unwrap())
    {
        let [told, asked]: [DateTime<Utc>; 2] =
            [told, asked].map(|queue| serde_json::from_value(queue["readAt"].take()).unwrap());
        assert!(told < asked, "what the stream begins with was read before what was asked after it");
    }
    for part in ["alarms", "counts", "queues", "nodes", "redis"] {
        assert_eq!(begun[part], overview[part], "{part}");
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

/// Pauses and resumes a queue: two entries.
async fn two_deeds(stage: &Stage) {
    stage.act("queues/mail/pause").await.assert_status(200);
    stage.act("queues/mail/resume").await.assert_status(200);
}

#[tokio::test]
async fn whoever_comes_back_to_another_process_hears_each_entry_once_and_in_order() {
    let stage = Stage::new().await;
    let other = stage.app.beside().await;
    let elsewhere = stage.operator.at(&other.base_url);
    two_deeds(&stage).await;

    let mut listening = Listening::open(&stage.operator).await;
    let (start, greeting) = listening.named("begin").await;
    assert_eq!((start.as_str(), &greeting["number"]), ("2", &json!(2)), "what was before is not told again");
    let mut heard = Vec::new();
    let mut last = start;
    for turn in 0..4 {
        two_deeds(&stage).await;
        // the connection breaks after one of the two; the next is made to the other process
        let (id, entry) = listening.named("activity").await;
        heard.push(entry["number"].as_i64().unwrap());
        last = id;
        drop(listening);
        two_deeds(&stage).await;
        let there = if turn % 2 == 0 { &elsewhere } else { &stage.operator };
        listening = Listening::open_after(there, Some(&last)).await;
        for _ in 0..3 {
            let (id, entry) = listening.named("activity").await;
            assert_eq!(id, entry["number"].to_string());
            heard.push(entry["number"].as_i64().unwrap());
            last = id;
        }
    }
    assert_eq!(heard, (3..=18).collect::<Vec<i64>>());
    assert_eq!(last, "18");
}

#[tokio::test]
async fn entries_of_writers_at_the_same_moment_come_without_a_hole() {
    let stage = Stage::new().await;
    let other = stage.app.beside().await;
    let mut listening = Listening::open(&stage.operator).await;
    listening.named("begin").await;
    let mut elsewhere = Listening::open(&stage.operator.at(&other.base_url)).await;
    elsewhere.named("begin").await;
    let deeds = ["critical", "default", "mail", "imports", "media", "maintenance"].map(|queue| {
        let operator = &stage.operator;
        async move {
            for verb in ["pause", "resume", "pause", "resume"] {
                operator.post(&format!("/api/console/queues/{queue}/{verb}"), &json!({})).await.assert_status(200);
            }
        }
    });
    futures::future::join_all(deeds).await;
    for listening in [&mut listening, &mut elsewhere] {
        for number in 1..=24 {
            assert_eq!(listening.named("activity").await.0, number.to_string());
        }
    }
}

#[tokio::test]
async fn whoever_was_away_too_long_or_names_what_never_was_is_told_to_begin_anew() {
    let mut stage = Stage::new().await;
    two_deeds(&stage).await;
    sqlx::query("delete from console_activity where number = 1").execute(&mut stage.sql).await.unwrap();
    for unknown in ["0", "7"] {
        let mut listening = Listening::open_after(&stage.operator, Some(unknown)).await;
        assert_eq!(listening.named("reset").await.0, "2", "after {unknown}");
    }
    let mut listening = Listening::open_after(&stage.operator, Some("1")).await;
    assert_eq!(listening.named("activity").await.0, "2");
    let response = stage.operator.get("/api/console/events?after=soon").await;
    response.problem(400, "invalid_query");
}

/// A web process of the real program, on the database and the Redis of a test.
struct Doomed {
    child: Child,
    base_url: String,
}

impl Doomed {
    async fn start(app: &TestApp, redis: &Redis) -> Self {
        let program = Path::new(env!("CARGO_BIN_EXE_test_node")).with_file_name("ledgerline");
        assert!(program.exists(), "build it first: cargo build --bin ledgerline");
        let port = free_port();
        let base_url = format!("http://127.0.0.1:{port}");
        let child = Command::new(program)
            .arg("start")
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
            .env("LOCO_ENV", "test")
            .env("LOCO_CONFIG_FOLDER", "config")
            .env("DATABASE_URL", &app.database.url)
            .env("REDIS_URL", redis.url())
            .env("PORT", port.to_string())
            .env("BASE_URL", &base_url)
            .env("FRONTEND_DIR", app.folder().join("frontend"))
            .env("STORAGE_DIR", app.folder().join("storage"))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let doomed = Self { child, base_url };
        wait_for("the process answers", || async {
            reqwest::get(format!("{}/_health", doomed.base_url)).await.is_ok_and(|answer| answer.status().is_success())
        })
        .await;
        doomed
    }

    /// Without a warning.
    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Doomed {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One process is killed while entries come, and Redis is away from then on.
#[tokio::test]
async fn a_killed_process_and_a_redis_that_is_away_leave_no_hole_and_double_nothing() {
    let mut redis = Redis::start().await;
    let stage = Stage::on(TestApp::start_with(json!({ "redis": { "url": redis.url() } })).await).await;
    let mut doomed = Doomed::start(&stage.app, &redis).await;
    let mut listening = Listening::open(&stage.operator.at(&doomed.base_url)).await;
    let (mut last, _) = listening.named("begin").await;
    let mut heard = Vec::new();

    let deeds = async {
        for _ in 0..10 {
            two_deeds(&stage).await;
        }
    };
    let dying = async {
        for _ in 0..3 {
            let (id, entry) = listening.named("activity").await;
            heard.push(entry["number"].as_i64().unwrap());
            last = id;
        }
        doomed.kill();
        // what it had sent is still on the line
        while let Some(told) = listening.event().await {
            if told.name == "activity" {
                heard.push(told.data["number"].as_i64().unwrap());
                last = told.id.unwrap();
            }
        }
    };
    tokio::join!(deeds, dying);
    redis.stop();
    two_deeds(&stage).await;

    let mut listening = Listening::open_after(&stage.operator, Some(&last)).await;
    while heard.last() != Some(&22) {
        let (_, entry) = listening.named("activity").await;
        heard.push(entry["number"].as_i64().unwrap());
    }
    assert_eq!(heard, (1..=22).collect::<Vec<i64>>());
    assert_eq!(listening.soon().await["redis"], "down", "and the state of things is told, too");
}
