use serde_json::{Value, json};
use support::{Browser, TestApp};

use super::{files, started_with};

async fn rows(browser: &Browser, path: &str, query: &str) -> Vec<Value> {
    let page = browser.get(&format!("{path}/rows{query}")).await.expect(200);
    page["rows"].as_array().unwrap().clone()
}

#[tokio::test]
async fn every_row_says_what_became_of_it() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let here = browser.post("/api/clients", &json!({ "name": "Ada", "email": "ada@example.com" })).await.expect(201);
    let body = "Name;Mail;Notes\nBo;bo@example.com;\"two\nlines\"\n\nAda;ADA@example.com;new\nAda;ada@example.com;old\n;x@example.com;\n";
    let start = json!({ "mapping": { "0": "name", "1": "email", "2": "notes" }, "duplicates": "fillEmpty" });
    let path = started_with(&browser, body, start).await;
    assert_eq!(rows(&browser, &path, "").await, Vec::<Value>::new(), "nothing is imported yet");
    app.run_pending().await;

    let all = rows(&browser, &path, "").await;
    let told: Vec<Value> = all.iter().map(|row| json!([row["rowNumber"], row["outcome"], row["matchedBy"]])).collect();
    assert_eq!(
        told,
        [
            json!([2, "created", null]),
            json!([4, "updated", "email"]),
            json!([5, "skipped", "email"]),
            json!([6, "rejected", null])
        ]
    );
    assert_eq!(all[0]["columns"], json!(["Bo", "bo@example.com", "two\nlines"]));
    assert_eq!(all[0]["client"]["name"], "Bo");
    assert_eq!(all[1]["client"], json!({ "id": here["id"], "name": "Ada" }));
    assert_eq!(all[3]["client"], Value::Null);
    assert_eq!(all[3]["reasons"][0]["field"], "name");

    for (outcome, numbers) in [("created", vec![2]), ("updated", vec![4]), ("skipped", vec![5]), ("rejected", vec![6])]
    {
        let found = rows(&browser, &path, &format!("?outcome={outcome}")).await;
        let found: Vec<i64> = found.iter().map(|row| row["rowNumber"].as_i64().unwrap()).collect();
        assert_eq!(found, numbers, "{outcome}");
    }
    assert!(browser.get(&format!("{path}/rows?outcome=lost")).await.status >= 400);
    browser.get(&format!("{path}/rows?cursor=nonsense")).await.problem(400, "invalid_cursor");
}

#[tokio::test]
async fn pages_cross_chunks_and_miss_no_row() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let mut body = String::from("name,email\n");
    for n in 0..4_500 {
        // one rejected row in each chunk but the second
        let name = if n == 7 || n == 4_321 { String::new() } else { format!("P{n}") };
        body.push_str(&format!("{name},p{n}@example.com\n"));
    }
    let path = started_with(&browser, body, json!({ "mapping": { "0": "name", "1": "email" } })).await;
    app.run_pending().await;
    let rejected = rows(&browser, &path, "?outcome=rejected").await;
    let rejected: Vec<i64> = rejected.iter().map(|row| row["rowNumber"].as_i64().unwrap()).collect();
    assert_eq!(rejected, [9, 4_323]);

    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = browser.get(&format!("{path}/rows?limit=199{cursor}")).await.expect(200);
        seen.extend(page["rows"].as_array().unwrap().iter().map(|row| row["rowNumber"].as_i64().unwrap()));
        let Some(next) = page["nextCursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, (2..4_502).collect::<Vec<i64>>());
}

#[tokio::test]
async fn a_page_of_large_rows_is_short() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let wide = (0..900).map(|n| format!("c{n}")).collect::<Vec<_>>().join(",");
    let cells = vec!["x".repeat(900); 900].join(",");
    let body = format!("name,{wide}\n{}", (0..20).map(|n| format!("P{n},{cells}\n")).collect::<String>());
    let path = started_with(&browser, body, json!({ "mapping": { "0": "name" } })).await;
    app.run_pending().await;
    let (mut seen, mut cursor) = (0, String::new());
    loop {
        let answer = browser.get(&format!("{path}/rows?limit=200{cursor}")).await;
        assert!(answer.text.len() < 3_000_000, "{} bytes", answer.text.len());
        let page = answer.expect(200);
        seen += page["rows"].as_array().unwrap().len();
        let Some(next) = page["nextCursor"].as_str() else { break };
        cursor = format!("?cursor={next}").replace('?', "&");
    }
    assert_eq!(seen, 20);
}

#[tokio::test]
async fn a_page_reads_the_beginning_of_a_row_that_takes_in_the_rest_of_a_file() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let rest = "x".repeat(99);
    let body = format!("name,notes\nAda,\nBo,\"open\n{}", format!("{rest}\n").repeat(120_000));
    let path = started_with(&browser, body, json!({ "mapping": { "0": "name", "1": "notes" } })).await;
    app.run_pending().await;
    let told = async || {
        let all = rows(&browser, &path, "").await;
        let told: Vec<Value> =
            all.iter().map(|row| json!([row["rowNumber"], row["outcome"], row["columns"]])).collect();
        assert!(all[1]["reasons"][0]["message"].as_str().unwrap().contains("opened in line 3 is never closed"));
        assert_eq!(told, [json!([2, "created", ["Ada", ""]]), json!([3, "rejected", ["Bo", "open"]])]);
    };
    told().await;
    // whoever read to its end would find that it is no longer there
    let stored = files(&app.folder().join("storage"));
    assert_eq!(stored.len(), 1);
    let stored = std::fs::OpenOptions::new().write(true).open(&stored[0]).unwrap();
    stored.set_len(7 * 1024 * 1024).unwrap();
    told().await;
}
