use std::path::PathBuf;

use ledgerline_jobs::{enqueue, imports::SweepFiles};
use serde_json::{Value, json};
use support::{Browser, PASSWORD, TestApp, Worker};
use uuid::Uuid;

use super::{files, numbers, path, started, upload};

async fn sweep(app: &TestApp) {
    enqueue(&mut app.sql().await, &SweepFiles {}).await.unwrap();
    assert_eq!(app.run_pending().await, 1);
}

fn stored(app: &TestApp) -> Vec<PathBuf> {
    let mut files = files(&app.folder().join("storage"));
    files.sort();
    files
}

/// Leaves files behind as processes do that are killed while they receive one, or just after.
fn leave(app: &TestApp, count: usize, end: &str) {
    let folder = app.folder().join("storage/imports").join(Uuid::now_v7().to_string());
    std::fs::create_dir_all(&folder).unwrap();
    for _ in 0..count {
        std::fs::write(folder.join(format!("{}{end}", Uuid::now_v7())), "name\nAda\n").unwrap();
    }
}

#[tokio::test]
async fn files_without_an_import_go_after_a_day_and_no_others() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    upload(&browser, "x.csv", "name\nAda\n").await.assert_status(201);
    let path = started(&browser, "name\nBo\n", json!({ "0": "name" })).await;
    app.run_pending().await;
    let wanted = stored(&app);
    assert_eq!(wanted.len(), 2);
    leave(&app, 1, ".csv");
    leave(&app, 1, ".csv#1");
    let odd = app.folder().join("storage/imports/readme.txt");
    std::fs::write(&odd, "not ours").unwrap();

    sweep(&app).await;
    assert_eq!(stored(&app).len(), 5, "an upload of today may still become an import");
    app.travel("25 hours").await;
    sweep(&app).await;
    let mut left = wanted;
    left.push(odd);
    left.sort();
    assert_eq!(stored(&app), left);
    assert_eq!(browser.get(&path).await.expect(200)["fileDeletedAt"], Value::Null);
}

#[tokio::test]
async fn one_run_removes_a_thousand_files_and_another_goes_on_at_once() {
    let app = TestApp::start().await;
    let worker = Worker::start(&app).await;
    leave(&app, 600, ".csv#7");
    leave(&app, 600, ".csv");
    app.travel("25 hours").await;
    enqueue(&mut app.sql().await, &SweepFiles {}).await.unwrap();
    assert_eq!(worker.run::<SweepFiles>().await, 1);
    assert_eq!(stored(&app).len(), 200);
    assert_eq!(worker.run::<SweepFiles>().await, 1, "what is left does not wait for the next night");
    assert!(stored(&app).is_empty());
    assert!(worker.due::<SweepFiles>().await.is_empty(), "nothing is left");
}

async fn sign_in(browser: &Browser, email: &str) {
    browser.post("/api/sessions", &json!({ "email": email, "password": PASSWORD })).await.assert_status(201);
}

