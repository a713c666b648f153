use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use support::TestApp;
use uuid::Uuid;

use super::{Room, bodies, refused_while, said};
use crate::{
    portal::decide::Reader,
    portal_links::{Engagement, mailed},
};

#[tokio::test]
async fn both_sides_write_and_read_the_newest_first() {
    let app = TestApp::start().await;
    let room = Room::of(&app).await;
    room.nina_says(" The first mix is there.\nHave a listen ").await;
    room.ada_says("Lovely").await;
    let list = room.nina_reads("").await;
    assert_eq!(bodies(&list), ["Lovely", "The first mix is there.\nHave a listen"]);
    let (second, first) = (&list["messages"][0], &list["messages"][1]);
    assert_eq!((&second["number"], &second["side"], &second["isMine"]), (&json!(2), &json!("client"), &json!(false)));
    assert_eq!((&first["side"], &first["by"], &first["isMine"]), (&json!("producer"), &json!("Nina"), &json!(true)));
    assert_eq!((&second["by"], &second["authorId"]), (&json!("Ada <i>Kite</i>"), &json!(room.engagement.contact_id)));
    assert_eq!((&first["parent"], &first["answers"], &first["attachments"]), (&json!(null), &json!(0), &json!([])));
    assert_eq!((&list["unread"], &list["nextCursor"]), (&json!(1), &json!(null)));
    assert_eq!(room.ada_reads("").await["messages"][0]["isMine"], true);

    // it is told live and noted in the audit log, without its words; what happened is not buried by it
    let told: Vec<(i64, String, String, Value)> =
        sqlx::query_as("select number, kind, audience, data from events where project_id = $1 order by number")
            .bind(room.project)
            .fetch_all(&mut app.sql().await)
            .await
            .unwrap();
    assert_eq!(
        told.iter().map(|row| (row.0, row.1.as_str(), row.2.as_str())).collect::<Vec<_>>(),
        [(1, "message_posted", "both"), (2, "message_posted", "both")]
    );
    let noted: Vec<(String, Value)> =
        sqlx::query_as("select actor_kind, data from audit_log where action = 'messages.post' order by at, id")
            .fetch_all(&mut app.sql().await)
            .await
            .unwrap();
    assert_eq!(noted.iter().map(|row| row.0.as_str()).collect::<Vec<_>>(), ["user", "client"]);
    assert!(told.iter().map(|row| &row.3).chain(noted.iter().map(|row| &row.1)).all(|data| {
        let text = data.to_string();
        !text.contains("Lovely") && !text.contains("listen")
    }));
    assert_eq!(room.nina.get(&room.at("timeline")).await.expect(200)["events"], json!([]));
    let page = room.ada.page().await;
    assert_eq!((&page["more"]["events"], &page["more"]["unreadMessages"]), (&json!([]), &json!(1)));
}

#[tokio::test]
async fn the_same_id_is_the_same_message_however_often_it_is_sent() {
    let app = TestApp::start().await;
    let room = Room::of(&app).await;
    let message = said("Once");
    let made = room.ada.act("messages", message.clone()).await.expect(201);
    let mut again = message.clone();
    again["body"] = json!("Once, but changed meanwhile");
    assert_eq!(room.ada.act("messages", again.clone()).await.expect(200), made, "what was said stays said");
    room.nina.post(&room.at("messages"), &again).await.problem(409, "id_taken");

    let (at, twice) = (room.at("messages"), said("Twice at the same time"));
    let answers = futures::future::join_all((0..8).map(|_| room.nina.post(&at, &twice))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 200, 201]);
    assert_eq!(bodies(&room.nina_reads("").await), ["Twice at the same time", "Once"]);
    // the id of a message elsewhere is just an id
    let other = Room::with(&app, room.nina.clone(), "bo@example.com").await;
    other.nina.post(&other.at("messages"), &twice).await.assert_status(201);
}

