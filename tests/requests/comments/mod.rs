//! What producer and client say to a version of a file.

use reqwest::Method;
use serde_json::{Value, json};
use support::TestApp;
use uuid::Uuid;

use crate::messages::{Room, Side, refused_while, uploaded, write};

/// Comments on the first version of a file, after the address of the project or the portal.
fn on(file: Uuid) -> String {
    format!("files/{file}/versions/1/comments")
}

fn said(body: &str) -> Value {
    json!({ "id": Uuid::now_v7(), "body": body })
}

fn bodies(list: &Value) -> Vec<&str> {
    list["comments"].as_array().unwrap().iter().map(|comment| comment["body"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn both_sides_comment_at_a_time_and_answer() {
    let app = TestApp::start().await;
    let room = Room::of(&app).await;
    let (file, _) = uploaded(&app, room.project, Side::Producer, true).await;
    let mut late = said(" The bass comes in late ");
    late["atMs"] = json!(61_500);
    let made = room.ada.act(&on(file), late.clone()).await.expect(201);
    assert_eq!(
        (&made["body"], &made["atMs"], &made["number"]),
        (&json!("The bass comes in late"), &json!(61_500), &json!(1))
    );
    assert_eq!((&made["side"], &made["isMine"], &made["state"]), (&json!("client"), &json!(true), &json!("open")));
    assert_eq!(room.ada.act(&on(file), late.clone()).await.expect(200), made, "the same id is the same comment");
    room.nina.post(&room.at(&on(file)), &late).await.problem(409, "id_taken");

    let mut answer = said("On purpose");
    answer["parentId"] = made["id"].clone();
    let answered = room.nina.post(&room.at(&on(file)), &answer).await.expect(201);
    assert_eq!((&answered["parentId"], &answered["by"]), (&made["id"], &json!("Nina")));
    let mut deeper = said("Hm");
    deeper["parentId"] = answered["id"].clone();
    room.ada.act(&on(file), deeper).await.wrong_fields(&[("parentId", "an_answer")]);
    let list = room.ada.get(&on(file)).await.expect(200);
    assert_eq!(bodies(&list), ["The bass comes in late", "On purpose"]);
    assert_eq!(list["nextCursor"], json!(null));
    let page = room.nina.get(&room.at(&format!("{}?limit=1", on(file)))).await.expect(200);
    assert_eq!(bodies(&page), ["The bass comes in late"]);
    let next = format!("{}?cursor={}", on(file), page["nextCursor"].as_str().unwrap());
    assert_eq!(bodies(&room.nina.get(&room.at(&next)).await.expect(200)), ["On purpose"]);
    assert_eq!(room.nina.get(&room.at("timeline")).await.expect(200)["events"], json!([]), "talk buries nothing");
}

#[tokio::test]
async fn either_side_settles_what_was_said() {
    let app = TestApp::start().await;
    let room = Room::of(&app).await;
    let (file, _) = uploaded(&app, room.project, Side::Producer, true).await;
    let made = room.ada.act(&on(file), said("Too loud")).await.expect(201);
    let step = |step: &str| format!("comments/{}/{step}", made["id"].as_str().unwrap());
    let reopened = room.ada.act(&step("reopen"), json!({})).await;
    assert_eq!(
        reopened.problem(409, "wrong_state")["detail"],
        "The comment is `open`; `reopen` needs it to be `resolved`. Possible now: resolve."
    );
    let resolved = room.nina.post(&room.at(&step("resolve")), &json!({})).await.expect(200);
    assert_eq!((&resolved["state"], &resolved["resolvedBy"]), (&json!("resolved"), &json!("Nina")));
    assert!(resolved["resolvedAt"].is_string());
    room.ada.act(&step("resolve"), json!({})).await.problem(409, "wrong_state");
    let open = room.ada.act(&step("reopen"), json!({})).await.expect(200);
    assert_eq!(
        (&open["state"], &open["resolvedBy"], &open["resolvedAt"]),
        (&json!("open"), &json!(null), &json!(null))
    );
    room.ada.act(&step("resolve"), json!({})).await.assert_status(200);

    let mut answer = said("Turned down");
    answer["parentId"] = made["id"].clone();
    let answer = room.nina.post(&room.at(&on(file)), &answer).await.expect(201);
    let answers = format!("comments/{}/resolve", answer["id"].as_str().unwrap());
    room.ada.act(&answers, json!({})).await.problem(409, "is_an_answer");
    let kinds: Vec<(String, String)> =
        sqlx::query_as("select kind, audience from events where project_id = $1 order by number")
            .bind(room.project)
            .fetch_all(&mut app.sql().await)
            .await
            .unwrap();
    let kinds: Vec<&str> = kinds.iter().filter(|row| row.1 == "both").map(|row| row.0.as_str()).collect();
    assert_eq!(kinds, ["comment_added", "comment_resolved", "comment_reopened", "comment_resolved", "comment_added"]);
}

#[tokio::test]
async fn a_client_sees_what_was_said_to_shared_versions_only() {
    let app = TestApp::start().await;
    let room = Room::of(&app).await;
    let (file, version) = uploaded(&app, room.project, Side::Producer, false).await;
    let between = room.nina.post(&room.at(&on(file)), &said("Between us")).await.expect(201);
    let resolve = format!("comments/{}/resolve", between["id"].as_str().unwrap());
    room.ada.get(&on(file)).await.problem(404, "not_found");
    room.ada.act(&on(file), said("Guessed")).await.problem(404, "not_found");
    room.ada.act(&resolve, json!({})).await.problem(404, "not_found");
    let preview = format!("{}/{}", room.engagement.portal(), on(file));
    room.nina.get(&preview).await.problem(404, "not_found");
    let (open, _) = uploaded(&app, room.project, Side::Client, true).await;
    let mut same = said("The same id");
    same["id"] = between["id"].clone();
    room.ada.act(&on(open), same).await.problem(409, "id_taken");
    let audience: String = sqlx::query_scalar("select audience from events where kind = 'comment_added'")
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap();
    assert_eq!(audience, "producer");

    sqlx::query("update file_versions set shared_at = app_now() where id = $1")
        .bind(version)
        .execute(&mut app.sql().await)
        .await
        .unwrap();
    assert_eq!(bodies(&room.ada.get(&on(file)).await.expect(200)), ["Between us"]);
    room.ada.act(&resolve, json!({})).await.assert_status(200);
    room.nina.get(&preview).await.assert_status(200);
    room.nina.post(&preview, &said("As the client")).await.problem(403, "forbidden");

    // nor does anybody of another engagement
    let other = Room::with(&app, room.nina.clone(), "bo@example.com").await;
    other.ada.get(&on(file)).await.problem(404, "not_found");
    other.ada.act(&resolve, json!({})).await.problem(404, "not_found");
    other.nina.get(&other.at(&on(file))).await.problem(404, "not_found");
    other.nina.post(&other.at(&resolve), &json!({})).await.problem(404, "not_found");
}

#[tokio::test]
async fn what_is_over_is_only_read_and_what_cannot_be_said_is_named() {
    let app = TestApp::start().await;
    let room = Room::of(&app).await;
    let (file, _) = uploaded(&app, room.project, Side::Client, true).await;
    let says = async |mut body: Value, at_ms: Value| {
        body["atMs"] = at_ms;
        room.ada.act(&on(file), body).await
    };
    says(said("  "), json!(null)).await.wrong_fields(&[("body", "required")]);
    says(said(&"x".repeat(4_001)), json!(null)).await.wrong_fields(&[("body", "too_long")]);
    says(said("Late"), json!(180_001)).await.wrong_fields(&[("atMs", "out_of_range")]);
    says(said("Early"), json!(-1)).await.wrong_fields(&[("atMs", "out_of_range")]);
    let made = says(said("At the end"), json!(180_000)).await.expect(201);
    let mut answer = said("Yes");
    answer["parentId"] = made["id"].clone();
    says(answer, json!(1)).await.wrong_fields(&[("atMs", "of_an_answer")]);
    let mut unknown = said("What?");
    unknown["parentId"] = json!(Uuid::now_v7());
    says(unknown, json!(null)).await.wrong_fields(&[("parentId", "unknown")]);
    room.ada.get(&on(file).replace("/1/", "/2/")).await.problem(404, "not_found");
    room.ada.get(&on(file).replace("/1/", "/one/")).await.problem(404, "not_found");

    // every access talks
    for access in ["review", "billing", "view"] {
        sqlx::query("update contacts set access = $1").bind(access).execute(&mut app.sql().await).await.unwrap();
        says(said(access), json!(null)).await.assert_status(201);
    }
    write(&app, "update projects set state = 'cancelled'").await;
    refused_while(&says(said("Too late"), json!(null)).await, "cancelled");
    let resolve = format!("comments/{}/resolve", made["id"].as_str().unwrap());
    refused_while(&room.ada.send(Method::POST, &resolve, json!({})).await, "cancelled");
    assert_eq!(bodies(&room.ada.get(&on(file)).await.expect(200)), ["At the end", "review", "billing", "view"]);
    write(&app, "update files set deleted_at = app_now()").await;
    room.ada.get(&on(file)).await.problem(404, "not_found");
}
