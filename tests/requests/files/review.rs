use serde_json::{Value, json};
use support::TestApp;

use super::{both, content};
use crate::projects::{read, submission};

#[tokio::test]
async fn a_client_sees_what_was_handed_in() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    let (made, member, client) = both(&app, &nina, json!({ "originalsOpen": "at_once" })).await;
    nina.post(&submission(&made, "/submit"), &json!({})).await.problem(409, "no_files");
    member.upload(b"only a reference", &[("filename", "ref.txt"), ("kind", "reference")]).await;
    app.run_pending().await;
    nina.post(&submission(&made, "/submit"), &json!({})).await.problem(409, "no_files");
    member.upload(b"first", &[("filename", "mix.txt")]).await;
    nina.post(&submission(&made, "/submit"), &json!({})).await.problem(409, "scanning");
    app.run_pending().await;
    let file = member.newest().await;
    assert_eq!(client.get("/files").await.expect(200)["files"], json!([]), "nothing is shown before it is handed in");
    client.get(&content(&file, 1)).await.problem(404, "not_found");
    client.get(&format!("/files/{}", file["id"].as_str().unwrap())).await.problem(404, "not_found");
    nina.post(&submission(&made, "/submit"), &json!({})).await.assert_status(200);
    assert_eq!(client.newest().await["versions"][0]["round"], 1);
    assert_eq!(client.get(&content(&file, 1)).await.text, "first");

    // what is looked at stays as it is
    let version = [("fileId", file["id"].as_str().unwrap()), ("filename", "mix 2.txt")];
    let header = super::encoded(&version);
    let add = || {
        let request = member.tus(reqwest::Method::POST, "/uploads").header("upload-length", "6");
        member.browser.send(request.header("upload-metadata", header.clone()))
    };
    add().await.problem(409, "wrong_state");
    let delete = member.request(reqwest::Method::DELETE, &format!("/files/{}", file["id"].as_str().unwrap()));
    member.browser.send(delete).await.problem(409, "wrong_state");
    let review = format!("submissions/{}", made["submission"]["id"].as_str().unwrap());
    client
        .act(&format!("/{review}/request-revisions"), json!({ "round": 1, "note": "Louder" }))
        .await
        .assert_status(204);
    add().await.assert_status(201);
    member.upload(b"second", &version).await;
    app.run_pending().await;
    assert_eq!(client.newest().await["versions"][0]["number"], 1, "the next version is not handed in yet");
    client.get(&content(&file, 2)).await.problem(404, "not_found");
    nina.post(&submission(&made, "/submit"), &json!({})).await.assert_status(200);
    let shown = client.get(&format!("/files/{}", file["id"].as_str().unwrap())).await.expect(200);
    let rounds: Vec<Value> = shown["versions"].as_array().unwrap().iter().map(|each| each["round"].clone()).collect();
    assert_eq!(rounds, [json!(2), json!(1)]);
    assert_eq!(client.get(&content(&file, 2)).await.text, "second");
}

#[tokio::test]
async fn files_are_approved_one_by_one_or_all_at_once() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    let (made, member, client) = both(&app, &nina, json!({})).await;
    for name in ["one.txt", "two.txt", "three.txt"] {
        member.upload(name.as_bytes(), &[("filename", name)]).await;
    }
    app.run_pending().await;
    let files = member.get("/files").await.expect(200)["files"].clone();
    let path = |at: usize, what: &str| format!("/files/{}/{what}", files[at]["id"].as_str().unwrap());
    client.act("/files/approve-all", json!({})).await.problem(409, "wrong_state");
    nina.post(&submission(&made, "/submit"), &json!({})).await.assert_status(200);
    client.act(&path(0, "approve"), json!({ "number": 2 })).await.problem(409, "stale_version");
    client.act(&path(0, "request-changes"), json!({ "number": 1 })).await.wrong_fields(&[("note", "required")]);
    let asked = client.act(&path(0, "request-changes"), json!({ "number": 1, "note": "Shorter" })).await.expect(200);
    assert_eq!(json!([asked["approval"], asked["approvalNote"]]), json!(["changes_requested", "Shorter"]));
    client.act(&path(1, "approve"), json!({ "number": 1 })).await.assert_status(200);
    assert_eq!(client.act("/files/approve-all", json!({})).await.expect(200)["approved"], 2);
    assert_eq!(client.act("/files/approve-all", json!({})).await.expect(200)["approved"], 0);
    let seen = member.get("/files").await.expect(200)["files"].clone();
    assert!(seen.as_array().unwrap().iter().all(|file| file["approval"] == "approved"), "{seen}");

    // a new version is one to be looked at
    let review = format!("/submissions/{}", made["submission"]["id"].as_str().unwrap());
    client.act(&format!("{review}/request-revisions"), json!({ "round": 1, "note": "More" })).await.assert_status(204);
    member.upload(b"again", &[("filename", "one.txt"), ("fileId", files[0]["id"].as_str().unwrap())]).await;
    app.run_pending().await;
    nina.post(&submission(&made, "/submit"), &json!({})).await.assert_status(200);
    let shown = client.get(&format!("/files/{}", files[0]["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(shown["approval"], Value::Null);
    client.act(&format!("{review}/approve"), json!({ "round": 2 })).await.assert_status(204);
    assert_eq!(read(&nina, &made).await["submission"]["state"], "approved");
    client.act(&path(0, "approve"), json!({ "number": 2 })).await.problem(409, "wrong_state");
}

#[tokio::test]
async fn what_was_shown_beside_a_message_is_handed_in_as_well() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    let (made, member, client) = both(&app, &nina, json!({})).await;
    member.upload(b"first", &[("filename", "mix.txt")]).await;
    app.run_pending().await;
    let version = member.newest().await["versions"][0]["id"].clone();
    let said = json!({ "id": uuid::Uuid::now_v7(), "body": "A first idea", "attachments": [version] });
    nina.post(&crate::projects::of(&made, "/messages"), &said).await.assert_status(201);
    assert_eq!(client.newest().await["versions"][0]["round"], Value::Null);
    nina.post(&submission(&made, "/submit"), &json!({})).await.assert_status(200);
    assert_eq!(client.newest().await["versions"][0]["round"], 1);
}
