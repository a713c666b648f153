//! What the cells of a row bring to a client who is here already.

use serde_json::{Value, json};
use support::{Browser, TestApp};

use super::{counts, started_with};

async fn client(browser: &Browser) -> Value {
    browser.get("/api/clients").await.expect(200)["clients"][0].clone()
}

#[tokio::test]
async fn a_name_that_stands_in_the_file_renames_whatever_it_is_like() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let mail = "info@kite.example";
    browser.post("/api/clients", &json!({ "name": "Old Kite", "email": mail })).await.assert_status(201);
    let names = json!({ "0": "name", "1": "firstName", "2": "email", "3": "company" });
    for (row, name) in [
        ("Kite Records,,info@kite.example,Kite Records", "Kite Records"),
        ("info,,info@kite.example,", "info"),
        (",Kite Records,info@kite.example,Kite Records", "Kite Records"),
        // without a name it is called after its address when it is new, and that renames nobody
        (",,info@kite.example,Kite", "Kite Records"),
    ] {
        let body = format!("name,first,email,company\n{row}\n");
        started_with(&browser, body, json!({ "mapping": names, "duplicates": "overwrite" })).await;
        app.run_pending().await;
        assert_eq!(client(&browser).await["name"], name, "{row}");
    }
}

#[tokio::test]
async fn how_somebody_likes_to_hear_from_us_is_replaced_by_a_cell_and_never_filled() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let made = json!({ "name": "Ada", "email": "ada@example.com",
        "communication": { "email": false, "sms": false, "phone": false } });
    browser.post("/api/clients", &made).await.assert_status(201);
    let mapping = json!({ "0": "name", "1": "email", "2": "communication" });
    let import = async |ways: &str, rule: &str| {
        let body = format!("name,email,ways\nAda,ada@example.com,\"{ways}\"\n");
        let path = started_with(&browser, body, json!({ "mapping": mapping, "duplicates": rule })).await;
        app.run_pending().await;
        (counts(&browser, &path).await.1, client(&browser).await["communication"].clone())
    };
    let ways = |email, sms, phone| json!({ "email": email, "sms": sms, "phone": phone });
    // who wants to hear nothing has said so
    assert_eq!(import("email", "fillEmpty").await, ([0, 0, 1, 0], ways(false, false, false)));
    assert_eq!(import("sms, phone", "overwrite").await, ([0, 1, 0, 0], ways(false, true, true)));
    assert_eq!(import("", "overwrite").await, ([0, 0, 1, 0], ways(false, true, true)));
    assert_eq!(import("none", "overwrite").await, ([0, 1, 0, 0], ways(false, false, false)));

    // as our own export writes it
    let export = browser.get("/api/clients/export.csv").await.text.replace("none", "phone");
    let mapping = |made: &Value| -> Value {
        let columns = made["columns"].as_array().unwrap().iter();
        columns
            .filter(|each| each["guess"] != Value::Null)
            .map(|each| (each["index"].to_string(), each["guess"].clone()))
            .collect()
    };
    let upload = super::upload(&browser, "clients.csv", export).await.expect(201);
    let start = json!({ "mapping": mapping(&upload), "duplicates": "overwrite" });
    browser.post(&format!("{}/start", super::path(&upload)), &start).await.assert_status(202);
    app.run_pending().await;
    assert_eq!(client(&browser).await["communication"], ways(false, false, true));
}

#[tokio::test]
async fn a_number_that_could_not_be_told_is_told_by_the_country_of_an_import() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    for rule in ["fillEmpty", "overwrite"] {
        let mail = format!("{}@example.com", rule.to_lowercase());
        let made = json!({ "name": rule, "email": mail, "phone": "030 1234567" });
        let made = browser.post("/api/clients", &made).await.expect(201);
        let start = json!({ "mapping": { "0": "name", "1": "email", "2": "phone" }, "duplicates": rule });
        let body = format!("name,email,phone\n{rule},{mail},030 1234567\n");
        let path = started_with(&browser, body.clone(), start.clone()).await;
        app.run_pending().await;
        assert_eq!(counts(&browser, &path).await.1, [0, 0, 1, 0], "without a country it is as unknown as before");

        let mut start = start;
        start["phoneRegion"] = json!("DE");
        let path = started_with(&browser, body, start).await;
        app.run_pending().await;
        assert_eq!(counts(&browser, &path).await.1, [0, 1, 0, 0]);
        let history = browser.get(&format!("/api/clients/{}/history", made["id"].as_str().unwrap())).await.expect(200);
        assert_eq!(history["events"][0]["changes"], json!([{ "field": "phone", "from": null, "to": "+49301234567" }]));
        // so the number alone finds its client from now on
        let number = "name,phone\nSomeone,+49 30 1234567\n";
        let start = json!({ "mapping": { "0": "name", "1": "phone" }, "duplicates": "skip" });
        let path = started_with(&browser, number, start).await;
        app.run_pending().await;
        assert_eq!(counts(&browser, &path).await.1, [0, 0, 1, 0]);
        browser.post(&format!("/api/clients/{}/archive", made["id"].as_str().unwrap()), &json!({})).await;
    }
}
