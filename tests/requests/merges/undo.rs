use serde_json::{Value, json};
use support::TestApp;

use super::{accepted, client, edit, pair, path, read};

#[tokio::test]
async fn both_are_as_before_but_for_what_was_changed_since() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let ada = client(&browser, json!({ "name": "Ada", "email": "ada@example.com" })).await;
    let other = client(&browser, json!({ "name": "Ada O.", "email": "o@example.com", "company": "Kite" })).await;
    let merge = pair(&browser, &ada, &other).await;
    browser.post(&format!("{}/undo", path(&merge)), &Value::Null).await.problem(409, "not_merged");
    accepted(&browser, &merge, &ada, &["name", "email", "company"]).await;
    edit(&browser, &ada, json!({ "notes": "since", "company": "Wren" })).await;

    let undone = browser.post(&format!("{}/undo", path(&merge)), &Value::Null).await.expect(200);
    assert_eq!(undone["state"], "undone");
    let (kept, back) = (read(&browser, &ada).await, read(&browser, &other).await);
    assert_eq!(
        json!([kept["name"], kept["email"], kept["company"], kept["notes"]]),
        json!(["Ada", "ada@example.com", "Wren", "since"])
    );
    assert_eq!(
        json!([back["name"], back["email"], back["company"], back["archivedAt"], back["mergedInto"]]),
        json!(["Ada O.", "o@example.com", "Kite", null, null])
    );
    // twice changes nothing, and they can be merged again
    browser.post(&format!("{}/undo", path(&merge)), &Value::Null).await.assert_status(200);
    assert_eq!(read(&browser, &ada).await["version"], kept["version"]);
    let again = pair(&browser, &ada, &other).await;
    assert_ne!(again["id"], merge["id"]);
    accepted(&browser, &again, &other, &[]).await;
}

#[tokio::test]
async fn merges_are_undone_in_the_opposite_order() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let a = client(&browser, json!({ "name": "A" })).await;
    let b = client(&browser, json!({ "name": "B" })).await;
    let c = client(&browser, json!({ "name": "C" })).await;
    let first = pair(&browser, &a, &b).await;
    accepted(&browser, &first, &a, &[]).await;
    let second = pair(&browser, &c, &a).await;
    accepted(&browser, &second, &c, &[]).await;
    let refused = browser.post(&format!("{}/undo", path(&first)), &Value::Null).await;
    assert_eq!(refused.problem(409, "merged_further")["existingId"], c["id"]);
    browser.post(&format!("{}/undo", path(&second)), &Value::Null).await.assert_status(200);
    browser.post(&format!("{}/undo", path(&first)), &Value::Null).await.assert_status(200);
    for each in [&a, &b, &c] {
        assert_eq!(read(&browser, each).await["mergedInto"], Value::Null);
    }
    assert_eq!(browser.get("/api/clients").await.expect(200)["total"]["count"], 3);
}

#[tokio::test]
async fn an_address_that_somebody_else_has_by_now_is_in_the_way() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let ada = client(&browser, json!({ "name": "Ada", "email": "ada@example.com" })).await;
    let other = client(&browser, json!({ "name": "Ada O.", "email": "o@example.com" })).await;
    let merge = pair(&browser, &ada, &other).await;
    accepted(&browser, &merge, &ada, &[]).await;
    let holder = client(&browser, json!({ "name": "New", "email": "O@example.com" })).await;
    browser.post(&format!("{}/undo", path(&merge)), &Value::Null).await.problem(409, "duplicate_email");
    assert_eq!(read(&browser, &other).await["mergedInto"], ada["id"], "nothing was written");
    edit(&browser, &holder, json!({ "email": null })).await;
    browser.post(&format!("{}/undo", path(&merge)), &Value::Null).await.assert_status(200);
}
