mod any;
mod apply;
mod cancel;
mod corpus;
mod deploy;
mod duplicates;
mod ends;
mod events;
mod format;
mod late;
mod memory;
mod model;
mod people;
mod personal;
mod plan;
mod preview;
mod python;
mod quotes;
mod rejects;
mod rows;
mod run;
mod sources;
mod start;
mod stranded;
mod sweep_files;
mod undo;
mod undo_ends;
mod upload;

use std::{future::Future, time::Duration};

use reqwest::Method;
use serde_json::{Value, json};
use support::{Answer, Browser};

/// Uploads a file as the page does.
async fn upload(browser: &Browser, filename: &str, body: impl Into<reqwest::Body>) -> Answer {
    let request = browser.request(Method::POST, "/api/imports").query(&[("filename", filename)]);
    browser.send(request.header("content-type", "text/csv").body(body)).await
}

/// Uploads a file and starts it, whether or not it was imported before; answers its path.
async fn started(browser: &Browser, body: impl Into<reqwest::Body>, mapping: Value) -> String {
    started_with(browser, body, json!({ "mapping": mapping })).await
}

/// Uploads a file and starts it as asked; answers its path.
async fn started_with(browser: &Browser, body: impl Into<reqwest::Body>, start: Value) -> String {
    let made = upload(browser, "clients.csv", body).await.expect(201);
    let path = path(&made);
    let mut start = start;
    start["again"] = json!(true);
    browser.post(&format!("{path}/start"), &start).await.assert_status(202);
    path
}

fn path(import: &Value) -> String {
    format!("/api/imports/{}", import["id"].as_str().expect("an id"))
}

/// What the product knows of an import, without times.
async fn numbers(browser: &Browser, path: &str) -> (String, Option<i64>, i64, i64, i64) {
    let import = browser.get(path).await.expect(200);
    let number = |name: &str| import[name].as_i64().expect("a number");
    assert_eq!(number("processedRows"), number("created") + number("updated") + number("skipped") + number("rejected"));
    (
        import["state"].as_str().expect("a state").to_owned(),
        import["totalRows"].as_i64(),
        number("created"),
        number("skipped"),
        number("rejected"),
    )
}

/// The state, and how many rows were created, updated, skipped and rejected: all rows, once it is completed.
async fn counts(browser: &Browser, path: &str) -> (String, [i64; 4]) {
    let import = browser.get(path).await.expect(200);
    let counts = ["created", "updated", "skipped", "rejected"].map(|name| import[name].as_i64().expect("a number"));
    assert_eq!(import["processedRows"].as_i64(), Some(counts.iter().sum()));
    if import["state"] == "completed" {
        assert_eq!(import["totalRows"].as_i64(), Some(counts.iter().sum()));
    }
    (import["state"].as_str().expect("a state").to_owned(), counts)
}

/// Waits until something is so.
async fn eventually<F: Future<Output = bool>>(what: &str, is_so: impl Fn() -> F) {
    for _ in 0..100 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("not within five seconds: {what}");
}

/// Files below a folder.
fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries
        .flatten()
        .flat_map(|entry| if entry.path().is_dir() { files(&entry.path()) } else { vec![entry.path()] })
        .collect()
}
