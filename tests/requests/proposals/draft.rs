use serde_json::{Value, json};
use support::TestApp;

use super::{draft, path, plan, sent};

#[tokio::test]
async fn is_written_for_a_contact_and_read_back() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let plan = plan();
    let made = draft(&browser, &plan).await;
    assert_eq!(
        (&made["state"], &made["currency"], &made["contactName"], &made["totalMinor"], &made["sentVersion"]),
        (&json!("draft"), &json!("EUR"), &json!("Bo"), &json!(100_000), &Value::Null)
    );
    assert_eq!((&made["milestonesMinor"], &made["instalmentsMinor"]), (&json!(100_000), &json!(100_000)));
    assert_eq!(made["plan"]["milestones"][0]["phaseId"], plan["phases"][0]["id"]);
    assert_eq!(made["plan"]["instalments"][1]["milestoneId"], plan["milestones"][0]["id"]);
    assert_eq!(browser.get(&path(&made)).await.expect(200), made);

    let known = json!({ "title": "Another", "contactId": made["contactId"], "currency": "EUR" });
    let another = browser.post("/api/proposals", &known).await.expect(201);
    assert_eq!((&another["clientId"], &another["plan"]["totalMinor"]), (&made["clientId"], &json!(0)));
}

#[tokio::test]
async fn says_what_is_wrong_where() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let mut plan = plan();
    plan["totalMinor"] = json!(-1);
    plan["phases"][0]["endsOn"] = json!("2026-12-31");
    plan["milestones"][0]["phaseId"] = json!(uuid::Uuid::new_v4());
    plan["milestones"][1]["title"] = json!(" ");
    plan["instalments"][0]["due"] = json!("date");
    plan["instalments"][1]["amountMinor"] = json!(0);
    let body = json!({ "title": "", "currency": "XXX", "plan": plan });
    browser.post("/api/proposals", &body).await.wrong_fields(&[
        ("title", "required"),
        ("currency", "unknown"),
        ("plan.totalMinor", "out_of_range"),
        ("plan.phases.0.endsOn", "before_start"),
        ("plan.milestones.0.phaseId", "unknown"),
        ("plan.milestones.1.title", "required"),
        ("plan.instalments.0.dueOn", "required"),
        ("plan.instalments.1.amountMinor", "out_of_range"),
        ("contactId", "required"),
    ]);
    let past =
        json!({ "title": "A", "currency": "EUR", "contact": { "name": "Bo" }, "validUntil": "2020-01-01T00:00:00Z" });
    browser.post("/api/proposals", &past).await.wrong_fields(&[("validUntil", "past")]);
    let contact = json!({ "title": "A", "currency": "EUR", "contact": { "name": "Bo", "email": "x" } });
    browser.post("/api/proposals", &contact).await.wrong_fields(&[("contact.email", "not_an_email")]);
    let unknown = json!({ "title": "A", "currency": "EUR", "contactId": uuid::Uuid::new_v4() });
    browser.post("/api/proposals", &unknown).await.wrong_fields(&[("contactId", "unknown")]);
}

#[tokio::test]
async fn is_changed_by_one_at_a_time() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made = draft(&browser, &plan()).await;
    let change = json!({ "version": 1, "title": "Two records", "currency": "usd" });
    let changed = browser.patch(&path(&made), &change).await.expect(200);
    assert_eq!(
        (&changed["title"], &changed["currency"], &changed["currentVersion"], &changed["plan"]),
        (&json!("Two records"), &json!("USD"), &json!(1), &made["plan"])
    );
    browser.patch(&path(&made), &change).await.problem(409, "stale_version");
    let same = browser.patch(&path(&made), &json!({ "version": 2, "plan": made["plan"] })).await.expect(200);
    assert_eq!(same["version"], 2, "nothing was different");
}

#[tokio::test]
async fn lists_are_narrowed_and_come_in_pages() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let first = sent(&app, &browser).await;
    let second = draft(&browser, &plan()).await;
    let ids = |page: &Value| -> Vec<Value> {
        page["proposals"].as_array().unwrap().iter().map(|each| each["id"].clone()).collect()
    };
    let page = browser.get("/api/proposals?limit=1").await.expect(200);
    assert_eq!(ids(&page), [second["id"].clone()], "newest first");
    let next = format!("/api/proposals?limit=1&cursor={}", page["nextCursor"].as_str().unwrap());
    assert_eq!(ids(&browser.get(&next).await.expect(200)), [first["id"].clone()]);
    assert_eq!(ids(&browser.get("/api/proposals?state=sent").await.expect(200)), [first["id"].clone()]);
    assert_eq!(ids(&browser.get("/api/proposals?search=KITE").await.expect(200)), Vec::<Value>::new());
    assert_eq!(ids(&browser.get("/api/proposals?search=record%20bo").await.expect(200)).len(), 2);
    let client = first["clientId"].as_str().unwrap();
    assert_eq!(ids(&browser.get(&format!("/api/proposals?clientId={client}")).await.expect(200)).len(), 2);
    browser.get("/api/proposals?state=lost").await.problem(400, "invalid_query");
}