#[tokio::test]
async fn numbers_have_no_hole_while_all_write_at_once() {
    let app = TestApp::start().await;
    let room = Room::of(&app).await;
    let nina = futures::future::join_all((0..10).map(|_| room.nina_says("From Nina")));
    let ada = futures::future::join_all((0..10).map(|_| room.ada_says("From Ada")));
    let (nina, ada) = tokio::join!(nina, ada);
    let numbers: BTreeSet<i64> = nina.iter().chain(&ada).map(|message| message["number"].as_i64().unwrap()).collect();
    assert_eq!(numbers, (1..=20).collect());
    let page = room.nina_reads("?limit=7").await;
    let mut found: Vec<Value> = page["messages"].as_array().unwrap().clone();
    let mut cursor = page["nextCursor"].clone();
    while let Some(next) = cursor.as_str() {
        room.ada_says("Later").await;
        let page = room.nina_reads(&format!("?limit=7&cursor={next}")).await;
        found.extend(page["messages"].as_array().unwrap().clone());
        cursor = page["nextCursor"].clone();
    }
    let found: Vec<i64> = found.iter().map(|message| message["number"].as_i64().unwrap()).collect();
    assert_eq!(found, (1..=20).rev().collect::<Vec<_>>());
    room.nina.get(&room.at("messages?limit=0")).await.problem(400, "invalid_limit");
    room.nina.get(&room.at("messages?cursor=x")).await.problem(400, "invalid_cursor");
}

#[tokio::test]
async fn an_answer_belongs_to_its_thread() {
    let app = TestApp::start().await;
    let room = Room::of(&app).await;
    let question = room.nina_says("Louder or softer?").await;
    room.nina_says("And by when?").await;
    let mut answer = said("Louder");
    answer["parentId"] = question["id"].clone();
    let made = room.ada.act("messages", answer.clone()).await.expect(201);
    assert_eq!(made["parent"], json!({ "id": question["id"], "excerpt": "Louder or softer?", "by": "Nina" }));

    let mut deeper = said("Really?");
    deeper["parentId"] = made["id"].clone();
    room.nina.post(&room.at("messages"), &deeper).await.wrong_fields(&[("parentId", "an_answer")]);
    deeper["parentId"] = question["id"].clone();
    room.nina.post(&room.at("messages"), &deeper).await.assert_status(201);
    let other = Room::with(&app, room.nina.clone(), "bo@example.com").await;
    let elsewhere = other.nina_says("Elsewhere").await;
    deeper = said("Across");
    deeper["parentId"] = elsewhere["id"].clone();
    room.nina.post(&room.at("messages"), &deeper).await.wrong_fields(&[("parentId", "unknown")]);

    let thread = room.ada_reads(&format!("?thread={}", question["id"].as_str().unwrap())).await;
    assert_eq!(bodies(&thread), ["Really?", "Louder", "Louder or softer?"]);
    assert_eq!(thread["messages"][2]["answers"], 2);
    assert_eq!(bodies(&room.ada_reads("").await), ["Really?", "Louder", "And by when?", "Louder or softer?"]);
    let none = room.ada_reads(&format!("?thread={}", elsewhere["id"].as_str().unwrap())).await;
    assert_eq!(none["messages"], json!([]));
}

#[tokio::test]
async fn every_access_talks_and_members_only_look_in_the_portal() {
    let app = TestApp::start().await;
    let room = Room::of(&app).await;
    for access in ["full", "review", "billing", "view"] {
        sqlx::query("update contacts set access = $1").bind(access).execute(&mut app.sql().await).await.unwrap();
        room.ada_says(access).await;
        room.ada.send(Method::PUT, "messages/read", json!({ "number": 1 })).await.assert_status(204);
    }
    let portal = format!("{}/messages", room.engagement.portal());
    assert_eq!(room.nina.get(&portal).await.expect(200)["messages"].as_array().unwrap().len(), 4);
    room.nina.post(&portal, &said("As the client")).await.problem(403, "forbidden");
    room.nina.put(&format!("{portal}/read"), &json!({ "number": 1 })).await.problem(403, "forbidden");
    // nor does a client come in by the studio's door
    room.ada.browser.get(&room.at("messages")).await.problem(401, "not_signed_in");
}

