use ledgerline_app::{submissions, tenant::Access};
use serde_json::json;
use support::TestApp;

use super::{client_of, id, of, project, submission};

#[tokio::test]
async fn tells_who_did_what_in_the_order_of_numbers() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made = project(&app, &browser, 100).await;
    browser.post(&submission(&made, "/submit"), &json!({ "summary": "First mix" })).await.assert_status(200);
    let client = client_of(&browser, &made, Access::Review).await;
    let request = submissions::input::RevisionRequest { round: 1, note: "Louder".to_owned() };
    submissions::decide::request_revisions(&app.ctx, &client, id(&made["submission"]["id"]), request).await.unwrap();

    let page = browser.get(&of(&made, "/timeline?limit=2")).await.expect(200);
    let (newest, before) = (&page["events"][0], &page["events"][1]);
    assert_eq!((&newest["kind"], &newest["number"]), (&json!("revisions_requested"), &json!(4)));
    assert_eq!((&newest["actor"], &newest["by"], &newest["note"]), (&json!("client"), &json!("Ada"), &json!("Louder")));
    assert_eq!((&before["kind"], &before["actor"]), (&json!("submission_submitted"), &json!("producer")));
    assert_eq!((&before["by"], &before["note"], &before["round"]), (&json!("Nina"), &json!("First mix"), &json!(1)));
    let cursor = page["nextCursor"].as_str().unwrap();
    let rest = browser.get(&of(&made, &format!("/timeline?cursor={cursor}"))).await.expect(200);
    let numbers: Vec<i64> =
        rest["events"].as_array().unwrap().iter().map(|event| event["number"].as_i64().unwrap()).collect();
    assert_eq!(numbers, [2, 1]);
    let audited: i64 = sqlx::query_scalar(
        "select count(*) from audit_log where action = 'submissions.request_revisions' and actor_kind = 'client'",
    )
    .fetch_one(&mut app.sql().await)
    .await
    .unwrap();
    assert_eq!(audited, 1);
}
