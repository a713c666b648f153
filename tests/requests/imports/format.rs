//! How a file is written: found out, shown, corrected, and followed to the last row.

use ledgerline_jobs::{enqueue, imports::SweepFiles};
use serde_json::{Value, json};
use support::TestApp;

use super::{files, numbers, path, started, upload};

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[tokio::test]
async fn a_file_in_another_encoding_becomes_the_same_clients() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    // larger than a chunk and than what is looked at, with the only letter that tells at the very end
    let rows: String = (0..10_000).map(|n| format!("Person {n};p{n}@example.com\r\n")).collect();
    let text = format!("name;email\r\n{rows}Björn Öberg;bjorn@example.com\r\n");
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    for (encoding, bytes) in
        [("windows-1252", latin), ("utf-16le", utf16(&text)), ("utf-16le", utf16(&format!("\u{feff}{text}")))]
    {
        let owner = app.owner(&format!("Owner of {} bytes", bytes.len())).await;
        let made = upload(&owner, "x.csv", bytes).await.expect(201);
        assert_eq!(
            made["format"],
            json!({ "encoding": encoding, "delimiter": ";", "quote": "\"", "hasHeader": true, "headingRow": 1 })
        );
        let path = path(&made);
        owner
            .post(&format!("{path}/start"), &json!({ "mapping": { "0": "name", "1": "email" } }))
            .await
            .assert_status(202);
        app.run_pending().await;
        assert_eq!(numbers(&owner, &path).await, ("completed".to_owned(), Some(10_001), 10_001, 0, 0));
        let found = owner.get("/api/clients?search=bjorn").await.expect(200);
        assert_eq!(found["clients"][0]["name"], "Björn Öberg");
    }
    assert_eq!(browser.get("/api/clients").await.expect(200)["total"]["count"], 0);
}

#[tokio::test]
async fn what_an_earlier_attempt_left_of_the_text_is_written_anew_and_goes_with_the_file() {
    let app = TestApp::start_with(json!({ "imports": { "files_kept_days": 20 } })).await;
    let browser = app.owner("Nina").await;
    let made =
        upload(&browser, "x.csv", utf16("\u{feff}name\tmail\nÅsa\twrong\nBo\tbo@example.com\n")).await.expect(201);
    let stored = files(&app.folder().join("storage")).remove(0);
    std::fs::write(stored.with_extension("utf8.csv"), "name\nhalf of it").unwrap();
    let path = path(&made);
    browser
        .post(&format!("{path}/start"), &json!({ "mapping": { "0": "name", "1": "email" } }))
        .await
        .assert_status(202);
    app.run_pending().await;
    assert_eq!(numbers(&browser, &path).await, ("completed".to_owned(), Some(2), 1, 0, 1));
    let rejects = browser.get(&format!("{path}/rows?outcome=rejected")).await.expect(200);
    assert_eq!(rejects["rows"][0]["columns"], json!(["Åsa", "wrong"]));
    assert_eq!(files(&app.folder().join("storage")).len(), 2);

    app.travel("21 days").await;
    enqueue(&mut app.sql().await, &SweepFiles {}).await.unwrap();
    app.run_pending().await;
    assert!(files(&app.folder().join("storage")).is_empty());
}

#[tokio::test]
async fn broken_bytes_among_good_ones_cost_their_rows_only() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let good: String = (0..300).map(|n| format!("Åsa {n},Öberg\n")).collect();
    let body = [b"name,notes\n", good.as_bytes(), b"Bj\xf6rn,x\nBo,fine\n"].concat();
    let path = started(&browser, body, json!({ "0": "name", "1": "notes" })).await;
    app.run_pending().await;
    assert_eq!(numbers(&browser, &path).await, ("completed".to_owned(), Some(302), 301, 0, 1));
    let rejects = browser.get(&format!("{path}/rows?outcome=rejected")).await.expect(200);
    let message = rejects["rows"][0]["reasons"][0]["message"].as_str().unwrap();
    assert!(message.starts_with("Line 302 is not UTF-8. Save the file as"), "{message}");
}

#[tokio::test]
async fn a_byte_that_an_encoding_leaves_open_costs_its_row() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let body = b"name,notes\nBj\xf6rn,x\nA\x81a,y\nBo,\x8d\n";
    let path = started(&browser, body.to_vec(), json!({ "0": "name", "1": "notes" })).await;
    assert_eq!(browser.get(&path).await.expect(200)["format"]["encoding"], "windows-1252");
    app.run_pending().await;
    let rejects = browser.get(&format!("{path}/rows?outcome=rejected")).await.expect(200);
    let told = rejects["rows"].as_array().unwrap().iter();
    let told: Vec<Value> = told.map(|row| json!([row["rowNumber"], row["reasons"][0]["field"]])).collect();
    assert_eq!(told, [json!([3, "name"]), json!([4, "notes"])]);
}

