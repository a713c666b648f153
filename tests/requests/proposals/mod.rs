mod decide;
mod draft;
mod expire;
mod send;
mod visit;

use serde_json::{Value, json};
use support::{Browser, TestApp};
use uuid::Uuid;

/// A plan of 1 000.00 in two milestones and a phase without one, paid in two parts.
fn plan() -> Value {
    let (phase, empty, mix, master) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
    json!({
        "purpose": "Ten songs, mixed and mastered.",
        "totalMinor": 100_000,
        "phases": [
            { "id": phase, "title": "Mixing", "startsOn": "2027-01-04", "endsOn": "2027-01-29" },
            { "id": empty, "title": "Release party", "endsOn": "2027-03-01" },
        ],
        "milestones": [
            { "id": mix, "phaseId": phase, "title": "Mixes", "amountMinor": 60_000, "dueOn": "2027-01-20", "category": "audio" },
            { "id": master, "title": "Masters", "amountMinor": 40_000 },
        ],
        "instalments": [
            { "id": Uuid::now_v7(), "description": "On signing", "amountMinor": 30_000, "due": "approval" },
            { "id": Uuid::now_v7(), "description": "Mixes", "amountMinor": 70_000, "due": "milestone", "milestoneId": mix },
        ],
    })
}

/// A draft for bo@example.com.
async fn draft(browser: &Browser, plan: &Value) -> Value {
    let contact = json!({ "name": "Bo", "email": "bo@example.com", "company": "Kite" });
    let body = json!({ "title": "A record", "contact": contact, "currency": "eur", "plan": plan });
    browser.post("/api/proposals", &body).await.expect(201)
}

fn path(proposal: &Value) -> String {
    format!("/api/proposals/{}", proposal["id"].as_str().unwrap())
}

/// Sends it; nobody reads the mail.
async fn send(app: &TestApp, browser: &Browser, proposal: &Value) -> Value {
    app.leave_jobs();
    let body = json!({ "version": proposal["version"] });
    browser.post(&format!("{}/send", path(proposal)), &body).await.expect(200)
}

/// A proposal that the client has.
async fn sent(app: &TestApp, browser: &Browser) -> Value {
    let proposal = draft(browser, &plan()).await;
    send(app, browser, &proposal).await
}

async fn kinds(browser: &Browser, proposal: &Value) -> Vec<String> {
    let history = browser.get(&format!("{}/history", path(proposal))).await.expect(200);
    let events = history["events"].as_array().unwrap();
    events.iter().rev().map(|event| event["kind"].as_str().unwrap().to_owned()).collect()
}
