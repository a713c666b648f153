use serde_json::{Value, json};
use support::TestApp;

use super::{draft, kinds, path, plan, send, sent};

#[tokio::test]
async fn sums_must_fit_and_the_contact_must_have_an_address() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let mut wrong = plan();
    wrong["totalMinor"] = json!(90_000);
    let contact = json!({ "name": "Nobody" });
    let body = json!({ "title": "A", "contact": contact, "currency": "EUR", "plan": wrong });
    let proposal = browser.post("/api/proposals", &body).await.expect(201);
    let refused = browser.post(&format!("{}/send", path(&proposal)), &json!({ "version": 1 })).await;
    refused.wrong_fields(&[
        ("contactId", "no_email"),
        ("plan.milestones", "over_total"),
        ("plan.instalments", "not_total"),
    ]);
    assert_eq!(browser.get(&path(&proposal)).await.expect(200)["state"], "draft");
}

#[tokio::test]
async fn what_was_sent_stays_until_the_next_version_is_sent() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let proposal = sent(&app, &browser).await;
    assert_eq!((&proposal["state"], &proposal["sentVersion"]), (&json!("sent"), &json!(1)));
    let again = browser.post(&format!("{}/send", path(&proposal)), &json!({ "version": proposal["version"] })).await;
    again.problem(409, "nothing_to_send");

    let mut cheaper = proposal["plan"].clone();
    cheaper["totalMinor"] = json!(90_000);
    cheaper["milestones"][1]["amountMinor"] = json!(30_000);
    cheaper["instalments"][1]["amountMinor"] = json!(60_000);
    let change = json!({ "version": proposal["version"], "title": "A cheaper record", "plan": cheaper });
    let edited = browser.patch(&path(&proposal), &change).await.expect(200);
    assert_eq!(
        (&edited["state"], &edited["currentVersion"], &edited["sentVersion"], &edited["title"], &edited["planTitle"]),
        (&json!("sent"), &json!(2), &json!(1), &json!("A record"), &json!("A cheaper record"))
    );
    let first = browser.get(&format!("{}?planVersion=1", path(&proposal))).await.expect(200);
    assert_eq!((&first["plan"], &first["planTitle"]), (&proposal["plan"], &json!("A record")));
    browser.get(&format!("{}?planVersion=3", path(&proposal))).await.problem(404, "not_found");

    let resent = send(&app, &browser, &edited).await;
    assert_eq!(
        (&resent["sentVersion"], &resent["title"], &resent["totalMinor"]),
        (&json!(2), &json!("A cheaper record"), &json!(90_000))
    );
    assert_eq!(kinds(&browser, &proposal).await, ["created", "sent", "version_begun", "sent"]);

    let moved = json!({ "version": resent["version"], "currency": "USD" });
    browser.patch(&path(&proposal), &moved).await.problem(409, "already_sent");

    let touched =
        sqlx::query("update proposal_milestones set amount_minor = 1").execute(&mut app.sql().await).await.unwrap_err();
    assert!(touched.to_string().contains("stays as it is"), "{touched}");
    let versions = sqlx::query("update proposal_versions set total_minor = 1").execute(&mut app.sql().await).await;
    assert!(versions.unwrap_err().to_string().contains("stays as it is"));
}

#[tokio::test]
async fn withdrawn_ones_are_neither_changed_nor_sent_nor_decided() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let proposal = sent(&app, &browser).await;
    let withdrawn = browser.post(&format!("{}/withdraw", path(&proposal)), &Value::Null).await.expect(200);
    assert_eq!(withdrawn["state"], "withdrawn");
    let version = withdrawn["version"].clone();
    let decision = json!({ "sentVersion": 1, "note": "By phone." });
    for (verb, body) in [
        ("withdraw", Value::Null),
        ("send", json!({ "version": version })),
        ("approve", decision.clone()),
        ("decline", decision),
    ] {
        let refused = browser.post(&format!("{}/{verb}", path(&proposal)), &body).await;
        let problem = refused.problem(409, "wrong_state");
        assert!(problem["detail"].as_str().unwrap().contains("`withdrawn`"), "{problem}");
    }
    browser.patch(&path(&proposal), &json!({ "version": version, "title": "B" })).await.problem(409, "wrong_state");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_at_once_one_sends() {
    let app = TestApp::start().await;
    app.leave_jobs();
    let browser = app.owner("Nina").await;
    let proposal = draft(&browser, &plan()).await;
    let path = format!("{}/send", path(&proposal));
    let body = json!({ "version": 1 });
    let asked = (0..4).map(|_| browser.post(&path, &body));
    let mut statuses: Vec<u16> =
        futures::future::join_all(asked).await.into_iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409]);
}
