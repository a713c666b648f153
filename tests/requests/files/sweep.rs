use ledgerline_jobs::{
    Job, enqueue,
    files::{SweepFileBytes, SweepUploads},
};
use serde_json::Value;
use support::TestApp;

use super::{Uploader, content, media::wave};
use crate::projects::project;

/// Files below a folder of the storage.
fn stored(app: &TestApp, folder: &str) -> usize {
    fn count(folder: &std::path::Path) -> usize {
        let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
        entries.map(|entry| entry.unwrap().path()).map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
    }
    count(&app.folder().join("storage").join(folder))
}

async fn ask<J: Job>(app: &TestApp, job: &J) {
    enqueue(&mut app.sql().await, job).await.unwrap();
}

#[tokio::test]
async fn uploads_that_nobody_goes_on_with_are_removed_and_give_their_room_back() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    let made = project(&app, &nina, 100).await;
    let member = Uploader::member(nina.clone(), &made);
    let upload = member.create(1_000_000, &[("filename", "a.txt")]).await;
    member.append(&upload, 0, vec![b'x'; 500_000]).await.assert_status(204);
    assert_eq!(stored(&app, "uploads"), 1);
    let used = async || nina.get("/api/workspace/storage").await.expect(200)["usedBytes"].clone();
    assert_eq!(used().await, 1_000_004);
    app.travel("47 hours").await;
    ask(&app, &SweepUploads {}).await;
    app.run_pending().await;
    assert_eq!(stored(&app, "uploads"), 1);
    app.travel("2 hours").await;
    member.append(&upload, 500_000, "x").await.problem(404, "not_found");
    assert_eq!(used().await, 4);
    ask(&app, &SweepUploads {}).await;
    app.run_pending().await;
    assert_eq!(stored(&app, "uploads"), 0);
}

#[tokio::test]
async fn bytes_of_deleted_files_go_after_a_week() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    let made = project(&app, &nina, 100).await;
    let member = Uploader::member(nina.clone(), &made);
    member.upload(&wave(), &[("filename", "a.wav")]).await;
    app.run_pending().await;
    let file = member.newest().await;
    let path = format!("{}/files/{}", member.address, file["id"].as_str().unwrap());
    nina.delete(&path).await.assert_status(204);
    assert_eq!(stored(&app, "files"), 2, "the file and its preview");
    app.travel("8 days").await;
    ask(&app, &SweepFileBytes {}).await;
    app.run_pending().await;
    assert_eq!(stored(&app, "files"), 0);
    member.get(&content(&file, 1)).await.problem(404, "not_found");
    let left: Vec<Value> =
        sqlx::query_scalar("select to_jsonb(bytes_deleted_at is not null) from file_versions where filename = 'a.wav'")
            .fetch_all(&mut app.sql().await)
            .await
            .unwrap();
    assert_eq!(left, [Value::Bool(true)]);
}
