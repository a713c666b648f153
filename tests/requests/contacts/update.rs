use serde_json::{Value, json};
use support::TestApp;

#[tokio::test]
async fn changes_what_is_sent_and_nothing_else() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let body = json!({ "name": "Bo", "email": "bo@example.com", "company": "Kite", "title": "Singer" });
    let made = browser.post("/api/contacts", &body).await.expect(201);
    let path = format!("/api/contacts/{}", made["id"].as_str().unwrap());
    let change = json!({ "version": 1, "access": "billing", "title": null });
    let changed = browser.patch(&path, &change).await.expect(200);
    assert_eq!(
        (&changed["access"], &changed["title"], &changed["company"], &changed["version"]),
        (&json!("billing"), &Value::Null, &json!("Kite"), &json!(2))
    );
    browser.patch(&path, &json!({ "version": 1, "name": "Late" })).await.problem(409, "stale_version");
    assert_eq!(browser.get(&path).await.expect(200), changed);
    browser.patch(&path, &json!({ "version": 2, "access": "all" })).await.assert_status(422);
    let data: Value = sqlx::query_scalar("select data from audit_log where action = 'contacts.update'")
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap();
    assert_eq!(data, json!({ "fields": ["title", "access"] }), "the audit log holds no personal data");
}

#[tokio::test]
async fn an_address_belongs_to_one_contact() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let bo = browser.post("/api/contacts", &json!({ "name": "Bo", "email": "bo@example.com" })).await.expect(201);
    let ada = browser.post("/api/contacts", &json!({ "name": "Ada" })).await.expect(201);
    let path = format!("/api/contacts/{}", ada["id"].as_str().unwrap());
    let refused = browser.patch(&path, &json!({ "version": 1, "email": "BO@example.com" })).await;
    assert_eq!(refused.problem(409, "duplicate_email")["existingId"], bo["id"]);
    browser.patch(&path, &json!({ "version": 1, "email": "ada@example.com" })).await.assert_status(200);
}

#[tokio::test]
async fn who_changes_company_leaves_the_old_one_to_the_next() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let add =
        async |name: &str| browser.post("/api/contacts", &json!({ "name": name, "company": "Kite" })).await.expect(201);
    let (bo, ada) = (add("Bo").await, add("Ada").await);
    let path = format!("/api/contacts/{}", bo["id"].as_str().unwrap());
    let moved = browser.patch(&path, &json!({ "version": 1, "company": "Wren" })).await.expect(200);
    assert_eq!((&moved["company"], &moved["isPrimary"]), (&json!("Wren"), &json!(true)));
    let kite = browser.get(&format!("/api/companies/{}", bo["companyId"].as_str().unwrap())).await.expect(200);
    assert_eq!(kite["company"]["primaryContactId"], ada["id"]);
    let alone = browser.patch(&path, &json!({ "version": 2, "company": null })).await.expect(200);
    assert_eq!((&alone["companyId"], &alone["isPrimary"]), (&Value::Null, &json!(false)));
    let wren = browser.get(&format!("/api/companies/{}", moved["companyId"].as_str().unwrap())).await.expect(200);
    assert_eq!((&wren["company"]["primaryContactId"], &wren["company"]["contacts"]), (&Value::Null, &json!(0)));
}