#[tokio::test]
async fn what_was_found_out_can_be_corrected_until_the_start() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made = upload(&browser, "x.csv", b"Kunde;Ort, Land\nBj\xf6rn;Oslo, Norge\n".to_vec()).await.expect(201);
    let path = path(&made);
    let format = format!("{path}/format");
    let names = |import: &Value| {
        import["columns"].as_array().unwrap().iter().map(|each| each["name"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(&made), ["Kunde", "Ort, Land"]);

    let commas = browser.patch(&format, &json!({ "delimiter": "," })).await.expect(200);
    assert_eq!(names(&commas), ["Kunde;Ort", "Land"]);
    assert_eq!(commas["format"]["encoding"], "windows-1252", "what is left out stays");
    let bare = browser.patch(&format, &json!({ "delimiter": ";", "hasHeader": false })).await.expect(200);
    assert_eq!(names(&bare), ["Column 1", "Column 2"]);
    assert_eq!(bare["preview"], json!([["Kunde", "Ort, Land"], ["Björn", "Oslo, Norge"]]));
    let utf8 = browser.patch(&format, &json!({ "encoding": "utf-8" })).await.expect(200);
    assert_eq!(utf8["preview"][1][0], "Bj\u{fffd}rn");
    assert_eq!(utf8["format"]["hasHeader"], false);
    let as_found = browser.patch(&format, &json!({ "encoding": "windows-1252", "hasHeader": true })).await.expect(200);
    assert_eq!((&as_found["format"], &as_found["columns"]), (&made["format"], &made["columns"]));

    for (change, wrong) in [(json!({ "delimiter": ":" }), "delimiter"), (json!({ "quote": "\"\"" }), "quote")] {
        browser.patch(&format, &change).await.wrong_fields(&[(wrong, "unknown")]);
    }
    browser.patch(&format, &json!({ "encoding": "utf-7" })).await.problem(422, "invalid_body");
    browser.patch(&format, &json!({ "encoding": "utf-16le" })).await.assert_status(422);
    assert_eq!(browser.get(&path).await.expect(200)["format"], made["format"], "a refusal changes nothing");

    browser.patch(&format, &json!({ "hasHeader": false })).await.assert_status(200);
    browser
        .post(&format!("{path}/start"), &json!({ "mapping": { "0": "name", "1": "notes" } }))
        .await
        .assert_status(202);
    browser.patch(&format, &json!({ "hasHeader": true })).await.problem(409, "already_started");
    app.run_pending().await;
    assert_eq!(numbers(&browser, &path).await, ("completed".to_owned(), Some(2), 2, 0, 0));
}

#[tokio::test]
async fn a_file_without_headings_begins_with_its_data() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made =
        upload(&browser, "x.csv", "Ada Okafor,ada@example.com\n,not an address\nBo,bo@example.com").await.expect(201);
    assert_eq!(made["format"]["hasHeader"], false);
    let guesses: Vec<&Value> = made["columns"].as_array().unwrap().iter().map(|each| &each["guess"]).collect();
    assert_eq!(guesses, ["name", "email"]);
    let path = path(&made);
    browser
        .post(&format!("{path}/start"), &json!({ "mapping": { "0": "name", "1": "email" } }))
        .await
        .assert_status(202);
    app.run_pending().await;
    assert_eq!(numbers(&browser, &path).await, ("completed".to_owned(), Some(3), 2, 0, 1));
    let rejects = browser.get(&format!("{path}/rows?outcome=rejected")).await.expect(200);
    assert_eq!(rejects["rows"][0]["rowNumber"], 2);
    let file = browser.get(&format!("{path}/rejects.csv")).await;
    assert!(file.text.starts_with("\u{feff}\"Column 1\",\"Column 2\",\"Row number\",\"Reason\"\r\n"), "{}", file.text);
}

#[tokio::test]
async fn only_what_makes_sense_is_said_of_other_files_under_the_name_of_one() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    for (bytes, says) in [
        (b"PK\x03\x04..xl/workbook.xml..".as_slice(), "Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "CSV UTF-8"),
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "image"),
    ] {
        let answer = upload(&browser, "clients.csv", bytes).await;
        let detail = answer.problem(422, "not_csv")["detail"].as_str().unwrap();
        assert!(detail.contains(says), "{detail}");
    }
    let made = upload(&browser, "clients.xlsx", "name\nAda\n").await.expect(201);
    assert_eq!(made["filename"], "clients.xlsx", "the content decides");
}

#[tokio::test]
async fn the_row_of_names_is_found_below_a_title_and_can_be_chosen() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let body = "My contacts;;\n\nName;Email;Town\nAda;ada@example.com;Oslo\nBo;bo@example.com;Bergen\n";
    let made = upload(&browser, "x.csv", body).await.expect(201);
    assert_eq!((&made["format"]["headingRow"], &made["columns"][1]["guess"]), (&json!(3), &json!("email")));
    let format = format!("{}/format", path(&made));
    let first = browser.patch(&format, &json!({ "headingRow": 1 })).await.expect(200);
    assert_eq!((&first["format"]["headingRow"], &first["columns"][0]["name"]), (&json!(1), &json!("My contacts")));
    // it stays when something else is corrected, and is found anew when asked for
    let other = browser.patch(&format, &json!({ "quote": "'" })).await.expect(200);
    assert_eq!(other["format"]["headingRow"], 1);
    let none = browser.patch(&format, &json!({ "hasHeader": false })).await.expect(200);
    assert_eq!((&none["format"]["headingRow"], &none["preview"][0][0]), (&Value::Null, &json!("My contacts")));
    for row in [0, 2, 6, 21] {
        browser.patch(&format, &json!({ "headingRow": row })).await.wrong_fields(&[("headingRow", "unknown")]);
    }
    let found = browser.patch(&format, &json!({ "hasHeader": true })).await.expect(200);
    assert_eq!(found["format"]["headingRow"], 3);

    let mapping = json!({ "0": "name", "1": "email" });
    browser.post(&format!("{}/start", path(&made)), &json!({ "mapping": mapping })).await.assert_status(202);
    app.run_pending().await;
    assert_eq!(numbers(&browser, &path(&made)).await, ("completed".to_owned(), Some(2), 2, 0, 0));
    let rows = browser.get(&format!("{}/rows", path(&made))).await.expect(200);
    assert_eq!((&rows["rows"][0]["rowNumber"], &rows["rows"][0]["columns"][0]), (&json!(4), &json!("Ada")));
}
