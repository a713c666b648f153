//! What the first rows would become, before anything is imported.

use serde_json::{Value, json};
use support::TestApp;

use super::{path, upload};

#[tokio::test]
async fn shows_clients_and_reasons_as_the_import_will() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let body =
        "First,Last,Mail,Budget,Via\nAda,Okafor,ada@example.com,\"1.500,50\",Otto\n,,not an address,,\nBo,,,many,\n";
    let made = upload(&browser, "x.csv", body).await.expect(201);
    let preview = format!("{}/preview", path(&made));
    let mapping = json!({ "0": "firstName", "1": "lastName", "2": "email", "3": "budgetMin" });
    let shown = browser.post(&preview, &json!({ "mapping": mapping, "budgetCurrency": "eur" })).await.expect(200);
    assert_eq!(
        shown["rows"][0],
        json!({
            "rowNumber": 2,
            "columns": ["Ada", "Okafor", "ada@example.com", "1.500,50", "Otto"],
            "client": {
                "name": "Ada Okafor", "email": "ada@example.com", "company": null, "phone": null, "timezone": null,
                "genres": [], "budgetMinor": { "min": 150_050, "max": 150_050 }, "budgetCurrency": "EUR",
                "satisfaction": null, "referralSource": null, "notes": null,
            },
            "reasons": [], "duplicateOf": null, "repeatsRow": null, "matchedBy": null,
        })
    );
    assert_eq!(shown["rows"][1]["client"], Value::Null);
    assert_eq!(shown["rows"][1]["reasons"][0]["field"], "email");
    assert_eq!(shown["rows"][2]["reasons"][0]["field"], "budgetMin");

    // who is here already is told, as the import will take them
    let here = browser.post("/api/clients", &json!({ "name": "Ada", "email": "ADA@example.com" })).await.expect(201);
    let again = browser.post(&preview, &json!({ "mapping": mapping, "budgetCurrency": "eur" })).await.expect(200);
    assert_eq!(again["rows"][0]["duplicateOf"], json!({ "id": here["id"], "name": "Ada" }));
    assert_eq!(again["rows"][0]["matchedBy"], "email");

    let refused = browser.post(&preview, &json!({ "mapping": mapping })).await;
    refused.wrong_fields(&[("mapping", "no_currency")]);
    let unknown = browser.post(&preview, &json!({ "mapping": { "0": "name" }, "budgetCurrency": "XAU" })).await;
    unknown.wrong_fields(&[("budgetCurrency", "unknown")]);
    let both = browser.post(&preview, &json!({ "mapping": {}, "budgetCurrency": "Euro" })).await;
    both.wrong_fields(&[("mapping", "no_name"), ("budgetCurrency", "unknown")]);
    assert_eq!(browser.get("/api/clients").await.expect(200)["total"]["count"], 1);

    let choices = json!({ "mapping": mapping, "budgetCurrency": "EUR", "duplicates": "fillEmpty" });
    let started = browser.post(&format!("{}/start", path(&made)), &choices).await.expect(202);
    assert_eq!(started["budgetCurrency"], "EUR");
    browser.post(&preview, &choices).await.problem(409, "already_started");
    app.run_pending().await;
    let client = &browser.get("/api/clients").await.expect(200)["clients"][0];
    assert_eq!(
        (&client["budgetMinor"], &client["budgetCurrency"]),
        (&json!({ "min": 150_050, "max": 150_050 }), &json!("EUR"))
    );
}

#[tokio::test]
async fn every_row_is_shown_with_its_own_cells() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let body = "name,email\nAda,ada@example.com\n\"Bo\n\"b,bo@example.com\nCy,not an address\nDi,di@example.com\n";
    let made = upload(&browser, "x.csv", body).await.expect(201);
    let mapping = json!({ "mapping": { "0": "name", "1": "email" } });
    let shown = browser.post(&format!("{}/preview", path(&made)), &mapping).await.expect(200);
    let rows: Vec<Value> = shown["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| json!([row["rowNumber"], row["columns"], row["reasons"] != json!([])]))
        .collect();
    assert_eq!(
        rows,
        [
            json!([2, ["Ada", "ada@example.com"], false]),
            json!([3, ["Bo\nb", "bo@example.com"], true]),
            json!([4, ["Cy", "not an address"], true]),
            json!([5, ["Di", "di@example.com"], false]),
        ]
    );
}

#[tokio::test]
async fn shows_twenty_rows_in_any_encoding_and_no_more() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let rows: String = (0..20_000).map(|n| format!("Åsa {n}\tp{n}@example.com\r\n")).collect();
    let bytes: Vec<u8> = format!("\u{feff}name\tmail\r\n{rows}").encode_utf16().flat_map(u16::to_be_bytes).collect();
    let made = upload(&browser, "x.csv", bytes).await.expect(201);
    let shown =
        browser.post(&format!("{}/preview", path(&made)), &json!({ "mapping": { "0": "name" } })).await.expect(200);
    let rows = shown["rows"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[19]["client"]["name"], &rows[19]["rowNumber"]), (20, &json!("Åsa 19"), &json!(21)));
}

#[tokio::test]
async fn a_file_that_is_gone_is_said_to_be() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made = upload(&browser, "x.csv", "name\nAda\n").await.expect(201);
    for file in super::files(&app.folder().join("storage")) {
        std::fs::remove_file(file).unwrap();
    }
    let preview = browser.post(&format!("{}/preview", path(&made)), &json!({ "mapping": { "0": "name" } })).await;
    preview.problem(410, "file_gone");
    browser.patch(&format!("{}/format", path(&made)), &json!({ "hasHeader": false })).await.problem(410, "file_gone");
}

#[tokio::test]
async fn the_sample_can_be_imported_as_it_is() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let sample = browser.get("/api/imports/sample.csv").await;
    sample.assert_status(200);
    assert_eq!(sample.header("content-disposition"), "attachment; filename=\"clients-sample.csv\"");
    let made = upload(&browser, "clients-sample.csv", sample.text.clone()).await.expect(201);
    let columns = made["columns"].as_array().unwrap();
    let mapping: serde_json::Map<String, Value> =
        columns.iter().map(|each| (each["index"].to_string(), each["guess"].clone())).collect();
    let shown = browser.post(&format!("{}/preview", path(&made)), &json!({ "mapping": mapping })).await.expect(200);
    let rows = shown["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row["reasons"] == json!([])), "{rows:?}");
}

#[tokio::test]
async fn a_row_that_repeats_one_above_says_so() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let body = "Name,Mail\nAda,ada@example.com\nBo,\nAda O.,ADA@example.com\n,\nBO,\nCy,cy@example.com\n";
    let made = upload(&browser, "x.csv", body).await.expect(201);
    let choices = json!({ "mapping": { "0": "name", "1": "email" } });
    let shown = browser.post(&format!("{}/preview", path(&made)), &choices).await.expect(200);
    let rows = shown["rows"].as_array().unwrap();
    let repeats: Vec<&Value> = rows.iter().map(|row| &row["repeatsRow"]).collect();
    assert_eq!(repeats, [&Value::Null, &Value::Null, &json!(2), &Value::Null, &json!(3), &Value::Null]);
    assert_eq!((&rows[2]["matchedBy"], &rows[4]["matchedBy"]), (&json!("email"), &json!("name")));
}
