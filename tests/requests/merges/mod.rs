//! Two clients who are one: suggest, merge, ignore, undo.

mod accept;
mod moved;
mod suggest;
mod undo;

use serde_json::{Value, json};
use support::Browser;

/// A new client.
async fn client(browser: &Browser, fields: Value) -> Value {
    browser.post("/api/clients", &fields).await.expect(201)
}

/// A suggestion to merge two.
async fn pair(browser: &Browser, one: &Value, other: &Value) -> Value {
    browser.post("/api/merges", &json!({ "clientId": one["id"], "otherId": other["id"] })).await.expect(201)
}

fn path(merge: &Value) -> String {
    format!("/api/merges/{}", merge["id"].as_str().expect("an id"))
}

/// Keeps one of the two, with some fields of the other.
fn choice(merge: &Value, keep: &Value, take: &[&str]) -> Value {
    json!({
        "keep": keep["id"], "take": take,
        "clientVersion": merge["client"]["version"], "otherVersion": merge["other"]["version"],
    })
}

async fn accepted(browser: &Browser, merge: &Value, keep: &Value, take: &[&str]) -> Value {
    browser.post(&format!("{}/accept", path(merge)), &choice(merge, keep, take)).await.expect(200)
}

async fn read(browser: &Browser, client: &Value) -> Value {
    browser.get(&format!("/api/clients/{}", client["id"].as_str().expect("an id"))).await.expect(200)
}

async fn edit(browser: &Browser, client: &Value, mut change: Value) -> Value {
    change["version"] = read(browser, client).await["version"].clone();
    let path = format!("/api/clients/{}", client["id"].as_str().expect("an id"));
    browser.send(browser.request(reqwest::Method::PATCH, &path).json(&change)).await.expect(200)
}
