use serde_json::{Value, json};
use support::TestApp;

use super::{kinds, of, project, read, submission};

#[tokio::test]
async fn is_archived_once_completed_and_taken_out_again() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made = project(&app, &browser, 0).await;
    let early = browser.post(&of(&made, "/archive"), &Value::Null).await;
    let detail = early.problem(409, "wrong_state")["detail"].as_str().unwrap().to_owned();
    assert_eq!(detail, "The project is `open`; `archive` needs it to be `completed`. Possible now: start, cancel.");
    browser.post(&submission(&made, "/submit"), &json!({})).await.assert_status(200);
    browser.post(&submission(&made, "/approve"), &json!({ "round": 1 })).await.assert_status(200);
    let archived = browser.post(&of(&made, "/archive"), &Value::Null).await.expect(200);
    assert_eq!((&archived["state"], &archived["stage"]), (&json!("archived"), &Value::Null));
    let change = json!({ "version": archived["version"], "title": "x" });
    browser.patch(&of(&made, ""), &change).await.problem(409, "wrong_state");
    let back = browser.post(&of(&made, "/unarchive"), &Value::Null).await.expect(200);
    assert_eq!((&back["state"], &back["archivedAt"]), (&json!("completed"), &Value::Null));
    assert_eq!(back["completedAt"], archived["completedAt"]);
}

#[tokio::test]
async fn a_cancelled_project_stands_still_and_is_not_paid() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made = project(&app, &browser, 100).await;
    let milestone =
        browser.post(&of(&made, "/milestones"), &json!({ "name": "Half", "amountMinor": 50 })).await.expect(201);
    let cancelled = browser.post(&of(&made, "/cancel"), &json!({ "reason": "No budget" })).await.expect(200);
    assert_eq!(cancelled["state"], "cancelled");
    for (path, body) in [
        (of(&made, "/cancel"), json!({})),
        (of(&made, "/milestones"), json!({ "name": "x", "amountMinor": 1 })),
        (of(&made, "/progress-updates"), json!({ "title": "x" })),
        (submission(&made, "/submit"), json!({})),
        (format!("/api/milestones/{}/submit", milestone["id"].as_str().unwrap()), json!({})),
    ] {
        browser.post(&path, &body).await.problem(409, "wrong_state");
    }
    let state: String = sqlx::query_scalar("select state from payments").fetch_one(&mut app.sql().await).await.unwrap();
    assert_eq!(state, "not_required");
    let events = browser.get(&of(&made, "/timeline")).await.expect(200);
    assert_eq!(events["events"][0]["note"], "No budget");
}

#[tokio::test]
async fn everything_delivered_and_nothing_open_completes_the_engagement() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made = project(&app, &browser, 0).await;
    let body = json!({ "contactId": made["contact"]["id"], "projectId": made["id"], "title": "Master" });
    let deliverable = browser.post("/api/deliverables", &body).await.expect(201)["deliverable"].clone();
    browser.post(&submission(&made, "/submit"), &json!({})).await.assert_status(200);
    browser.post(&submission(&made, "/approve"), &json!({ "round": 1 })).await.assert_status(200);
    let proposal = "select state from proposals";
    let state: String = sqlx::query_scalar(proposal).fetch_one(&mut app.sql().await).await.unwrap();
    assert_eq!(state, "active", "something is still to be delivered");
    let path = format!("/api/deliverables/{}", deliverable["id"].as_str().unwrap());
    browser.put(&path, &json!({ "status": "completed" })).await.assert_status(200);
    let state: String = sqlx::query_scalar(proposal).fetch_one(&mut app.sql().await).await.unwrap();
    assert_eq!(state, "completed");
    assert_eq!(kinds(&browser, &made).await.last().unwrap(), "proposal_completed");
    assert_eq!(read(&browser, &made).await["totals"]["deliverablesCompleted"], 1);
}
