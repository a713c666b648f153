//! A project as it goes on, heard over one stream and several, from one web process and two.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use support::{Browser, Redis, TestApp};
use tokio::time::timeout;

use crate::{
    messages::{Room, Side, said, uploaded, write},
    portal::decide::Reader,
    portal_links::opened,
};

/// One open stream.
struct Listening {
    response: reqwest::Response,
    read: String,
}

/// One event of it.
#[derive(Debug)]
struct Told {
    name: String,
    id: Option<i64>,
    data: Value,
}

impl Listening {
    async fn open(browser: &Browser, path: &str, after: Option<i64>) -> Self {
        let request = browser.request(Method::GET, path);
        let request = after.into_iter().fold(request, |request, id| request.header("last-event-id", id));
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["x-accel-buffering"], "no");
        assert!(response.headers().get("content-encoding").is_none());
        Self { response, read: String::new() }
    }

    /// The next event; `None` when the stream ends.
    async fn next(&mut self) -> Option<Told> {
        loop {
            if let Some((event, rest)) = self.read.split_once("\n\n") {
                let event = event.to_owned();
                self.read = rest.to_owned();
                let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
                if let (Some(name), Some(data)) = (field("event: "), field("data: ")) {
                    let id = field("id: ").map(|id| id.parse().unwrap());
                    return Some(Told { name, id, data: serde_json::from_str(&data).unwrap() });
                }
                assert!(event.starts_with(':'), "{event}");
                continue;
            }
            let chunk = self.response.chunk().await.ok()??;
            self.read.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The next event of that name.
    async fn named(&mut self, name: &str) -> Told {
        let found = async {
            loop {
                let told = self.next().await.expect("the stream goes on");
                if told.name == name {
                    return told;
                }
            }
        };
        timeout(Duration::from_secs(8), found).await.expect("an event comes")
    }

    /// The numbers of the next events.
    async fn numbers(&mut self, count: usize) -> Vec<i64> {
        let mut numbers = Vec::new();
        while numbers.len() < count {
            let told = self.named("event").await;
            assert_eq!(told.id, told.data["number"].as_i64());
            numbers.extend(told.id);
        }
        numbers
    }

    async fn ends(&mut self) {
        let ended = async { while self.next().await.is_some() {} };
        timeout(Duration::from_secs(12), ended).await.expect("the stream ends");
    }
}

impl Room {
    async fn nina_listens(&self, after: Option<i64>) -> Listening {
        Listening::open(&self.nina, &self.at("live"), after).await
    }

    fn portal_live(&self) -> String {
        format!("{}/live", self.engagement.portal())
    }

    async fn ada_listens(&self, after: Option<i64>) -> Listening {
        Listening::open(&self.ada.browser, &self.portal_live(), after).await
    }
}

#[tokio::test]
async fn each_event_comes_once_and_in_order_over_two_processes_and_reconnects() {
    let app = TestApp::start().await;
    let room = Room::of(&app).await;
    let beside = app.beside().await;
    let (nina_there, at) = (room.nina.at(&beside.base_url), room.at("messages"));
    let mut ada = room.ada_listens(None).await;
    let begin = ada.named("begin").await;
    assert_eq!((begin.id, &begin.data), (Some(0), &json!({ "number": 0 })));

    // Nina's line breaks after every third event, and she comes back to whichever process answers
    let listening = async {
        let (mut heard, mut turn) = (Vec::new(), 0);
        while heard.len() < 30 {
            let browser = if turn % 2 == 0 { &nina_there } else { &room.nina };
            let mut stream = Listening::open(browser, &room.at("live"), Some(heard.last().copied().unwrap_or(0))).await;
            heard.extend(stream.numbers(3).await);
            turn += 1;
        }
        heard
    };
    let talking = async {
        for turn in 0..15 {
            room.ada_says("From here").await;
            let browser = if turn % 2 == 0 { &nina_there } else { &room.nina };
            browser.post(&at, &said("From there, or here")).await.assert_status(201);
        }
    };
    let (heard, ()) = tokio::join!(listening, talking);
    assert_eq!(heard, (1..=30).collect::<Vec<_>>());
    assert_eq!(ada.numbers(30).await, (1..=30).collect::<Vec<_>>());

    let mut back = Listening::open(&nina_there, &room.at("live?after=28"), None).await;
    assert_eq!(back.numbers(2).await, [29, 30]);
    let first = room.nina_listens(Some(29)).await.named("event").await.data;
    assert_eq!(
        (&first["kind"], &first["actor"], &first["subject"]),
        (&json!("message_posted"), &json!("producer"), &json!("message"))
    );
}

#[tokio::test]
async fn a_client_hears_what_both_sides_see() {
    let app = TestApp::start().await;
    let room = Room::of(&app).await;
    let (hidden, _) = uploaded(&app, room.project, Side::Producer, false).await;
    let comments = room.at(&format!("files/{hidden}/versions/1/comments"));
    let (mut nina, mut ada) = (room.nina_listens(None).await, room.ada_listens(None).await);
    room.nina_says("One").await;
    room.nina.post(&comments, &said("Between us")).await.assert_status(201);
    room.nina_says("Three").await;
    assert_eq!(nina.numbers(3).await, [1, 2, 3]);
    assert_eq!(ada.numbers(2).await, [1, 3]);
    assert_eq!(room.ada_listens(Some(1)).await.numbers(1).await, [3]);
}

#[tokio::test]
async fn who_was_away_too_long_or_names_what_never_was_begins_anew() {
    let app = TestApp::start().await;
    let room = Room::of(&app).await;
    room.nina_says("One").await;
    let reset = room.nina_listens(Some(2)).await.named("reset").await;
    assert_eq!((reset.id, &reset.data), (Some(1), &json!({ "number": 1 })));
    write(&app, "update projects set last_event = 2002").await;
    room.ada_listens(Some(1)).await.named("reset").await;
    let mut kept = room.ada_listens(Some(2)).await;
    room.nina_says("Two").await;
    assert_eq!(kept.numbers(1).await, [2003]);
    room.nina.get(&room.at("live?after=x")).await.problem(400, "invalid_query");
}

#[tokio::test]
async fn who_has_read_is_told_when_it_changes() {
    let app = TestApp::start().await;
    let room = Room::of(&app).await;
    room.nina_says("One").await;
    let mut nina = room.nina_listens(None).await;
    assert_eq!(nina.named("reads").await.data, json!({ "reads": [] }));
    let read = room.ada.send(Method::PUT, "messages/read", json!({ "number": 1 })).await;
    read.assert_status(204);
    let told = nina.named("reads").await;
    assert_eq!(told.id, None, "a whole state has no number");
    assert_eq!(told.data["reads"], room.nina_reads("").await["reads"]);
    assert_eq!(told.data["reads"][0]["number"], 1);
}

#[tokio::test]
async fn without_redis_it_comes_a_little_later() {
    let mut redis = Redis::start().await;
    let app = TestApp::start_with(json!({ "redis": { "url": redis.url() } })).await;
    let room = Room::of(&app).await;
    let mut ada = room.ada_listens(None).await;
    ada.named("reads").await;
    redis.stop();
    room.nina_says("Still there?").await;
    assert_eq!(ada.numbers(1).await, [1]);
}

#[tokio::test]
async fn whoever_may_no_longer_hear_it_hears_nothing_more() {
    let app = TestApp::start().await;
    let room = Room::of(&app).await;
    let bo = app.member(&room.nina, "Bo", "member").await;
    let mut removed = Listening::open(&bo, &room.at("live"), None).await;
    // a member who looks at what the client sees
    let mut preview = Listening::open(&bo, &room.portal_live(), None).await;
    let mut revoked = room.ada_listens(None).await;
    let mut left = room.nina_listens(None).await;
    for stream in [&mut removed, &mut preview, &mut revoked, &mut left] {
        stream.named("reads").await;
    }
    let user = bo.user_id().await;
    room.nina.delete(&format!("/api/members/{user}")).await.assert_status(204);
    let links = room.nina.get(&room.engagement.links()).await.expect(200);
    let link = format!("{}/{}", room.engagement.links(), links["links"][0]["id"].as_str().unwrap());
    room.nina.post(&format!("{link}/revoke"), &json!({})).await.assert_status(200);
    room.nina.delete("/api/session").await.assert_status(204);
    for stream in [&mut removed, &mut preview, &mut revoked, &mut left] {
        stream.ends().await;
    }
}

#[tokio::test]
async fn a_stream_ends_with_the_visit_the_access_and_the_process() {
    let app = TestApp::start().await;
    let room = Room::of(&app).await;
    let other = Room::with(&app, room.nina.clone(), "bo@example.com").await;
    let (mut ada, mut bo) = (room.ada_listens(None).await, other.ada_listens(None).await);
    for stream in [&mut ada, &mut bo] {
        stream.named("reads").await;
    }
    room.ada.send(Method::DELETE, "visit", json!({})).await.assert_status(204);
    sqlx::query("update contacts set access = 'view' where id = $1")
        .bind(other.engagement.contact_id)
        .execute(&mut app.sql().await)
        .await
        .unwrap();
    ada.ends().await;
    bo.ends().await;
    let mut again = other.ada_listens(None).await;
    again.named("reads").await;
    app.stop().await;
    again.ends().await;
}

#[tokio::test]
async fn a_client_has_as_many_streams_as_anybody() {
    let app = TestApp::start_with(json!({ "http": { "streams_per_user": 2 } })).await;
    let room = Room::of(&app).await;
    let link = crate::portal_links::mailed(&app, "ada@example.com", 1).await;
    let elsewhere =
        Reader { browser: opened(&app, &link).await, portal: room.engagement.portal(), csrf: String::new() };
    let first = room.ada_listens(None).await;
    let _second = Listening::open(&elsewhere.browser, &room.portal_live(), None).await;
    room.ada.get("live").await.problem(429, "too_many_streams");
    drop(first);
    support::wait_for("the place is free again", async || {
        let request = elsewhere.browser.request(Method::GET, &room.portal_live());
        request.send().await.unwrap().status() == 200
    })
    .await;
}
