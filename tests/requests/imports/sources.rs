//! Exports of other programs, as they come: the columns are known and nobody has to choose anything.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use support::{Browser, TestApp};

use super::{numbers, path, upload};

fn export(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/requests/imports/sources");
    std::fs::read(format!("{folder}/{name}.csv")).unwrap()
}

/// Uploads an export and starts it as it is guessed; answers the import and the clients, by name.
async fn imported(app: &TestApp, browser: &Browser, name: &str) -> (Value, BTreeMap<String, Value>) {
    let made = upload(browser, &format!("{name}.csv"), export(name)).await.expect(201);
    let columns = made["columns"].as_array().unwrap();
    let guesses = columns.iter().filter_map(|each| Some((each["index"].to_string(), each["guess"].as_str()?)));
    let mapping: BTreeMap<String, &str> = guesses.collect();
    let path = path(&made);
    browser.post(&format!("{path}/start"), &json!({ "mapping": mapping })).await.assert_status(202);
    app.run_pending().await;
    let (state, total, created, _, rejected) = numbers(browser, &path).await;
    assert_eq!((state.as_str(), created, rejected), ("completed", total.unwrap(), 0), "{name}: {mapping:?}");
    let clients = browser.get("/api/clients?limit=200").await.expect(200);
    let by_name = clients["clients"].as_array().unwrap().iter();
    (made, by_name.map(|client| (client["name"].as_str().unwrap().to_owned(), client.clone())).collect())
}

/// The fields that a test is about.
fn told(client: &Value) -> [&Value; 4] {
    ["email", "company", "phone", "notes"].map(|field| &client[field])
}

#[tokio::test]
async fn google_contacts_of_today_and_of_before() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let (made, clients) = imported(&app, &browser, "google-new").await;
    assert_eq!(made["source"], "Google Contacts");
    assert_eq!(clients.keys().collect::<Vec<_>>(), ["Ada Ngozi Okafor", "Harbour Studio", "Zoë Lindqvist"]);
    assert_eq!(
        told(&clients["Ada Ngozi Okafor"]),
        [
            &json!("ada@kite.example"),
            &json!("Kite Records"),
            &json!("+49 151 5550123"),
            &json!(
                "Prefers calls\nin the morning\nOther email: ada.okafor@home.example\nOther phone: +49 30 5550124\nPhone 2: +49 30 5550100"
            ),
        ]
    );
    assert_eq!(
        clients["Zoë Lindqvist"]["email"], "zoe@lindqvist.example",
        "the second address, where there is no first"
    );
    assert_eq!(clients["Harbour Studio"]["phone"], "+47 22 55 01 23");

    let otto = app.owner("Otto").await;
    let (made, clients) = imported(&app, &otto, "google-old").await;
    assert_eq!((&made["source"], &made["format"]["encoding"]), (&json!("Google Contacts"), &json!("utf-16le")));
    assert_eq!(clients.keys().collect::<Vec<_>>(), ["Bo Marsh", "Chiara Maria Conti", "Northlight"]);
    assert_eq!(
        told(&clients["Bo Marsh"]),
        [
            &json!("bo@marsh.example"),
            &json!("Marsh & Sons"),
            &json!("+1 415 555 0134"),
            &json!("Likes tape\nOther email: bo@band.example\nE-mail 2: bo@home.example"),
        ]
    );
}

