use serde_json::json;
use support::TestApp;

use super::{draft, kinds, path, plan, send};

#[tokio::test]
async fn what_is_not_decided_in_time_expires() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let proposal = draft(&browser, &plan()).await;
    let day = |days: i64| json!(chrono::Utc::now() + chrono::TimeDelta::days(days));
    let until = json!({ "version": 1, "validUntil": day(3) });
    let proposal = browser.patch(&path(&proposal), &until).await.expect(200);
    let proposal = send(&app, &browser, &proposal).await;
    let longer = json!({ "version": proposal["version"], "validUntil": day(5) });
    let longer = browser.patch(&path(&proposal), &longer).await.expect(200);
    assert_eq!(longer["currentVersion"], 1, "more time is no new version");

    app.travel("4 days").await;
    app.run_pending().await;
    assert_eq!(browser.get(&path(&proposal)).await.expect(200)["state"], "sent", "the earlier time counts no more");
    app.travel("2 days").await;
    let decision = json!({ "sentVersion": 1, "note": "By phone." });
    browser.post(&format!("{}/approve", path(&proposal)), &decision).await.problem(409, "expired");
    app.run_pending().await;
    assert_eq!(browser.get(&path(&proposal)).await.expect(200)["state"], "expired");
    assert_eq!(kinds(&browser, &proposal).await, ["created", "updated", "sent", "updated", "expired"]);
    browser.post(&format!("{}/approve", path(&proposal)), &decision).await.problem(409, "wrong_state");
}

#[tokio::test]
async fn a_decided_one_does_not_expire() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let proposal = draft(&browser, &plan()).await;
    let until = json!(chrono::Utc::now() + chrono::TimeDelta::days(1));
    let proposal = browser.patch(&path(&proposal), &json!({ "version": 1, "validUntil": until })).await.expect(200);
    let proposal = send(&app, &browser, &proposal).await;
    let decision = json!({ "sentVersion": 1, "note": "By phone." });
    browser.post(&format!("{}/approve", path(&proposal)), &decision).await.assert_status(200);
    app.travel("2 days").await;
    app.run_pending().await;
    assert_eq!(browser.get(&path(&proposal)).await.expect(200)["state"], "approved");
}
