use serde_json::{Value, json};
use support::TestApp;

use super::{path, upload};

#[tokio::test]
async fn keeps_the_mapping_and_asks_for_the_plan() {
    let app = TestApp::start().await;
    app.leave_jobs();
    let browser = app.owner("Nina").await;
    let made = upload(&browser, "x.csv", "Name,Mail\nAda,ada@example.com\n").await.expect(201);
    let path = path(&made);
    let mapping = json!({ "0": "name", "1": "email" });
    let started = browser.post(&format!("{path}/start"), &json!({ "mapping": mapping })).await.expect(202);
    assert_eq!(started["state"], "planning");
    assert_eq!(started["mapping"], mapping);
    assert!(started["startedAt"].is_string());

    let (kind, workspace): (String, uuid::Uuid) =
        sqlx::query_as("select kind, workspace_id from jobs where args ->> 'import_id' = $1")
            .bind(made["id"].as_str().unwrap())
            .fetch_one(&mut app.sql().await)
            .await
            .unwrap();
    assert_eq!((kind.as_str(), workspace), ("imports.plan", browser.workspace_id().await));

    let again = browser.post(&format!("{path}/start"), &json!({ "mapping": mapping })).await;
    again.problem(409, "already_started");
    let rows: (i64, i64, i64) = sqlx::query_as(
        "select (select count(*) from jobs where kind = 'imports.plan'),
           (select count(*) from audit_log where action = 'imports.start'),
           (select count(*) from events where kind = 'import_started')",
    )
    .fetch_one(&mut app.sql().await)
    .await
    .unwrap();
    assert_eq!(rows, (1, 1, 1));
}

#[tokio::test]
async fn a_wrong_mapping_starts_nothing() {
    let app = TestApp::start().await;
    app.leave_jobs();
    let browser = app.owner("Nina").await;
    let made = upload(&browser, "x.csv", "Name,Mail\nAda,ada@example.com\n").await.expect(201);
    let start = format!("{}/start", path(&made));
    for (mapping, wrong) in [
        (json!({}), ("mapping", "no_name")),
        (json!({ "0": "company" }), ("mapping", "no_name")),
        (json!({ "0": "name", "2": "email" }), ("mapping.2", "no_such_column")),
        (json!({ "0": "name", "1": "shoeSize" }), ("mapping.1", "no_such_field")),
        (json!({ "0": "name", "1": "name" }), ("mapping.1", "mapped_twice")),
    ] {
        browser.post(&start, &json!({ "mapping": mapping })).await.wrong_fields(&[wrong]);
    }
    browser.post(&start, &json!({ "mapping": { "0": 1 } })).await.problem(422, "invalid_body");
    browser.post(&start, &json!({ "columns": {} })).await.problem(422, "invalid_body");
    assert_eq!(browser.get(&path(&made)).await.expect(200)["state"], "uploaded");
    browser.post(&start, &json!({ "mapping": { "1": "email" } })).await.assert_status(202);
}

#[tokio::test]
async fn first_and_last_name_together_are_a_name() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made =
        upload(&browser, "x.csv", "First name,Last name,City\nAda,Okafor,Oslo\n,Marsh,\n,,Rome\n").await.expect(201);
    assert_eq!((&made["columns"][0]["guess"], &made["columns"][1]["guess"]), (&json!("firstName"), &json!("lastName")));
    let path = path(&made);
    let mapping = json!({ "mapping": { "0": "firstName", "1": "lastName", "2": "notes" } });
    browser.post(&format!("{path}/start"), &mapping).await.assert_status(202);
    app.run_pending().await;
    let clients = browser.get("/api/clients?sort=name").await.expect(200);
    let names: Vec<&Value> = clients["clients"].as_array().unwrap().iter().map(|client| &client["name"]).collect();
    assert_eq!(names, ["Ada Okafor", "Marsh"]);
    let rejects = browser.get(&format!("{path}/rows?outcome=rejected")).await.expect(200);
    assert_eq!(rejects["rows"][0]["reasons"], json!([{ "field": "name", "message": "The name must not be empty." }]));
}
