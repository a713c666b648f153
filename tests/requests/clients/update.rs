use serde_json::{Value, json};
use support::TestApp;

#[tokio::test]
async fn changes_what_is_sent_and_keeps_the_rest() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made = browser
        .post("/api/clients", &json!({ "name": "Bo", "email": "bo@example.com", "phone": "123", "satisfaction": 3 }))
        .await
        .expect(201);
    let path = format!("/api/clients/{}", made["id"].as_str().unwrap());
    let changed = browser.patch(&path, &json!({ "version": 1, "name": "Bob", "phone": null })).await.expect(200);
    assert_eq!(
        (&changed["name"], &changed["phone"], &changed["email"]),
        (&json!("Bob"), &Value::Null, &json!("bo@example.com"))
    );
    assert_eq!((&changed["satisfaction"], &changed["version"]), (&json!(3), &json!(2)));

    let data: Value = sqlx::query_scalar("select data from audit_log where action = 'clients.update'")
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap();
    assert_eq!(data, json!({ "fields": ["name", "phone"] }), "the audit log copies no personal data");
}

#[tokio::test]
async fn nothing_new_changes_nothing() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made = browser.post("/api/clients", &json!({ "name": "Bo" })).await.expect(201);
    let path = format!("/api/clients/{}", made["id"].as_str().unwrap());
    assert_eq!(browser.patch(&path, &json!({ "version": 1, "name": "Bo " })).await.expect(200), made);
}

#[tokio::test]
async fn who_read_an_older_version_is_refused() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made = browser.post("/api/clients", &json!({ "name": "Bo" })).await.expect(201);
    let path = format!("/api/clients/{}", made["id"].as_str().unwrap());
    let (a, b) = (json!({ "version": 1, "name": "A" }), json!({ "version": 1, "name": "B" }));
    let (first, second) = tokio::join!(browser.patch(&path, &a), browser.patch(&path, &b));
    let loser = if first.status == 200 { second } else { first };
    loser.problem(409, "stale_version");
    browser.patch(&path, &json!({ "name": "C" })).await.problem(422, "invalid_body");
}

#[tokio::test]
async fn refuses_wrong_fields_taken_addresses_and_unknown_clients() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let other =
        browser.post("/api/clients", &json!({ "name": "Other", "email": "other@example.com" })).await.expect(201);
    let made = browser.post("/api/clients", &json!({ "name": "Bo" })).await.expect(201);
    let path = format!("/api/clients/{}", made["id"].as_str().unwrap());
    browser.patch(&path, &json!({ "version": 1, "name": "" })).await.wrong_fields(&[("name", "required")]);
    browser
        .patch(&path, &json!({ "version": 1, "budgetCurrency": "EUR" }))
        .await
        .wrong_fields(&[("budgetMinor", "required")]);
    let taken = browser.patch(&path, &json!({ "version": 1, "email": "Other@example.com" })).await;
    assert_eq!(taken.problem(409, "duplicate_email")["existingId"], other["id"]);
    let unknown = format!("/api/clients/{}", uuid::Uuid::new_v4());
    browser.patch(&unknown, &json!({ "version": 1 })).await.problem(404, "not_found");
    browser.patch(&path, &json!({ "version": 1, "surprise": true })).await.problem(422, "invalid_body");
}

#[tokio::test]
async fn what_cannot_be_emptied_is_refused_when_it_is_null() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made = browser.post("/api/clients", &json!({ "name": "Bo", "genres": ["Folk"] })).await.expect(201);
    let path = format!("/api/clients/{}", made["id"].as_str().unwrap());
    for field in ["name", "genres", "communication"] {
        let answer = browser.patch(&path, &json!({ "version": 1, field: null })).await;
        let detail = answer.problem(422, "invalid_body")["detail"].as_str().unwrap();
        assert!(detail.starts_with(&format!("{field}: ")), "{detail}");
    }
    assert_eq!(browser.get(&path).await.expect(200), made);
}

#[tokio::test]
async fn what_was_kept_under_older_rules_stays_and_keeps_nobody_from_changing_the_rest() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made = browser
        .post(
            "/api/clients",
            &json!({ "name": "Bo", "budgetMinor": { "min": 1, "max": 2 }, "budgetCurrency": "EUR", "genres": ["Folk"] }),
        )
        .await
        .expect(201);
    let path = format!("/api/clients/{}", made["id"].as_str().unwrap());
    let (name, email, company) = ("\u{200b}\u{202e}", "b\u{200b}o@example.com", "\u{202d}Bo's\u{202c}");
    sqlx::query(
        "update clients set name = $1, email = $2, company = $3, timezone = 'Mars/Base', budget_currency = 'HRK'",
    )
    .bind(name)
    .bind(email)
    .bind(company)
    .execute(&mut app.sql().await)
    .await
    .unwrap();

    let noted = browser.patch(&path, &json!({ "version": 1, "notes": "Call on Monday" })).await.expect(200);
    assert_eq!(noted["notes"], "Call on Monday");
    assert_eq!((&noted["name"], &noted["email"], &noted["company"]), (&json!(name), &json!(email), &json!(company)));
    assert_eq!((&noted["timezone"], &noted["budgetCurrency"]), (&json!("Mars/Base"), &json!("HRK")));
    // a form sends all its fields
    let all = json!({ "version": 2, "name": name, "email": email, "company": company, "timezone": "Mars/Base",
        "budgetMinor": { "min": 1, "max": 3 }, "budgetCurrency": "HRK", "phone": "123" });
    assert_eq!(browser.patch(&path, &all).await.expect(200)["budgetMinor"], json!({ "min": 1, "max": 3 }));
    let fields: Value =
        sqlx::query_scalar("select data->'fields' from audit_log where action = 'clients.update' order by id desc")
            .fetch_one(&mut app.sql().await)
            .await
            .unwrap();
    assert_eq!(fields, json!(["phone", "budgetMinor"]));

    let others = json!({ "version": 3, "name": "\u{200b}", "email": "\u{200b}bo@example.com", "timezone": "Mars/Moon",
        "budgetCurrency": "BGN" });
    browser.patch(&path, &others).await.wrong_fields(&[
        ("name", "required"),
        ("email", "not_an_email"),
        ("timezone", "unknown"),
        ("budgetCurrency", "unknown"),
    ]);
    browser
        .patch(&path, &json!({ "version": 3, "budgetCurrency": null }))
        .await
        .wrong_fields(&[("budgetCurrency", "required")]);
    browser
        .patch(&path, &json!({ "version": 3, "budgetMinor": null }))
        .await
        .wrong_fields(&[("budgetMinor", "required")]);
}
