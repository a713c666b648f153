use std::path::PathBuf;

use ledgerline_jobs::{enqueue, imports::SweepFiles};
use serde_json::{Value, json};
use support::{Browser, PASSWORD, TestApp};
use uuid::Uuid;

use super::{files, numbers, started, upload};

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
async fn one_run_removes_a_thousand_files_and_the_next_goes_on() {
    let app = TestApp::start().await;
    leave(&app, 600, ".csv#7");
    leave(&app, 600, ".csv");
    app.travel("25 hours").await;
    sweep(&app).await;
    assert_eq!(stored(&app).len(), 200);
    sweep(&app).await;
    assert!(stored(&app).is_empty());
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
    for gone in ["rejects", "rejects.csv"] {
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
