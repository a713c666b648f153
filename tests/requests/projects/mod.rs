//! Projects from the first agreement to the archive, and what happens in them.

mod create;
mod list;
mod model;
mod plan;
mod progress;
mod steps;
mod timeline;
mod update;

use ledgerline_app::tenant::{Access, Actor, Visit, Who};
use serde_json::{Value, json};
use support::{Browser, TestApp};
use uuid::Uuid;

/// A project for Ada, about which only the amount is said, with something to hand in.
pub(crate) async fn project(app: &TestApp, browser: &Browser, minor: i64) -> Value {
    let body = json!({
        "contact": { "name": "Ada", "email": "ada@example.com" }, "title": "Album", "amountMinor": minor, "currency": "EUR",
    });
    let made = browser.post("/api/projects", &body).await.expect(201);
    app.add_file(id(&made["id"])).await;
    made
}

/// Address of a project, or of something of it.
pub(crate) fn of(project: &Value, what: &str) -> String {
    format!("/api/projects/{}{what}", project["id"].as_str().expect("an id"))
}

/// The project as it is now.
pub(crate) async fn read(browser: &Browser, project: &Value) -> Value {
    browser.get(&of(project, "")).await.expect(200)
}

/// Address of a step of a project's submission.
pub(crate) fn submission(project: &Value, step: &str) -> String {
    format!("/api/submissions/{}{step}", project["submission"]["id"].as_str().expect("an id"))
}

/// The id in a field.
pub(crate) fn id(value: &Value) -> Uuid {
    value.as_str().and_then(|id| id.parse().ok()).expect("an id")
}

/// The project's client in the portal.
pub(crate) async fn client_of(browser: &Browser, project: &Value, access: Access) -> Actor {
    let visit = Visit {
        proposal_id: id(&project["proposalId"]),
        project_id: Some(id(&project["id"])),
        client_id: id(&project["client"]["id"]),
        contact_id: id(&project["contact"]["id"]),
        access,
    };
    Actor { workspace_id: browser.workspace_id().await, who: Who::Client(visit), request_id: None }
}

/// Kinds of the project's events, oldest first.
pub(crate) async fn kinds(browser: &Browser, project: &Value) -> Vec<String> {
    let events = browser.get(&of(project, "/timeline")).await.expect(200)["events"].clone();
    let mut kinds: Vec<String> = events
        .as_array()
        .expect("events")
        .iter()
        .map(|event| event["kind"].as_str().expect("a kind").to_owned())
        .collect();
    kinds.reverse();
    kinds
}