#[tokio::test]
async fn nobody_reads_or_writes_elsewhere() {
    let app = TestApp::start().await;
    let room = Room::of(&app).await;
    room.nina_says("For Ada").await;
    let other = Room::with(&app, room.nina.clone(), "bo@example.com").await;
    other.nina_says("For Bo").await;
    let strayed = Reader { portal: other.engagement.portal(), ..room.ada };
    strayed.get("messages").await.problem(401, "link_required");
    strayed.act("messages", said("Hello?")).await.problem(401, "link_required");
    assert_eq!(bodies(&other.ada_reads("").await), ["For Bo"]);
    let otto = app.owner("Otto").await;
    otto.get(&other.at("messages")).await.problem(404, "not_found");
    otto.post(&other.at("messages"), &said("Hello?")).await.problem(404, "not_found");
}

#[tokio::test]
async fn what_is_over_is_only_read() {
    let app = TestApp::start().await;
    let room = Room::of(&app).await;
    let message = said("Before the end");
    room.ada.act("messages", message.clone()).await.assert_status(201);
    for state in ["completed", "archived", "cancelled"] {
        sqlx::query("update projects set state = $1").bind(state).execute(&mut app.sql().await).await.unwrap();
        let (nina, ada) =
            (room.nina.post(&room.at("messages"), &said("Nina")).await, room.ada.act("messages", said("Ada")).await);
        if state == "completed" {
            nina.assert_status(201);
            ada.assert_status(201);
        } else {
            refused_while(&nina, state);
            refused_while(&ada, state);
        }
        // what came through before the line broke did come through
        room.ada.act("messages", message.clone()).await.assert_status(200);
        assert_eq!(bodies(&room.ada_reads("").await), ["Ada", "Nina", "Before the end"]);
    }
    room.nina.put(&room.at("messages/read"), &json!({ "number": 3 })).await.assert_status(204);
    assert_eq!(room.nina_reads("").await["unread"], 0);
}

#[tokio::test]
async fn a_proposal_that_nobody_has_approved_is_no_project_to_talk_about() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    let engagement = Engagement::of(&app, &nina, "ada@example.com").await;
    nina.post(&engagement.links(), &json!({})).await.assert_status(201);
    let ada = Reader::of(&app, &mailed(&app, "ada@example.com", 1).await, &engagement.portal()).await;
    for answer in [
        ada.get("messages").await,
        ada.act("messages", said("Hello")).await,
        ada.send(Method::PUT, "messages/read", json!({ "number": 1 })).await,
        ada.get("live").await,
        nina.get(&format!("{}/messages", engagement.portal())).await,
    ] {
        answer.problem(409, "no_project");
    }
    assert_eq!(ada.page().await["more"]["unreadMessages"], 0);
}

#[tokio::test]
async fn what_cannot_be_said_is_named() {
    let app = TestApp::start().await;
    let room = Room::of(&app).await;
    let says = async |body: Value| room.ada.act("messages", body).await;
    says(said(" \n ")).await.wrong_fields(&[("body", "required")]);
    says(said(&"x".repeat(10_001))).await.wrong_fields(&[("body", "too_long")]);
    says(said(&"ö".repeat(10_000))).await.assert_status(201);
    says(said("a\u{0}b")).await.wrong_fields(&[("body", "bad_characters")]);
    says(json!({ "id": "no id", "body": "x" })).await.problem(422, "invalid_body");
    says(json!({ "id": Uuid::now_v7(), "body": "x", "side": "producer" })).await.problem(422, "invalid_body");
    let many: Vec<Uuid> = (0..21).map(|_| Uuid::now_v7()).collect();
    says(json!({ "id": Uuid::now_v7(), "attachments": many })).await.wrong_fields(&[("attachments", "too_many")]);
}

#[tokio::test]
async fn nobody_floods_the_other_side() {
    let limit = json!({ "limits": { "talk_per_person": { "burst": 2, "every_seconds": 60 } } });
    let app = TestApp::start_with(limit).await;
    let room = Room::of(&app).await;
    for _ in 0..2 {
        room.ada_says("Hello").await;
    }
    room.ada.act("messages", said("Hello")).await.problem(429, "too_many_attempts");
    room.nina_says("Slowly, please").await;
}
