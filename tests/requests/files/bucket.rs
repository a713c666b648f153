//! Files in a bucket of S3: everything that is done with them in a folder, by the same requests.

use ledgerline_jobs::{enqueue, files::SweepFileBytes};
use ledgerline_sandbox::s3::{ACCESS_KEY_ID, BUCKET, S3, SECRET_ACCESS_KEY};
use reqwest::Method;
use serde_json::{Value, json};
use support::TestApp;

use super::{Uploader, content, media::wave};
use crate::projects::project;

fn settings(bucket: &S3, key: &str) -> Value {
    let bucket = json!({
        "name": BUCKET, "endpoint": bucket.url(), "region": "eu-central-1", "access_key_id": key,
        "secret_access_key": SECRET_ACCESS_KEY,
    });
    json!({ "storage_dir": "", "bucket": bucket })
}

/// What stands in the bucket, by its path.
fn objects(folder: &std::path::Path) -> Vec<String> {
    fn walk(folder: &std::path::Path, root: &std::path::Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => walk(&path, root, found),
                false => found.push(path.strip_prefix(root).unwrap().to_string_lossy().into_owned()),
            }
        }
    }
    let mut found = Vec::new();
    walk(&folder.join(BUCKET), &folder.join(BUCKET), &mut found);
    found
}

#[tokio::test]
async fn files_come_go_and_are_previewed_as_in_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let bucket = S3::start(folder.path()).await.unwrap();
    let app = TestApp::start_with(settings(&bucket, ACCESS_KEY_ID)).await;
    let nina = app.owner("Nina").await;
    let made = project(&app, &nina, 100).await;
    let member = Uploader::member(nina.clone(), &made);
    let wave = wave();
    let (first, second) = wave.split_at(20_000);
    let upload = member.create(wave.len(), &[("filename", "mix.wav")]).await;
    member.append(&upload, 0, first.to_vec()).await.assert_status(204);
    member.append(&upload, first.len(), second.to_vec()).await.assert_status(204);
    app.run_pending().await;
    let file = member.newest().await;
    assert_eq!(file["versions"][0]["preview"]["state"], "ready", "{file}");
    let path = content(&file, 1);
    assert_eq!(member.browser.send_bytes(member.request(Method::GET, &path)).await, wave);
    let part = member.request(Method::GET, &path).header("range", "bytes=19990-20009");
    assert_eq!(member.browser.send_bytes(part).await, wave[19_990..20_010]);
    member.get(&path.replace("/content", "/preview")).await.assert_status(200);
    assert_eq!(objects(folder.path()).len(), 2, "the file and its preview: {:?}", objects(folder.path()));

    nina.delete(&format!("{}/files/{}", member.address, file["id"].as_str().unwrap())).await.assert_status(204);
    app.travel("8 days").await;
    enqueue(&mut app.sql().await, &SweepFileBytes {}).await.unwrap();
    app.run_pending().await;
    assert_eq!(objects(folder.path()), Vec::<String>::new());
}

#[tokio::test]
async fn an_empty_file_and_one_of_many_pieces() {
    let folder = tempfile::tempdir().unwrap();
    let bucket = S3::start(folder.path()).await.unwrap();
    let app = TestApp::start_with(settings(&bucket, ACCESS_KEY_ID)).await;
    let nina = app.owner("Nina").await;
    let made = project(&app, &nina, 100).await;
    let member = Uploader::member(nina.clone(), &made);
    for size in [0_usize, 17_000_000] {
        let bytes: Vec<u8> = (0..size).map(|n| u8::try_from(n % 251).unwrap()).collect();
        member.upload(&bytes, &[("filename", "a.bin")]).await;
        app.run_pending().await;
        let file = member.newest().await;
        assert_eq!(file["versions"][0]["state"], "available", "{size}");
        let whole = member.browser.send_bytes(member.request(Method::GET, &content(&file, 1))).await;
        assert!(whole == bytes, "{size} bytes come back as they were");
    }
}

#[tokio::test]
async fn while_the_bucket_is_away_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let bucket = S3::start(folder.path()).await.unwrap();
    let app = TestApp::start_with(settings(&bucket, ACCESS_KEY_ID)).await;
    let nina = app.owner("Nina").await;
    let made = project(&app, &nina, 100).await;
    let member = Uploader::member(nina.clone(), &made);
    let upload = member.create(10, &[("filename", "a.txt")]).await;
    member.append(&upload, 0, "01234").await.assert_status(204);
    bucket.fail(true);
    member.append(&upload, 5, "56789").await.problem(503, "storage_unavailable");
    bucket.fail(false);
    let head = member.browser.send(member.tus(Method::HEAD, &upload)).await;
    assert_eq!(head.header("upload-offset"), "5", "it goes on where it stood");
    member.append(&upload, 5, "56789").await.assert_status(204);
    app.run_pending().await;
    let path = content(&member.newest().await, 1);
    assert_eq!(member.get(&path).await.text, "0123456789");
    bucket.fail(true);
    member.get(&path).await.problem(503, "storage_unavailable");
}

#[tokio::test]
async fn whoever_has_no_right_to_the_bucket_is_told_nothing_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let bucket = S3::start(folder.path()).await.unwrap();
    let app = TestApp::start_with(settings(&bucket, "somebody")).await;
    let nina = app.owner("Nina").await;
    let made = project(&app, &nina, 100).await;
    let member = Uploader::member(nina.clone(), &made);
    let upload = member.create(5, &[("filename", "a.txt")]).await;
    let answer = member.append(&upload, 0, "01234").await;
    answer.problem(503, "storage_unavailable");
    assert!(!answer.text.contains(BUCKET) && !answer.text.contains("somebody"), "{}", answer.text);
}
