//! Parts of a project, each with an amount.

use ledgerline_app::{milestones as rules, tenant::Access};
use serde_json::{Value, json};
use support::{Browser, TestApp};

use crate::projects::{client_of, id, of, project, read};

async fn add(browser: &Browser, project: &Value, name: &str, minor: i64) -> Value {
    browser.post(&of(project, "/milestones"), &json!({ "name": name, "amountMinor": minor })).await.expect(201)
}

fn at(milestone: &Value, step: &str) -> String {
    format!("/api/milestones/{}{step}", milestone["id"].as_str().expect("an id"))
}

async fn names(browser: &Browser, project: &Value) -> Vec<String> {
    let list = browser.get(&of(project, "/milestones")).await.expect(200)["milestones"].clone();
    list.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn are_added_changed_ordered_and_removed() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made = project(&app, &browser, 1000).await;
    let body = json!({ "name": " Rough mix ", "description": "All songs", "amountMinor": 400, "dueOn": "2027-02-01" });
    let rough = browser.post(&of(&made, "/milestones"), &body).await.expect(201);
    assert_eq!(
        (&rough["name"], &rough["currency"], &rough["state"]),
        (&json!("Rough mix"), &json!("EUR"), &json!("pending"))
    );
    assert_eq!((&rough["dueOn"], &rough["sortOrder"]), (&json!("2027-02-01"), &json!(1)));
    let (master, free) = (add(&browser, &made, "Master", 600).await, add(&browser, &made, "Notes", 0).await);
    assert_eq!(free["paymentStatus"], "not_required");
    assert_eq!(read(&browser, &made).await["totals"]["unplannedMinor"], 0);

    let change = json!({ "version": 1, "name": "Rough mixes", "amountMinor": 300, "dueOn": null });
    let changed = browser.patch(&at(&rough, ""), &change).await.expect(200);
    assert_eq!(
        (&changed["version"], &changed["amountMinor"], &changed["dueOn"]),
        (&json!(2), &json!(300), &Value::Null)
    );
    browser.patch(&at(&rough, ""), &change).await.problem(409, "stale_version");

    let order = json!({ "ids": [free["id"], master["id"], rough["id"]] });
    browser.put(&of(&made, "/milestones/order"), &order).await.assert_status(200);
    assert_eq!(names(&browser, &made).await, ["Notes", "Master", "Rough mixes"]);
    for wrong in [json!([free["id"]]), json!([free["id"], free["id"], master["id"]]), json!([])] {
        browser.put(&of(&made, "/milestones/order"), &json!({ "ids": wrong })).await.problem(409, "stale_order");
    }
    browser.delete(&at(&free, "")).await.assert_status(204);
    browser.delete(&at(&free, "")).await.problem(404, "not_found");
    assert_eq!(names(&browser, &made).await, ["Master", "Rough mixes"]);
    let wrong = json!({ "name": "", "description": "x".repeat(4_001), "amountMinor": -1, "dueOn": "0001-01-01" });
    browser.post(&of(&made, "/milestones"), &wrong).await.wrong_fields(&[
        ("name", "required"),
        ("description", "too_long"),
        ("amountMinor", "out_of_range"),
        ("dueOn", "out_of_range"),
    ]);
}

#[tokio::test]
async fn never_add_up_to_more_than_the_project_costs() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made = project(&app, &browser, 1000).await;
    let half = add(&browser, &made, "Half", 500).await;
    let too_much = json!({ "name": "More", "amountMinor": 501 });
    browser.post(&of(&made, "/milestones"), &too_much).await.wrong_fields(&[("amountMinor", "above_project")]);
    let grown = json!({ "version": 1, "amountMinor": 1001 });
    browser.patch(&at(&half, ""), &grown).await.wrong_fields(&[("amountMinor", "above_project")]);
    let (path, body) = (of(&made, "/milestones"), json!({ "name": "Rest", "amountMinor": 300 }));
    let (one, other) = tokio::join!(browser.post(&path, &body), browser.post(&path, &body));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422], "two at once do not pass together");
    // what is cancelled counts no more
    browser.post(&at(&half, "/cancel"), &Value::Null).await.assert_status(200);
    add(&browser, &made, "Again", 700).await;
    assert_eq!(read(&browser, &made).await["totals"]["milestonesMinor"], 1000);
}

#[tokio::test]
async fn are_handed_in_and_decided_on() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made = project(&app, &browser, 1000).await;
    let (one, other) = (add(&browser, &made, "One", 400).await, add(&browser, &made, "Other", 0).await);
    for step in ["/approve", "/resume"] {
        browser.post(&at(&one, step), &Value::Null).await.problem(409, "wrong_state");
    }
    browser.post(&at(&one, "/submit"), &Value::Null).await.assert_status(200);
    assert_eq!(read(&browser, &made).await["state"], "in_progress", "the first work begins the project");
    let edit = json!({ "version": 2, "amountMinor": 1 });
    browser.patch(&at(&one, ""), &edit).await.problem(409, "wrong_state");
    browser.delete(&at(&one, "")).await.problem(409, "wrong_state");
    browser.post(&at(&one, "/request-revision"), &json!({ "note": "" })).await.wrong_fields(&[("note", "required")]);
    let revised = browser.post(&at(&one, "/request-revision"), &json!({ "note": "Brighter" })).await.expect(200);
    assert_eq!((&revised["state"], &revised["note"]), (&json!("revision"), &json!("Brighter")));
    browser.post(&at(&one, "/cancel"), &Value::Null).await.problem(409, "wrong_state");
    browser.post(&at(&one, "/resume"), &Value::Null).await.assert_status(200);
    browser.post(&at(&one, "/submit"), &Value::Null).await.assert_status(200);

    let client = client_of(&browser, &made, Access::Full).await;
    assert_eq!(rules::steps::submit(&app.ctx, &client, id(&other["id"])).await.unwrap_err().code, "forbidden");
    let approved = rules::steps::approve(&app.ctx, &client, id(&one["id"])).await.unwrap();
    assert_eq!(approved.state.as_str(), "approved");
    let totals = read(&browser, &made).await["totals"].clone();
    assert_eq!((&totals["milestonesApproved"], &totals["milestonesApprovedMinor"]), (&json!(1), &json!(400)));
    let looker = client_of(&browser, &made, Access::View).await;
    browser.post(&at(&other, "/submit"), &Value::Null).await.assert_status(200);
    assert_eq!(rules::steps::approve(&app.ctx, &looker, id(&other["id"])).await.unwrap_err().code, "forbidden");
}
