use serde_json::{Value, json};
use support::TestApp;

#[tokio::test]
async fn puts_a_contact_away_and_back() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let body = json!({ "name": "Bo", "email": "bo@example.com", "company": "Kite" });
    let bo = browser.post("/api/contacts", &body).await.expect(201);
    let ada = browser.post("/api/contacts", &json!({ "name": "Ada", "company": "Kite" })).await.expect(201);
    let path = format!("/api/contacts/{}", bo["id"].as_str().unwrap());
    let away = browser.post(&format!("{path}/archive"), &Value::Null).await.expect(200);
    assert!(away["archivedAt"].is_string());
    assert_eq!(browser.post(&format!("{path}/archive"), &Value::Null).await.expect(200), away, "twice is once");
    let company = format!("/api/companies/{}", bo["companyId"].as_str().unwrap());
    let kite = browser.get(&company).await.expect(200);
    assert_eq!(
        (&kite["company"]["primaryContactId"], &kite["company"]["contacts"]),
        (&ada["id"], &json!(1)),
        "the next one is turned to"
    );
    let listed = browser.get("/api/contacts").await.expect(200);
    assert_eq!(listed["contacts"].as_array().unwrap().len(), 1);

    let other = browser.post("/api/contacts", &json!({ "name": "Bo", "email": "bo@example.com" })).await.expect(201);
    let refused = browser.post(&format!("{path}/restore"), &Value::Null).await;
    assert_eq!(refused.problem(409, "duplicate_email")["existingId"], other["id"]);
    let other = format!("/api/contacts/{}/archive", other["id"].as_str().unwrap());
    browser.post(&other, &Value::Null).await.assert_status(200);
    let back = browser.post(&format!("{path}/restore"), &Value::Null).await.expect(200);
    assert_eq!((&back["archivedAt"], &back["isPrimary"]), (&Value::Null, &json!(false)));
}
