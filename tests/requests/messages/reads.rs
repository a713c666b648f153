use reqwest::Method;
use serde_json::{Value, json};
use support::TestApp;

use super::Room;

/// Who has read how far, by name.
fn seen(list: &Value) -> Vec<(String, i64)> {
    let reads = list["reads"].as_array().unwrap();
    reads.iter().map(|read| (read["by"].as_str().unwrap().to_owned(), read["number"].as_i64().unwrap())).collect()
}

#[tokio::test]
async fn both_sides_see_who_has_read_how_far() {
    let app = TestApp::start().await;
    let room = Room::of(&app).await;
    let bo = app.member(&room.nina, "Bo", "member").await;
    for text in ["One", "Two", "Three"] {
        room.nina_says(text).await;
    }
    room.ada_says("Four").await;
    let ada_read = async |number: i64| room.ada.send(Method::PUT, "messages/read", json!({ "number": number })).await;
    assert_eq!(room.ada_reads("").await["unread"], 3, "one's own are never unread");
    assert_eq!(bo.get(&room.at("messages")).await.expect(200)["unread"], 4, "those of colleagues are");
    assert_eq!(seen(&room.nina_reads("").await), []);

    ada_read(2).await.assert_status(204);
    assert_eq!(room.ada_reads("").await["unread"], 1);
    assert_eq!(room.ada.page().await["more"]["unreadMessages"], 1);
    let read = room.nina_reads("").await["reads"][0].clone();
    assert_eq!((&read["number"], &read["side"], &read["isMe"]), (&json!(2), &json!("client"), &json!(false)));
    assert_eq!(read["readerId"], json!(room.engagement.contact_id));

    // who has come further is not taken back, and the time is that of coming so far
    app.travel("1 hour").await;
    ada_read(1).await.assert_status(204);
    assert_eq!(room.nina_reads("").await["reads"][0], read);
    ada_read(4).await.assert_status(204);
    bo.put(&room.at("messages/read"), &json!({ "number": 4 })).await.assert_status(204);
    let list = room.ada_reads("").await;
    assert_eq!(seen(&list), [("Ada <i>Kite</i>".to_owned(), 4), ("Bo".to_owned(), 4)]);
    assert!(list["reads"][0]["at"].as_str() > read["at"].as_str());
    assert_eq!((&list["reads"][0]["isMe"], &list["unread"]), (&json!(true), &json!(0)));
}

#[tokio::test]
async fn what_is_not_there_cannot_be_read() {
    let app = TestApp::start().await;
    let room = Room::of(&app).await;
    let ada_read = async |number: Value| room.ada.send(Method::PUT, "messages/read", json!({ "number": number })).await;
    ada_read(json!(1)).await.wrong_fields(&[("number", "unknown")]);
    room.nina_says("One").await;
    for number in [0, 2, -1, i64::MAX] {
        ada_read(json!(number)).await.wrong_fields(&[("number", "unknown")]);
    }
    ada_read(json!(1)).await.assert_status(204);
    let otto = app.owner("Otto").await;
    otto.put(&room.at("messages/read"), &json!({ "number": 1 })).await.problem(404, "not_found");
}
