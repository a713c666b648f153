use serde_json::{Value, json};
use support::TestApp;

use super::{id, kinds, of, project, read};

#[tokio::test]
async fn keeps_every_field_and_opens_with_its_submission() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let body = json!({
        "contact": { "name": "Ada", "email": "ada@example.com", "company": "Öberg AB" }, "title": " Album ",
        "description": "Ten songs", "projectType": "Mixing", "amountMinor": 120_000, "currency": "sek",
        "deadline": "2027-03-01T12:00:00Z", "estimatedDays": 14, "licenceRequired": true, "originalsOpen": "milestones",
        "paysMilestonesInOrder": true,
    });
    let made = browser.post("/api/projects", &body).await.expect(201);
    assert_eq!(made["title"], "Album");
    assert_eq!(made["currency"], "SEK");
    assert_eq!((&made["state"], &made["stage"]), (&json!("open"), &json!("setup")));
    for key in [
        "description",
        "projectType",
        "amountMinor",
        "deadline",
        "estimatedDays",
        "licenceRequired",
        "originalsOpen",
        "paysMilestonesInOrder",
    ] {
        assert_eq!(made[key], body[key], "{key}");
    }
    assert_eq!(made["client"]["email"], "ada@example.com");
    assert_eq!(made["contact"]["name"], "Ada");
    assert_eq!(made["submission"]["number"], 1);
    assert_eq!((&made["submission"]["state"], &made["submission"]["round"]), (&json!("in_progress"), &json!(0)));
    assert_eq!(made["isProposalImplicit"], true);
    assert_eq!((&made["totals"]["openMinor"], &made["totals"]["unplannedMinor"]), (&json!(120_000), &json!(120_000)));
    assert_eq!(read(&browser, &made).await, made);
    assert_eq!(kinds(&browser, &made).await, ["project_created"]);

    let (state, total, payment): (String, i64, i64) = sqlx::query_as(
        "select o.state, v.total_minor, y.amount_minor from proposals o
           join proposal_versions v on v.proposal_id = o.id and v.version = o.current_version
           join payments y on y.proposal_id = o.id and y.due = 'completion' and y.state = 'pending'
         where o.is_implicit",
    )
    .fetch_one(&mut app.sql().await)
    .await
    .unwrap();
    assert_eq!((state.as_str(), total, payment), ("active", 120_000, 120_000));
}

#[tokio::test]
async fn a_contact_is_found_by_the_address_and_a_client_by_the_id() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let first = project(&app, &browser, 100).await;
    let second = project(&app, &browser, 200).await;
    assert_eq!(first["contact"], second["contact"]);
    assert_eq!(first["client"], second["client"]);
    assert_ne!(first["proposalId"], second["proposalId"]);

    let known = json!({ "contactId": first["contact"]["id"], "title": "More", "amountMinor": 0, "currency": "EUR" });
    assert_eq!(browser.post("/api/projects", &known).await.expect(201)["contact"], first["contact"]);
    let of_client = json!({ "clientId": first["client"]["id"], "title": "More", "amountMinor": 0, "currency": "EUR" });
    assert_eq!(browser.post("/api/projects", &of_client).await.expect(201)["contact"], first["contact"]);

    // a client without a contact gets one
    let bo = browser.post("/api/clients", &json!({ "name": "Bo", "email": "bo@example.com" })).await.expect(201);
    let of_bo = json!({ "clientId": bo["id"], "title": "Kitchen", "amountMinor": 1, "currency": "JPY" });
    let made = browser.post("/api/projects", &of_bo).await.expect(201);
    assert_eq!((&made["client"]["id"], &made["contact"]["email"]), (&bo["id"], &json!("bo@example.com")));
}

#[tokio::test]
async fn names_every_wrong_field() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let wrong = json!({
        "title": " ", "description": "x".repeat(20_001), "projectType": "x".repeat(101), "amountMinor": -1,
        "currency": "XAU", "deadline": "0001-01-01T00:00:00Z", "estimatedDays": 0,
    });
    browser.post("/api/projects", &wrong).await.wrong_fields(&[
        ("contact", "required"),
        ("title", "required"),
        ("description", "too_long"),
        ("projectType", "too_long"),
        ("amountMinor", "out_of_range"),
        ("currency", "unknown"),
        ("deadline", "out_of_range"),
        ("estimatedDays", "out_of_range"),
    ]);
    let contact = json!({
        "contact": { "name": "", "email": "a@b" }, "title": "x", "amountMinor": 100_000_000_000_001i64, "currency": "EUR",
    });
    browser.post("/api/projects", &contact).await.wrong_fields(&[("amountMinor", "out_of_range")]);
    let contact =
        json!({ "contact": { "name": "", "email": "a@b" }, "title": "x", "amountMinor": 1, "currency": "EUR" });
    let refused = browser.post("/api/projects", &contact).await;
    refused.wrong_fields(&[("contact.name", "required"), ("contact.email", "not_an_email")]);
    let none: i64 = sqlx::query_scalar("select count(*) from proposals").fetch_one(&mut app.sql().await).await.unwrap();
    assert_eq!(none, 0, "nothing is left of what was refused");
}

#[tokio::test]
async fn is_not_for_people_of_another_workspace_or_who_are_archived() {
    let app = TestApp::start().await;
    let (nina, otto) = (app.owner("Nina").await, app.owner("Otto").await);
    let theirs = project(&app, &otto, 100).await;
    for (key, side) in [("contactId", "contact"), ("clientId", "client")] {
        let body = json!({ key: theirs[side]["id"], "title": "x", "amountMinor": 1, "currency": "EUR" });
        nina.post("/api/projects", &body).await.problem(404, "not_found");
    }
    let mine = project(&app, &nina, 100).await;
    let archive = format!("/api/clients/{}/archive", mine["client"]["id"].as_str().unwrap());
    nina.post(&archive, &json!({})).await.assert_status(200);
    let body = json!({ "contactId": mine["contact"]["id"], "title": "x", "amountMinor": 1, "currency": "EUR" });
    let refused = nina.post("/api/projects", &body).await;
    assert_eq!(refused.problem(409, "contact_archived")["existingId"], mine["contact"]["id"]);
}

#[tokio::test]
async fn a_draft_is_opened_before_anything_is_handed_in() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let body = json!({
        "contact": { "name": "Ada" }, "title": "Album", "amountMinor": 1, "currency": "EUR", "isDraft": true,
    });
    let made = browser.post("/api/projects", &body).await.expect(201);
    assert_eq!(made["state"], "draft");
    app.add_file(id(&made["id"])).await;
    let refused = browser.post(&super::submission(&made, "/submit"), &json!({})).await;
    assert!(refused.problem(409, "wrong_state")["detail"].as_str().unwrap().contains("`draft`"));
    assert_eq!(browser.post(&of(&made, "/open"), &Value::Null).await.expect(200)["state"], "open");
    browser.post(&of(&made, "/open"), &Value::Null).await.problem(409, "wrong_state");
    browser.post(&super::submission(&made, "/submit"), &json!({})).await.assert_status(200);
    assert_eq!(
        kinds(&browser, &made).await,
        ["project_created", "project_opened", "project_started", "submission_submitted"]
    );
}