#[tokio::test]
async fn outlook_in_two_languages() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let (made, clients) = imported(&app, &browser, "outlook").await;
    assert_eq!((&made["source"], &made["format"]["encoding"]), (&json!("Outlook"), &json!("windows-1252")));
    assert_eq!(
        told(&clients["Björn Åkesson"]),
        [
            &json!("bjorn@akesson.example"),
            &json!("Åkesson Ljud AB"),
            &json!("+46 70 555 01 23"),
            &json!("Mixes at night\nBusiness Phone: +46 8 555 01 00"),
        ]
    );
    assert_eq!(
        told(&clients["Dana R. Whitaker"]),
        [&json!("dana@whitaker.example"), &json!("Copper, Pine & Co"), &json!("+1 212 555 0199"), &Value::Null]
    );
    assert_eq!(clients["Émile Durand"]["phone"], "04 50 55 01 23");

    let otto = app.owner("Otto").await;
    let (made, clients) = imported(&app, &otto, "outlook-german").await;
    assert_eq!(made["source"], "Outlook");
    assert_eq!(
        told(&clients["Jörgen Weiß"]),
        [
            &json!("joergen@weiss.example"),
            &json!("Weiß Tontechnik GmbH"),
            &json!("+49 171 5550123"),
            &json!("Zahlt pünktlich\nTelefon geschäftlich: +49 40 5550123"),
        ]
    );
}

#[tokio::test]
async fn outlook_in_french_and_spanish() {
    let app = TestApp::start().await;
    let (made, clients) = imported(&app, &app.owner("Nina").await, "outlook-french").await;
    assert_eq!((&made["source"], &made["format"]["encoding"]), (&json!("Outlook"), &json!("windows-1252")));
    assert_eq!(
        told(&clients["Hélène Marie Lefèvre"]),
        [
            &json!("helene@lefevre.example"),
            &json!("Studio Lefèvre & Fils"),
            &json!("+33 6 12 55 01 23"),
            &json!("Préfère le matin\nTéléphone (bureau): +33 4 50 55 01 23"),
        ]
    );
    assert_eq!(clients["Aïcha Benali"]["phone"], "01 45 55 01 23");

    let (made, clients) = imported(&app, &app.owner("Otto").await, "outlook-spanish").await;
    assert_eq!(made["source"], "Outlook");
    assert_eq!(
        told(&clients["Íñigo Peña Ruiz"]),
        [
            &json!("inigo@pena.example"),
            &json!("Grabaciones Peña S.L."),
            &json!("+34 612 55 01 23"),
            &json!("Paga a 30 días\nTeléfono del trabajo: +34 91 555 01 23"),
        ]
    );
    assert_eq!(clients["Lucía Belén Gómez"]["phone"], "+34 93 555 01 23");
}

#[tokio::test]
async fn hubspot_mailchimp_and_apple() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let (made, clients) = imported(&app, &browser, "hubspot").await;
    assert_eq!(made["source"], "HubSpot");
    assert_eq!(clients.keys().collect::<Vec<_>>(), ["Priya Raman", "Sofía Núñez", "info"]);
    assert_eq!(
        told(&clients["Priya Raman"]),
        [&json!("priya@raman.example"), &json!("Raman Audio Ltd"), &json!("+44 20 7946 0123"), &Value::Null]
    );

    let (made, clients) = imported(&app, &app.owner("Otto").await, "mailchimp").await;
    assert_eq!(made["source"], "Mailchimp");
    assert_eq!(clients.keys().collect::<Vec<_>>(), ["Lena Fischer", "Tomáš Novák", "noname"]);
    let lena = &clients["Lena Fischer"];
    assert_eq!(
        told(lena),
        [&json!("lena@fischer.example"), &json!("Fischer Film"), &json!("+49 89 5550123"), &json!("Asked for a quote")]
    );
    assert_eq!((&lena["timezone"], &lena["satisfaction"]), (&json!("Europe/Berlin"), &Value::Null));

    let (made, clients) = imported(&app, &app.owner("Cleo").await, "apple").await;
    assert_eq!((&made["source"], &made["format"]["delimiter"]), (&json!("Apple Contacts"), &json!(";")));
    assert_eq!(
        told(&clients["Ingrid Solberg"]),
        [
            &json!("ingrid@fjord.example"),
            &json!("Fjord Sound"),
            &json!("+47 900 55 123"),
            &json!("Needs stems\nEmail (home): ingrid@home.example\nPhone (work): +47 22 55 01 00"),
        ]
    );
    assert_eq!(clients["Kofi"]["email"], "kofi@example.org");
}
