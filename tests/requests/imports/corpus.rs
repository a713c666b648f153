//! Badly formed files, one for each way to be so: what is found out, what each row becomes, or why the file is refused.
//! The files stand in `corpus/`, what is expected of each in `corpus/expected.json`. With `CORPUS_WRITE=1` that is
//! written anew, to be read before it is committed.

use std::{collections::BTreeMap, path::Path};

use serde_json::{Value, json};
use support::{Answer, Browser, TestApp};

use super::{numbers, path, upload};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/requests/imports/corpus");

/// A client or the reasons, in few words.
fn row(row: &Value) -> Value {
    let client = &row["client"];
    if client.is_null() {
        let reasons = row["reasons"].as_array().unwrap();
        return json!({ "row": row["rowNumber"], "rejected": reasons.iter().map(|each| &each["message"]).collect::<Vec<_>>() });
    }
    let mut short = json!({ "row": row["rowNumber"] });
    for (name, value) in client.as_object().unwrap() {
        if !value.is_null() && *value != json!([]) {
            short[name] = value.clone();
        }
    }
    short
}

async fn outcome(app: &TestApp, browser: &Browser, answer: Answer) -> Value {
    if answer.status != 201 {
        assert_eq!(answer.status, 422, "{}", answer.text);
        return json!({ "refused": answer.body["code"], "detail": answer.body["detail"] });
    }
    let made = answer.body;
    let columns = made["columns"].as_array().unwrap();
    let guesses = columns.iter().filter_map(|each| Some((each["index"].to_string(), each["guess"].as_str()?)));
    let mut mapping: BTreeMap<String, &str> = guesses.collect();
    if mapping.is_empty() {
        mapping.insert("0".to_owned(), "name");
    }
    let (path, choices) = (path(&made), json!({ "mapping": mapping, "again": true }));
    let preview = browser.post(&format!("{path}/preview"), &choices).await.expect(200);
    let rows: Vec<Value> = preview["rows"].as_array().unwrap().iter().map(row).collect();
    browser.post(&format!("{path}/start"), &choices).await.assert_status(202);
    app.run_pending().await;
    let (state, total, created, skipped, rejected) = numbers(browser, &path).await;
    assert_eq!(total, i64::try_from(rows.len()).ok(), "the preview shows all rows");
    assert_eq!(rejected, rows.iter().filter(|row| row.get("rejected").is_some()).count() as i64, "as the preview said");
    assert_eq!(created + skipped + rejected, total.unwrap());
    let mut names: Vec<&Value> = columns.iter().map(|each| &each["name"]).collect();
    names.truncate(8);
    let mut found = json!({ "format": made["format"], "columns": names, "mapping": mapping, "rows": rows });
    if state != "completed" {
        found["ends"] = json!(state);
    }
    found
}

#[tokio::test]
async fn each_file_becomes_what_was_said_of_it() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let mut files: Vec<_> = std::fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|kind| kind == "csv"));
    files.sort();
    assert!(files.len() > 80, "{}", files.len());
    let mut found: BTreeMap<String, Value> = BTreeMap::new();
    for file in &files {
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let answer = upload(&browser, &format!("{name}.csv"), std::fs::read(file).unwrap()).await;
        found.insert(name, outcome(&app, &browser, answer).await);
    }
    let expected = Path::new(FOLDER).join("expected.json");
    if std::env::var_os("CORPUS_WRITE").is_some() {
        std::fs::write(&expected, serde_json::to_string_pretty(&found).unwrap() + "\n").unwrap();
    }
    let expected: BTreeMap<String, Value> = serde_json::from_str(&std::fs::read_to_string(expected).unwrap()).unwrap();
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (name, found) in found {
        assert_eq!(found, expected[&name], "{name}");
    }
}
