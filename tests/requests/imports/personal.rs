use ledgerline_jobs::imports::ImportChunk;
use serde_json::json;
use support::TestApp;

use super::{files, path, started, upload};

/// Operators see jobs of all workspaces: their arguments, errors and log lines.
#[tokio::test]
async fn jobs_of_imports_hold_nothing_of_a_row_and_no_file_name() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let mapping = json!({ "0": "name", "1": "email" });
    let body = "name,email\nSecret Person,secret@example.com\nSecret Reject,no secret address\n";
    // one that succeeds with a rejected row
    started(&browser, body, mapping.clone()).await;
    app.run_pending().await;
    // one whose file is lost
    let lost = upload(&browser, "secret clients.csv", body).await.expect(201);
    for file in files(&app.folder().join("storage")) {
        std::fs::remove_file(file).unwrap();
    }
    browser
        .post(&format!("{}/start", path(&lost)), &json!({ "mapping": mapping, "again": true }))
        .await
        .assert_status(202);
    app.run_pending().await;
    // one that Postgres refuses, with the whole row in the detail of its error
    sqlx::query("alter table clients add constraint refused check (name <> 'Secret Other')")
        .execute(&mut app.sql().await)
        .await
        .unwrap();
    started(&browser, "name,email\nSecret Other,secret2@example.com\n", mapping).await;
    app.run_pending().await;
    assert_eq!(app.enqueued::<ImportChunk>().await.len(), 1, "the refused chunk will be tried again");

    let (kept, errors): (String, i64) = sqlx::query_as(
        "select lower(string_agg(row, ' ')), count(*) filter (where row like '%refused%')
         from (select j::text from jobs j union all select j::text from finished_jobs j
           union all select j::text from dead_jobs j union all select a::text from job_attempts a
           union all select l::text from job_logs l union all select b::text from batches b) as rows (row)",
    )
    .fetch_one(&mut app.sql().await)
    .await
    .unwrap();
    assert!(errors > 0, "the refusal is known: {kept}");
    assert!(kept.contains("imports.chunk") && !kept.contains("secret"), "{kept}");
}
