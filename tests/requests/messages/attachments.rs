use serde_json::{Value, json};
use support::TestApp;
use uuid::Uuid;

use super::{Room, Side, uploaded, write};

fn sent(body: &str, versions: &[Uuid]) -> Value {
    json!({ "id": Uuid::now_v7(), "body": body, "attachments": versions })
}

#[tokio::test]
async fn what_a_producer_attaches_is_shared_with_the_client() {
    let app = TestApp::start().await;
    let room = Room::of(&app).await;
    let (file, version) = uploaded(&app, room.project, Side::Producer, false).await;
    let (_, second) = uploaded(&app, room.project, Side::Producer, false).await;
    let comments = format!("files/{file}/versions/1/comments");
    room.ada.get(&comments).await.problem(404, "not_found");

    let made = room.nina.post(&room.at("messages"), &sent("", &[second, version, second])).await.expect(201);
    assert_eq!(made["attachments"].as_array().unwrap().len(), 2);
    let seen = room.ada_reads("").await["messages"][0]["attachments"].clone();
    assert_eq!(
        seen[1],
        json!({ "fileId": file, "number": 1, "filename": "Mix.wav", "sizeBytes": 1000, "state": "available" })
    );
    room.ada.get(&comments).await.assert_status(200);

    write(&app, "update file_versions set bytes_deleted_at = app_now()").await;
    assert_eq!(room.ada_reads("").await["messages"][0]["attachments"][0]["state"], "deleted");
}

#[tokio::test]
async fn each_side_attaches_what_it_has_brought_and_what_is_there() {
    let app = TestApp::start().await;
    let room = Room::of(&app).await;
    let (_, ninas) = uploaded(&app, room.project, Side::Producer, true).await;
    let (_, adas) = uploaded(&app, room.project, Side::Client, true).await;
    let other = Room::with(&app, room.nina.clone(), "bo@example.com").await;
    let (_, elsewhere) = uploaded(&app, other.project, Side::Client, true).await;
    room.ada.act("messages", sent("Mine", &[adas])).await.assert_status(201);
    room.ada
        .act("messages", sent("Yours", &[adas, ninas, elsewhere]))
        .await
        .wrong_fields(&[("attachments[1]", "unknown"), ("attachments[2]", "unknown")]);
    let nina = room.nina.post(&room.at("messages"), &sent("Yours", &[adas])).await;
    nina.wrong_fields(&[("attachments[0]", "unknown")]);
    assert_eq!(room.nina_reads("").await["messages"].as_array().unwrap().len(), 1, "nothing is left of a refused one");

    write(&app, "update file_versions set state = 'scanning', scan = null").await;
    room.nina.post(&room.at("messages"), &sent("Being scanned", &[ninas])).await.assert_status(201);
    write(&app, "update file_versions set state = 'quarantined', scan = 'infected'").await;
    let infected = room.nina.post(&room.at("messages"), &sent("Ill", &[ninas])).await;
    infected.wrong_fields(&[("attachments[0]", "unknown")]);
    write(&app, "update file_versions set state = 'available', scan = 'clean'").await;
    write(&app, "update files set deleted_at = app_now()").await;
    let deleted = room.nina.post(&room.at("messages"), &sent("Gone", &[ninas])).await;
    deleted.wrong_fields(&[("attachments[0]", "unknown")]);
}
