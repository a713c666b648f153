use serde_json::{Value, json};
use support::TestApp;

use super::{of, project, read, submission};

#[tokio::test]
async fn changes_what_is_said_and_keeps_the_rest() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made = project(&app, &browser, 100).await;
    let change = json!({
        "version": 1, "title": "Double album", "projectType": "Mixing", "deadline": "2027-01-01T00:00:00Z",
        "originalsOpen": "at_once",
    });
    let changed = browser.patch(&of(&made, ""), &change).await.expect(200);
    assert_eq!((&changed["title"], &changed["version"]), (&json!("Double album"), &json!(2)));
    assert_eq!(changed["originalsOpen"], "at_once");
    let emptied = json!({ "version": 2, "projectType": null, "deadline": null });
    let emptied = browser.patch(&of(&made, ""), &emptied).await.expect(200);
    assert_eq!((&emptied["projectType"], &emptied["deadline"]), (&Value::Null, &Value::Null));
    assert_eq!(emptied["title"], "Double album");
    browser.patch(&of(&made, ""), &json!({ "version": 2, "title": "Late" })).await.problem(409, "stale_version");
    let same = browser.patch(&of(&made, ""), &json!({ "version": 3, "title": "Double album" })).await.expect(200);
    assert_eq!(same["version"], 3, "nothing was changed");
    browser.patch(&of(&made, ""), &json!({ "version": 3, "title": "" })).await.wrong_fields(&[("title", "required")]);
}

#[tokio::test]
async fn the_amount_is_free_until_somebody_has_agreed_to_it() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made = project(&app, &browser, 100).await;
    let more = browser.patch(&of(&made, ""), &json!({ "version": 1, "amountMinor": 300 })).await.expect(200);
    assert_eq!(more["totals"]["openMinor"], 300);
    let milestone = json!({ "name": "Half", "amountMinor": 200 });
    browser.post(&of(&made, "/milestones"), &milestone).await.assert_status(201);
    let less = browser.patch(&of(&made, ""), &json!({ "version": 2, "amountMinor": 199 })).await;
    less.wrong_fields(&[("amountMinor", "below_milestones")]);
    let carried: (i64, i64) = sqlx::query_as(
        "select v.total_minor, y.amount_minor from proposal_versions v join payments y on y.proposal_id = v.proposal_id",
    )
    .fetch_one(&mut app.sql().await)
    .await
    .unwrap();
    assert_eq!(carried, (300, 300));

    browser.post(&submission(&made, "/submit"), &json!({})).await.assert_status(200);
    browser.post(&submission(&made, "/approve"), &json!({ "round": 1 })).await.assert_status(200);
    let version = read(&browser, &made).await["version"].clone();
    let late = browser.patch(&of(&made, ""), &json!({ "version": version, "amountMinor": 400 })).await;
    late.problem(409, "amount_agreed");
    assert_eq!(read(&browser, &made).await["isAmountAgreed"], true);
}
