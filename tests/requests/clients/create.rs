use serde_json::{Value, json};
use support::TestApp;

#[tokio::test]
async fn keeps_every_field() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let full = json!({
        "name": " Åsa Öberg ", "email": "asa@example.com", "company": "Öberg AB", "phone": "+46 (8) 123-45",
        "timezone": "Europe/Stockholm", "genres": ["Folk", " folk ", "Jazz"], "budgetMinor": { "min": 10_000, "max": 250_000 },
        "budgetCurrency": "sek", "communication": { "email": false, "sms": true, "phone": true }, "satisfaction": 4,
        "referralSource": "Otto", "notes": "Two\nlines",
    });
    let made = browser.post("/api/clients", &full).await.expect(201);
    assert_eq!(made["name"], "Åsa Öberg");
    assert_eq!(made["genres"], json!(["Folk", "Jazz"]));
    assert_eq!(made["budgetCurrency"], "SEK");
    assert_eq!(made["notes"], "Two\nlines");
    assert_eq!(made["version"], 1);
    assert_eq!(made["archivedAt"], Value::Null);
    for key in
        ["email", "company", "phone", "timezone", "budgetMinor", "communication", "satisfaction", "referralSource"]
    {
        assert_eq!(made[key], full[key], "{key}");
    }
    let path = format!("/api/clients/{}", made["id"].as_str().unwrap());
    assert_eq!(browser.get(&path).await.expect(200), made);

    let rows: (i64, i64) = sqlx::query_as(
        "select (select count(*) from audit_log where action = 'clients.create' and request_id is not null),
           (select count(*) from events where kind = 'client_created')",
    )
    .fetch_one(&mut app.sql().await)
    .await
    .unwrap();
    assert_eq!(rows, (1, 1));
}

#[tokio::test]
async fn needs_only_a_name() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made = browser.post("/api/clients", &json!({ "name": "Bo", "email": "  ", "company": "" })).await.expect(201);
    for key in [
        "email",
        "company",
        "phone",
        "timezone",
        "budgetMinor",
        "budgetCurrency",
        "satisfaction",
        "referralSource",
        "notes",
    ] {
        assert_eq!(made[key], Value::Null, "{key}");
    }
    assert_eq!(made["communication"], json!({ "email": true, "sms": false, "phone": false }));
    browser.post("/api/clients", &json!({ "name": "Without an address, too" })).await.assert_status(201);
}

#[tokio::test]
async fn names_every_wrong_field() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let wrong = json!({
        "name": "", "email": "a@b", "company": "x".repeat(256), "phone": "call me", "timezone": "Mars/Olympus",
        "genres": (0..21).map(|n| format!("genre {n}")).collect::<Vec<_>>(), "budgetMinor": { "min": 5, "max": 4 },
        "satisfaction": 6, "referralSource": "a\nb", "notes": "x".repeat(10_001),
    });
    browser.post("/api/clients", &wrong).await.wrong_fields(&[
        ("name", "required"),
        ("email", "not_an_email"),
        ("company", "too_long"),
        ("phone", "not_a_phone"),
        ("timezone", "unknown"),
        ("genres", "too_many"),
        ("budgetMinor", "out_of_range"),
        ("budgetCurrency", "required"),
        ("satisfaction", "out_of_range"),
        ("referralSource", "bad_characters"),
        ("notes", "too_long"),
    ]);
    // files of clients part genres at semicolons
    let list = json!({ "name": "Ada", "genres": ["House; Techno"] });
    browser.post("/api/clients", &list).await.wrong_fields(&[("genres", "bad_characters")]);
    let half = json!({ "name": "Bo", "budgetCurrency": "euro" });
    browser
        .post("/api/clients", &half)
        .await
        .wrong_fields(&[("budgetCurrency", "unknown"), ("budgetMinor", "required")]);
    browser.post("/api/clients", &json!({ "name": "Bo\u{0}" })).await.wrong_fields(&[("name", "bad_characters")]);
    let huge = json!({ "name": "Bo", "budgetMinor": { "min": 0, "max": i64::MAX }, "budgetCurrency": "EUR" });
    browser.post("/api/clients", &huge).await.wrong_fields(&[("budgetMinor", "out_of_range")]);
}

#[tokio::test]
async fn an_address_has_one_client_in_a_workspace() {
    let app = TestApp::start().await;
    let (nina, otto) = (app.owner("Nina").await, app.owner("Otto").await);
    let bo = json!({ "name": "Bo", "email": "bo@example.com" });
    let made = nina.post("/api/clients", &bo).await.expect(201);
    let again = nina.post("/api/clients", &json!({ "name": "Bo again", "email": "BO@example.com" })).await;
    let problem = again.problem(409, "duplicate_email");
    assert_eq!(problem["existingId"], made["id"]);
    assert_eq!(problem["errors"][0]["field"], "email");
    otto.post("/api/clients", &bo).await.assert_status(201);

    let (first, second) =
        (json!({ "name": "A", "email": "race@example.com" }), json!({ "name": "B", "email": "race@example.com" }));
    let (first, second) = tokio::join!(nina.post("/api/clients", &first), nina.post("/api/clients", &second));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
}

#[tokio::test]
async fn a_budget_is_in_a_currency_that_people_pay_with_today() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let in_currency =
        |code: &str| json!({ "name": "Bo", "budgetMinor": { "min": 0, "max": 1 }, "budgetCurrency": code });
    for today in ["EUR", "USD", "JPY", "XOF", "XCG", "SLE", "ZWG", "VED", "VES"] {
        let made = browser.post("/api/clients", &in_currency(today)).await.expect(201);
        assert_eq!(made["budgetCurrency"], today);
    }
    // made up, replaced, a fund, a metal, none at all
    for other in ["ZZZ", "HRK", "BGN", "ANG", "SLL", "ZWL", "CHE", "XAU", "XXX"] {
        browser.post("/api/clients", &in_currency(other)).await.wrong_fields(&[("budgetCurrency", "unknown")]);
    }
}

#[tokio::test]
async fn a_taken_address_needs_no_second_connection() {
    let app = TestApp::start_with(json!({ "database": { "max_connections": 1 } })).await;
    let browser = app.owner("Nina").await;
    let bo = json!({ "name": "Bo", "email": "bo@example.com" });
    let made = browser.post("/api/clients", &bo).await.expect(201);
    let again = browser.post("/api/clients", &bo).await;
    assert_eq!(again.problem(409, "duplicate_email")["existingId"], made["id"]);
}
