//! Quotation marks that swallow rows: nobody may take what follows for one cell without a word.

use serde_json::{Value, json};
use support::{Browser, TestApp};

use super::{numbers, started};

/// Imports a file with the columns name and notes; answers the import and its rejected rows.
async fn imported(app: &TestApp, browser: &Browser, body: String) -> (Value, Vec<Value>) {
    let path = started(browser, body, json!({ "0": "name", "1": "notes" })).await;
    app.run_pending().await;
    numbers(browser, &path).await;
    let mut rejects = browser.get(&format!("{path}/rows?outcome=rejected")).await.expect(200);
    let import = browser.get(&path).await.expect(200);
    (import, rejects["rows"].as_array_mut().map(std::mem::take).unwrap())
}

#[tokio::test]
async fn one_that_is_never_closed_ends_the_import_and_names_its_line() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let many: String = (0..400_000).map(|n| format!("Person {n},x\n")).collect();
    for (body, created, row, line, kept) in [
        ("name,notes\nAda,fine\n\"Bo,x\nCy,y\n".to_owned(), 1, 3, 3, json!(["Bo,x"])),
        ("name,notes\r\nAda,fine\r\n\"Bo,x\r\nCy,y\r\n".to_owned(), 1, 3, 3, json!(["Bo,x"])),
        ("name,notes\nAda,\"two\nlines\"\nBo,\"never".to_owned(), 1, 3, 4, json!(["Bo", "never"])),
        ("name,notes\n\"A\nda\",\"open \"\"here\"\"\nBo,x\n".to_owned(), 0, 2, 3, json!(["A\nda", "open \"here\""])),
        ("name,notes\nAda,\"\nBo,x\n".to_owned(), 0, 2, 2, json!(["Ada", ""])),
        (format!("name,notes\nAda,fine\n\"Bo,\n{many}"), 1, 3, 3, json!(["Bo,"])),
        (
            format!("name,notes\nAda,\"two\nlines\"\n\"Bo\n{}\",\"x\n{many}", "y\n".repeat(9_000)),
            1,
            3,
            9_005,
            json!(null),
        ),
    ] {
        let (import, rejects) = imported(&app, &browser, body).await;
        let sentence = format!("The quotation mark opened in line {line} is never closed");
        // the same person again is skipped
        let fine = import["created"].as_i64().unwrap() + import["skipped"].as_i64().unwrap();
        assert_eq!((&import["state"], fine), (&json!("failed"), created), "{import}");
        let failure = import["failure"].as_str().unwrap();
        assert!(failure.starts_with(&sentence) && failure.contains("import the file again"), "{failure}");
        assert_eq!(rejects.len(), 1, "{rejects:?}");
        assert_eq!(rejects[0]["rowNumber"], row);
        let reason = rejects[0]["reasons"][0]["message"].as_str().unwrap();
        assert!(reason.starts_with(&sentence), "{reason}");
        if !kept.is_null() {
            assert_eq!(rejects[0]["columns"], kept, "of what was swallowed only the first line is the row's own");
        }
    }
}

#[tokio::test]
async fn one_that_is_closed_by_that_of_a_later_cell_is_a_row_to_look_at() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let body = "name,notes\nAda,\"oops\nBo,x\nCy,\"fine\"\nDi,\"two\nlines\"\n\"Ed\" Young,z\n";
    let (import, rejects) = imported(&app, &browser, body.to_owned()).await;
    assert_eq!(
        (&import["state"], &import["created"], &import["rejected"]),
        (&json!("completed"), &json!(2), &json!(1))
    );
    let reason = rejects[0]["reasons"][0]["message"].as_str().unwrap();
    assert!(reason.starts_with("The quotation mark opened in line 2 is closed within a cell in line 4"), "{reason}");
}

#[tokio::test]
async fn a_heading_that_swallows_the_file_is_refused_with_its_line() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let answer = super::upload(&browser, "x.csv", "name,\"notes\nAda,x\nBo,y\n").await;
    let detail = answer.problem(422, "open_quotation_mark")["detail"].as_str().unwrap();
    assert!(detail.starts_with("The quotation mark opened in line 1 is never closed"), "{detail}");
    assert_eq!(browser.get("/api/imports").await.expect(200)["imports"], json!([]));
}
