use serde_json::{Value, json};
use support::TestApp;

#[tokio::test]
async fn puts_a_client_away_and_back() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made = browser.post("/api/clients", &json!({ "name": "Bo", "email": "bo@example.com" })).await.expect(201);
    let path = format!("/api/clients/{}", made["id"].as_str().unwrap());
    let archived = browser.post(&format!("{path}/archive"), &Value::Null).await.expect(200);
    assert!(archived["archivedAt"].is_string());
    let again = browser.post(&format!("{path}/archive"), &Value::Null).await.expect(200);
    assert_eq!(again, archived, "twice is once");
    let restored = browser.post(&format!("{path}/restore"), &Value::Null).await.expect(200);
    assert_eq!((&restored["archivedAt"], &restored["version"]), (&Value::Null, &json!(3)));

    let kinds: Vec<String> =
        sqlx::query_scalar("select kind from events where subject_kind = 'client' order by at, id")
            .fetch_all(&mut app.sql().await)
            .await
            .unwrap();
    assert_eq!(kinds, ["client_created", "client_archived", "client_restored"]);
}

#[tokio::test]
async fn an_archived_client_frees_its_address_until_it_wants_it_back() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let bo = json!({ "name": "Bo", "email": "bo@example.com" });
    let first = browser.post("/api/clients", &bo).await.expect(201);
    let path = format!("/api/clients/{}", first["id"].as_str().unwrap());
    browser.post(&format!("{path}/archive"), &Value::Null).await.assert_status(200);
    let second = browser.post("/api/clients", &bo).await.expect(201);
    let refused = browser.post(&format!("{path}/restore"), &Value::Null).await;
    assert_eq!(refused.problem(409, "duplicate_email")["existingId"], second["id"]);
}

#[tokio::test]
async fn unknown_clients_are_not_found() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    for verb in ["archive", "restore"] {
        let path = format!("/api/clients/{}/{verb}", uuid::Uuid::new_v4());
        browser.post(&path, &Value::Null).await.problem(404, "not_found");
    }
}
