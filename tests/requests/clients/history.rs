use reqwest::Method;
use serde_json::{Value, json};
use support::{Browser, TestApp};

async fn history(browser: &Browser, path: &str) -> Vec<Value> {
    browser.get(&format!("{path}/history")).await.expect(200)["events"].as_array().unwrap().clone()
}

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["kind"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn tells_who_did_what_and_what_stood_there_before() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    let otto = app.member(&nina, "Otto", "member").await;
    let made = nina.post("/api/clients", &json!({ "name": "Bo", "phone": "1234567" })).await.expect(201);
    let path = format!("/api/clients/{}", made["id"].as_str().unwrap());
    let change = json!({ "version": 1, "name": "Bob", "phone": null, "genres": ["Folk", "Jazz"],
        "budgetMinor": { "min": 150_000, "max": 480_050 }, "budgetCurrency": "EUR", "satisfaction": 4,
        "communication": { "email": true, "sms": true, "phone": false } });
    otto.patch(&path, &change).await.assert_status(200);
    nina.post(&format!("{path}/archive"), &Value::Null).await.assert_status(200);
    nina.post(&format!("{path}/restore"), &Value::Null).await.assert_status(200);

    let events = history(&nina, &path).await;
    assert_eq!(kinds(&events), ["restored", "archived", "updated", "created"]);
    assert_eq!((&events[2]["by"], &events[3]["by"]), (&json!("Otto"), &json!("Nina")));
    let field = |field: &str, from: Value, to: Value| json!({ "field": field, "from": from, "to": to });
    assert_eq!(
        events[2]["changes"],
        json!([
            field("name", json!("Bo"), json!("Bob")),
            field("phone", json!("1234567"), Value::Null),
            field("genres", Value::Null, json!("Folk, Jazz")),
            field("budgetMinor", Value::Null, json!("1500.00 to 4800.50 EUR")),
            field("communication", json!("email"), json!("email, text message")),
            field("satisfaction", Value::Null, json!("4")),
        ])
    );
    assert_eq!((&events[3]["changes"], &events[3]["import"]), (&json!([]), &Value::Null));

    let audited: Vec<Value> = sqlx::query_scalar("select data from audit_log where action = 'clients.update'")
        .fetch_all(&mut app.sql().await)
        .await
        .unwrap();
    assert!(!audited[0].to_string().contains("Bob"), "what operators read holds no personal data");
}

#[tokio::test]
async fn comes_in_pages() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made = browser.post("/api/clients", &json!({ "name": "Client 1" })).await.expect(201);
    let path = format!("/api/clients/{}", made["id"].as_str().unwrap());
    for version in 1..=4 {
        let change = json!({ "version": version, "name": format!("Client {}", version + 1) });
        browser.patch(&path, &change).await.assert_status(200);
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = browser.get(&format!("{path}/history?limit=2{cursor}")).await.expect(200);
        seen.extend(page["events"].as_array().unwrap().clone());
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(kinds(&seen), ["updated", "updated", "updated", "updated", "created"]);
    let names: Vec<&Value> = seen[..4].iter().map(|event| &event["changes"][0]["to"]).collect();
    assert_eq!(names, ["Client 5", "Client 4", "Client 3", "Client 2"]);
    browser.get(&format!("{path}/history?cursor=e30")).await.problem(400, "invalid_cursor");
    let unknown = format!("/api/clients/{}/history", uuid::Uuid::new_v4());
    browser.get(&unknown).await.problem(404, "not_found");
}

#[tokio::test]
async fn a_change_by_an_import_is_told_once_with_what_stood_there_before() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    let made = nina.post("/api/clients", &json!({ "name": "Ada", "email": "ada@example.test" })).await.expect(201);
    let path = format!("/api/clients/{}", made["id"].as_str().unwrap());
    let request = nina.request(Method::POST, "/api/imports?filename=people.csv").header("content-type", "text/csv");
    let file = "name,email,company\nAda,ada@example.test,Kite\n";
    let id = nina.send(request.body(file)).await.expect(201)["id"].as_str().unwrap().to_owned();
    let start = json!({ "mapping": { "0": "name", "1": "email", "2": "company" }, "duplicates": "fillEmpty" });
    nina.post(&format!("/api/imports/{id}/start"), &start).await.assert_status(202);
    app.run_pending().await;

    let events = history(&nina, &path).await;
    assert_eq!(kinds(&events), ["updatedByImport", "created"]);
    assert_eq!(events[0]["by"], "Nina");
    assert_eq!(events[0]["import"], json!({ "id": id, "filename": "people.csv", "row": 2 }));
    assert_eq!(events[0]["changes"], json!([{ "field": "company", "from": null, "to": "Kite" }]));

    nina.post(&format!("/api/imports/{id}/undo"), &json!({})).await.assert_status(202);
    app.run_pending().await;
    let events = history(&nina, &path).await;
    assert_eq!(kinds(&events), ["importUndone", "updatedByImport", "created"]);
    assert_eq!(events[0]["import"]["filename"], "people.csv");
}

#[tokio::test]
async fn names_the_file_and_the_row_that_a_client_came_from() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let request = browser.request(Method::POST, "/api/imports?filename=people.csv").header("content-type", "text/csv");
    let import = browser.send(request.body("name\nAda\nBo\n")).await.expect(201);
    let start = format!("/api/imports/{}/start", import["id"].as_str().unwrap());
    browser.post(&start, &json!({ "mapping": { "0": "name" } })).await.assert_status(202);
    app.run_pending().await;
    // as an import that knows its rows leaves them
    sqlx::query("update clients set import_id = $1::text::uuid, import_row = 3 where name = 'Bo'")
        .bind(import["id"].as_str().unwrap())
        .execute(&mut app.sql().await)
        .await
        .unwrap();

    let found = browser.get("/api/clients?search=bo").await.expect(200);
    let path = format!("/api/clients/{}", found["clients"][0]["id"].as_str().unwrap());
    let events = history(&browser, &path).await;
    assert_eq!(kinds(&events), ["imported"]);
    assert_eq!(events[0]["by"], "Nina");
    assert_eq!(events[0]["import"], json!({ "id": import["id"], "filename": "people.csv", "row": 3 }));
}