#[tokio::test]
async fn file_and_rejected_rows_of_an_import_go_after_the_days_of_the_setting_and_its_numbers_stay() {
    let app = TestApp::start_with(json!({ "imports": { "files_kept_days": 20 } })).await;
    let browser = app.owner("Nina").await;
    let waiting = upload(&browser, "x.csv", "name\nAda\n").await.expect(201);
    let body = format!("name,email\nAda,ada@example.com\n{}", ",secret@example.com\n".repeat(10_500));
    let path = started(&browser, body, json!({ "0": "name", "1": "email" })).await;
    app.run_pending().await;
    app.travel("19 days").await;
    sweep(&app).await;
    let before = browser.get(&path).await.expect(200);
    assert_eq!((stored(&app).len(), &before["fileDeletedAt"]), (2, &Value::Null));

    app.travel("2 days").await;
    sweep(&app).await;
    sign_in(&browser, "nina@example.com").await;
    assert_eq!(numbers(&browser, &path).await, ("completed".to_owned(), Some(10_501), 1, 0, 10_500));
    let after = browser.get(&path).await.expect(200);
    assert!(after["fileDeletedAt"].is_string());
    assert_eq!(after["columns"][1]["name"], "email");
    for gone in ["rows", "rejects.csv"] {
        let answer = browser.get(&format!("{path}/{gone}")).await;
        let detail = answer.problem(410, "rejects_deleted")["detail"].as_str().unwrap();
        assert!(detail.contains("deleted on 20") && detail.contains("Import the file again"), "{detail}");
    }
    let left: (i64, i64) = sqlx::query_as(
        "select (select count(*) from import_rejects),
           (select count(*) from imports where file_deleted_at is not null and imports::text like '%@example.com%')",
    )
    .fetch_one(&mut app.sql().await)
    .await
    .unwrap();
    assert_eq!(left, (0, 0), "nothing of its rows is left");
    assert_eq!(stored(&app).len(), 1, "one that was never started keeps its file");
    assert_eq!(browser.get(&super::path(&waiting)).await.expect(200)["state"], "uploaded");
    sweep(&app).await;
}

/// Rows of clients that are somewhere in an import.
async fn remembered(app: &TestApp) -> (i64, i64) {
    sqlx::query_as(
        "select (select count(*) from import_rejects),
           (select count(*) from imports where imports::text like '%@example.com%')",
    )
    .fetch_one(&mut app.sql().await)
    .await
    .unwrap()
}

#[tokio::test]
async fn an_import_whose_file_is_gone_is_forgotten_like_any_other() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let import = started(&browser, "name,email\n,secret@example.com\n", json!({ "0": "name", "1": "email" })).await;
    let discarded = upload(&browser, "x.csv", "name,email\nAda,other@example.com\n").await.expect(201);
    browser.post(&format!("{}/cancel", path(&discarded)), &Value::Null).await.assert_status(200);
    app.run_pending().await;
    // as a release did that deleted the file of a discarded import and nothing else
    let preview = sqlx::query("update imports set file_deleted_at = null, preview = $1 where state = 'cancelled'")
        .bind(json!([["Ada", "other@example.com"]]));
    preview.execute(&mut app.sql().await).await.unwrap();
    for file in stored(&app) {
        std::fs::remove_file(file).unwrap();
    }
    app.travel("89 days").await;
    sweep(&app).await;
    assert_eq!(remembered(&app).await, (1, 2));
    app.travel("2 days").await;
    sweep(&app).await;
    assert_eq!(remembered(&app).await, (0, 0));
    sign_in(&browser, "nina@example.com").await;
    for path in [import, path(&discarded)] {
        assert!(browser.get(&path).await.expect(200)["fileDeletedAt"].is_string());
    }
}

#[tokio::test]
async fn a_sweep_that_was_cut_off_is_ended_by_the_next_one() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    started(&browser, "name,email\n,secret@example.com\n", json!({ "0": "name", "1": "email" })).await;
    app.run_pending().await;
    app.travel("91 days").await;
    // it has said that the file is gone, and come no further
    sqlx::query("update imports set file_deleted_at = app_now(), preview = '[]', columns = '[]'")
        .execute(&mut app.sql().await)
        .await
        .unwrap();
    sweep(&app).await;
    assert_eq!(remembered(&app).await, (0, 0));
    assert!(stored(&app).is_empty());
}

#[tokio::test]
async fn a_file_that_its_import_has_no_more_goes_as_one_without_an_import_does() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made = upload(&browser, "x.csv", "name\nAda\n").await.expect(201);
    let (file, kept) = (stored(&app).remove(0), app.folder().join("kept.csv"));
    std::fs::copy(&file, &kept).unwrap();
    browser.post(&format!("{}/cancel", path(&made)), &Value::Null).await.assert_status(200);
    app.run_pending().await;
    // a backup of the storage was brought back
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::rename(&kept, &file).unwrap();
    app.travel("25 hours").await;
    sweep(&app).await;
    assert!(stored(&app).is_empty());
}
