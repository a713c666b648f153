use std::io::{Cursor, Read as _};

use reqwest::Method;
use serde_json::json;
use support::{Answer, TestApp};

use super::{Uploader, both};
use crate::projects::submission;

async fn archive(who: &Uploader) -> Vec<(String, Vec<u8>)> {
    let bytes = who.browser.send_bytes(who.request(Method::GET, "/files/archive")).await;
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut found: Vec<(String, Vec<u8>)> = (0..archive.len())
        .map(|index| {
            let mut file = archive.by_index(index).unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            (file.name().unwrap().into_owned(), bytes)
        })
        .collect();
    found.sort();
    found
}

async fn refused(who: &Uploader) -> Answer {
    who.get("/files/archive").await
}

#[tokio::test]
async fn everything_that_may_be_downloaded_comes_in_one_archive() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    let (made, member, client) = both(&app, &nina, json!({})).await;
    refused(&member).await.problem(409, "nothing_to_download");
    let large: Vec<u8> = (0..9_000_000_u32).map(|n| u8::try_from(n % 251).unwrap()).collect();
    member.upload(b"the mix", &[("filename", "mix.wav")]).await;
    member.upload(&large, &[("filename", "Mix.wav")]).await;
    member.upload(b"", &[("filename", "Grüße.txt"), ("kind", "reference")]).await;
    member.upload(b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$", &[("filename", "virus.txt")]).await;
    client.upload(b"the demo", &[("filename", "demo.wav")]).await;
    app.run_pending().await;
    let mut found = archive(&member).await;
    // which of the two comes first is the order of their uploads, newest first
    let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "From the client/demo.wav",
            "References/Grüße.txt",
            "Work in progress/Mix.wav",
            "Work in progress/mix (2).wav"
        ]
    );
    assert_eq!(found.pop().unwrap().1, b"the mix");
    assert!(found.pop().unwrap().1 == large, "it comes as it was");

    // work that was not handed in, and then is locked, is no part of the client's
    let of_client = |found: Vec<(String, Vec<u8>)>| found.into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(of_client(archive(&client).await), ["From the client/demo.wav"]);
    nina.post(&submission(&made, "/submit"), &json!({})).await.assert_status(200);
    assert_eq!(of_client(archive(&client).await), ["From the client/demo.wav"]);
    sqlx::query("update payments set state = 'paid', paid_at = app_now()").execute(&mut app.sql().await).await.unwrap();
    assert_eq!(archive(&client).await.len(), 3);
    let files = client.get("/files").await.expect(200);
    let mix = files["files"].as_array().unwrap().iter().find(|file| file["name"] == "mix.wav").unwrap().clone();
    assert_eq!(mix["versions"][0]["downloads"], 1);

    // one download of it is left, then none
    let path = format!("{}/files/{}", member.address, mix["id"].as_str().unwrap());
    nina.patch(&path, &json!({ "version": mix["version"], "downloadLimit": 2 })).await.assert_status(200);
    assert_eq!(archive(&client).await.len(), 3);
    assert_eq!(archive(&client).await.len(), 2);
    let other = app.owner("Otto").await;
    other.get(&format!("{}/files/archive", member.address)).await.problem(404, "not_found");
}

#[tokio::test]
async fn an_archive_that_cannot_be_finished_is_no_archive() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    let (_, member, _) = both(&app, &nina, json!({})).await;
    for name in ["a.txt", "b.txt"] {
        member.upload(&vec![b'x'; 3_000_000], &[("filename", name)]).await;
    }
    app.run_pending().await;
    let path: String = sqlx::query_scalar("select storage_path from file_versions where filename = 'a.txt'")
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap();
    std::fs::remove_file(app.folder().join("storage").join(path)).unwrap();
    let answer = member.request(Method::GET, "/files/archive").send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.bytes().await.is_err(), "the answer is cut, not ended");
}
