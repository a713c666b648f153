//! What a workspace remembers: how files with the same headings were mapped, and which files it has imported.

use serde_json::{Value, json};
use support::{Browser, TestApp};

use super::{path, upload};

async fn start(browser: &Browser, import: &Value, choices: Value) -> Value {
    browser.post(&format!("{}/start", path(import)), &choices).await.expect(202)
}

#[tokio::test]
async fn the_next_file_with_the_same_headings_is_mapped_as_the_last() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    let bo = app.member(&owner, "Bo", "member").await;
    let first = upload(&owner, "x.csv", "Kunde,Post,Wert\nAda,ada@example.com,15\n").await.expect(201);
    assert_eq!(first["remembered"], Value::Null);
    let mapping = json!({ "0": "name", "1": "email", "2": "budgetMin" });
    let started = start(&owner, &first, json!({ "mapping": mapping, "budgetCurrency": "NOK" })).await;
    assert_eq!(started["remembered"], Value::Null, "told before the start");
    app.run_pending().await;

    // in another order and way of writing, with a column of its own
    let second = upload(&bo, "y.csv", "wert;POST;Kunde\n16;bo@example.com;Bo\n").await.expect(201);
    let remembered = &second["remembered"];
    assert_eq!(remembered["mapping"], json!({ "2": "name", "1": "email", "0": "budgetMin" }));
    assert_eq!((&remembered["budgetCurrency"], &remembered["by"]), (&json!("NOK"), &json!("Nina")));
    assert!(remembered["at"].is_string());
    assert_eq!(second["columns"][2]["guess"], Value::Null, "the guess is told beside");
    start(&bo, &second, json!({ "mapping": { "2": "name" } })).await;
    app.run_pending().await;

    let third = upload(&owner, "z.csv", "Kunde,Post,Wert\nCy,,\n").await.expect(201);
    assert_eq!(third["remembered"]["mapping"], json!({ "0": "name" }), "the last one counts");
    assert_eq!(third["remembered"]["by"], "Bo");
    let other = upload(&owner, "z.csv", "Kunde,Post\nCy,\n").await.expect(201);
    assert_eq!(other["remembered"], Value::Null, "other headings, another file");
    let bare = browser_without_header(&owner, &third).await;
    assert_eq!(bare["remembered"], Value::Null, "a file without headings cannot be known again");
    let otto = app.owner("Otto").await;
    let theirs = upload(&otto, "x.csv", "Kunde,Post,Wert\nAda,,\n").await.expect(201);
    assert_eq!(theirs["remembered"], Value::Null, "of another workspace nothing is known");
}

async fn browser_without_header(browser: &Browser, import: &Value) -> Value {
    browser.patch(&format!("{}/format", path(import)), &json!({ "hasHeader": false })).await.expect(200)
}

#[tokio::test]
async fn a_mended_file_of_rejected_rows_is_mapped_as_the_import_was() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made = upload(&browser, "x.csv", "Kunde,Post\nAda,wrong\nBo,bo@example.com\n").await.expect(201);
    start(&browser, &made, json!({ "mapping": { "0": "name", "1": "email" } })).await;
    app.run_pending().await;
    let rejects = browser.get(&format!("{}/rejects.csv", path(&made))).await.text;
    let mended =
        upload(&browser, "x-rejects.csv", rejects.replace("\"wrong\"", "\"ada@example.com\"")).await.expect(201);
    assert_eq!(mended["remembered"]["mapping"], json!({ "0": "name", "1": "email" }));
    start(&browser, &mended, json!({ "mapping": mended["remembered"]["mapping"] })).await;
    app.run_pending().await;
    assert_eq!(browser.get("/api/clients").await.expect(200)["total"]["count"], 2);
}

#[tokio::test]
async fn a_file_that_was_imported_before_is_imported_again_only_on_purpose() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    let bo = app.member(&owner, "Bo", "member").await;
    let (body, mapping) = ("name\nAda\nBo\n", json!({ "mapping": { "0": "name" } }));
    let first = upload(&owner, "x.csv", body).await.expect(201);
    let waiting = upload(&bo, "same.csv", body).await.expect(201);
    assert_eq!(waiting["importedBefore"], Value::Null, "an upload is no import yet");
    start(&bo, &first, mapping.clone()).await;
    app.run_pending().await;

    let second = upload(&owner, "again.csv", body).await.expect(201);
    let before = &second["importedBefore"];
    assert_eq!(
        (&before["id"], &before["filename"], &before["by"], &before["created"]),
        (&first["id"], &json!("x.csv"), &json!("Bo"), &json!(2)),
        "told with the name of who started it"
    );
    for import in [&second, &waiting] {
        let refused = owner.post(&format!("{}/start", path(import)), &mapping).await;
        let problem = refused.problem(409, "file_imported_before");
        assert_eq!(problem["existingId"], first["id"]);
        assert!(problem["detail"].as_str().unwrap().contains("by Bo on 20"), "{problem}");
    }
    let started = start(&owner, &second, json!({ "mapping": { "0": "name" }, "again": true })).await;
    assert_eq!(started["importedBefore"], Value::Null);
    app.run_pending().await;

    let otto = app.owner("Otto").await;
    let theirs = upload(&otto, "x.csv", body).await.expect(201);
    assert_eq!(theirs["importedBefore"], Value::Null);
    start(&otto, &theirs, mapping).await;
    app.run_pending().await;
}

#[tokio::test]
async fn an_import_that_was_cancelled_or_failed_is_not_in_the_way() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let mapping = json!({ "mapping": { "0": "name" } });
    for body in ["name\nAda\n", "name\n\"Bo\nCy\n"] {
        let first = upload(&browser, "x.csv", body).await.expect(201);
        start(&browser, &first, mapping.clone()).await;
        if body.contains("Ada") {
            browser.post(&format!("{}/cancel", path(&first)), &Value::Null).await.assert_status(200);
        }
        app.run_pending().await;
        let second = upload(&browser, "x.csv", body).await.expect(201);
        assert_eq!(second["importedBefore"], Value::Null);
        start(&browser, &second, mapping.clone()).await;
        app.run_pending().await;
    }
}

#[tokio::test]
async fn of_two_people_who_start_the_same_file_at_once_one_is_told() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    let bo = app.member(&owner, "Bo", "member").await;
    let mapping = json!({ "mapping": { "0": "name" } });
    for round in 0..5 {
        let body = format!("name\nAda {round}\n");
        let (one, two) = tokio::join!(upload(&owner, "x.csv", body.clone()), upload(&bo, "y.csv", body));
        let (one, two) = (format!("{}/start", path(&one.expect(201))), format!("{}/start", path(&two.expect(201))));
        let (one, two) = tokio::join!(owner.post(&one, &mapping), bo.post(&two, &mapping));
        let mut answers = [one.status, two.status];
        answers.sort();
        assert_eq!(answers, [202, 409], "{} {}", one.text, two.text);
        let told = if one.status == 409 { one } else { two };
        told.problem(409, "file_imported_before");
    }
    app.run_pending().await;
    assert_eq!(owner.get("/api/clients").await.expect(200)["total"]["count"], 5);
}
