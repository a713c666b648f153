//! How a workspace looks to its clients.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use reqwest::Method;
use serde_json::{Value, json};
use support::{Answer, Browser, TestApp};

use crate::files::{Uploader, both};

const ADDRESS: &str = "/api/workspace/branding";

/// A picture of one pixel.
fn pixel() -> Vec<u8> {
    BASE64_STANDARD
        .decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
        .unwrap()
}

async fn set_logo(owner: &Browser, bytes: Vec<u8>) -> Answer {
    owner.send(owner.request(Method::PUT, &format!("{ADDRESS}/logo")).body(bytes)).await
}

async fn pro_engineer(app: &TestApp) {
    sqlx::query("update workspaces set tier = 'pro_engineer'").execute(&mut app.sql().await).await.unwrap();
}

async fn first(client: &Uploader) -> Value {
    let proposal = client.address.trim_end_matches("/portal").rsplit('/').next().unwrap();
    let page = client.browser.get(&format!("/p/{proposal}")).await;
    page.assert_status(200);
    let data = page.text.split_once(r#"id="first">"#).unwrap().1.split_once("</script>").unwrap().0;
    serde_json::from_str::<Value>(data).unwrap()["page"]["more"]["brand"].clone()
}

#[tokio::test]
async fn logo_and_colour_are_for_everybody_and_reach_portal_and_mails() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    let branding = nina.get(ADDRESS).await.expect(200);
    assert_eq!(json!([branding["accent"], branding["logoUrl"], branding["version"]]), json!([null, null, 0]));
    let changed = nina.patch(ADDRESS, &json!({ "version": 0, "accent": " #FFD400 " })).await.expect(200);
    assert_eq!(json!([changed["accent"], changed["palette"]["isCorrected"]]), json!(["#ffd400", true]));
    let logo = set_logo(&nina, pixel()).await.expect(200)["logoUrl"].as_str().unwrap().to_owned();

    let (_, _, client) = both(&app, &nina, json!({})).await;
    let brand = first(&client).await;
    assert_eq!(brand["palette"], changed["palette"]);
    assert_eq!(brand["logoUrl"], logo.as_str());
    let mail = app.sandbox.mails()[0].clone();
    let html = mail.html.clone().unwrap();
    let accent = changed["palette"]["light"]["accent"].as_str().unwrap();
    assert!(html.contains(&format!("{}{logo}", app.base_url)) && html.contains(accent), "{html}");
    assert!(html.contains("Sent with Ledgerline"));

    let shown = app.browser().get(&logo).await;
    assert_eq!((shown.status, shown.header("content-type")), (200, "image/png"));
    assert!(shown.header("cache-control").contains("immutable"));
    assert_eq!(app.browser().send_bytes(app.browser().request(Method::GET, &logo)).await, pixel());
    nina.delete(&format!("{ADDRESS}/logo")).await.assert_status(200);
    app.browser().get(&logo).await.problem(404, "not_found");
    assert_eq!(first(&client).await["logoUrl"], Value::Null);
    let cleared = nina.get(ADDRESS).await.expect(200)["version"].clone();
    let cleared = nina.patch(ADDRESS, &json!({ "version": cleared, "accent": null })).await.expect(200);
    assert_eq!(cleared["palette"], Value::Null);
}

#[tokio::test]
async fn own_words_and_white_label_come_with_a_tier_and_wait_when_it_ends() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    for change in [json!({ "welcome": "Hi" }), json!({ "isWhiteLabel": true }), json!({ "signature": "N." })] {
        let mut body = json!({ "version": 0 });
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        nina.patch(ADDRESS, &body).await.problem(403, "tier_required");
    }
    pro_engineer(&app).await;
    let words = json!({
        "version": 0, "welcome": "Good to have you.", "inviteSubject": "{title} <is> ready, {name}",
        "inviteBody": "Dear {name},\nall of \"{title}\" is here. <b>{workspace}</b>", "signature": "Nina\nNorthlight",
        "isWhiteLabel": true,
    });
    nina.patch(ADDRESS, &words).await.assert_status(200);
    let (_, _, client) = both(&app, &nina, json!({})).await;
    let brand = first(&client).await;
    assert_eq!(json!([brand["welcome"], brand["isWhiteLabel"]]), json!(["Good to have you.", true]));
    let mail = app.sandbox.mails()[0].clone();
    assert_eq!(mail.subject, "Album <is> ready, Ada");
    let (html, text) = (mail.html.clone().unwrap(), mail.text.clone().unwrap().replace("\r\n", "\n"));
    assert!(
        html.contains("Dear Ada,<br>all of &quot;Album&quot; is here. &lt;b&gt;"),
        "what is put in is text: {html}"
    );
    assert!(html.contains("Nina<br>Northlight") && text.contains("Dear Ada,\nall of \"Album\" is here."), "{text}");
    let sender = mail.headers.iter().find(|header| header.name.eq_ignore_ascii_case("from")).unwrap();
    assert!(!sender.value.starts_with("Ledgerline"), "{}", sender.value);
    assert!(!html.contains("Ledgerline") && !text.contains("Ledgerline"), "our name is nowhere");

    sqlx::query("update workspaces set tier = 'free'").execute(&mut app.sql().await).await.unwrap();
    let brand = first(&client).await;
    assert_eq!(json!([brand["welcome"], brand["isWhiteLabel"]]), json!([null, false]));
    let kept = nina.get(ADDRESS).await.expect(200);
    assert_eq!(json!([kept["welcome"], kept["mayWhiteLabel"]]), json!(["Good to have you.", false]));
    let away = json!({ "version": kept["version"], "welcome": null, "isWhiteLabel": false });
    nina.patch(ADDRESS, &away).await.assert_status(200);
}

#[tokio::test]
async fn what_is_no_colour_or_no_picture_is_refused() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    for wrong in ["red", "#fff", "#12345", "#gggggg", "url(x)", "#3f4cc9;}"] {
        nina.patch(ADDRESS, &json!({ "version": 0, "accent": wrong })).await.problem(422, "invalid");
        nina.send(nina.request(Method::GET, &format!("{ADDRESS}/palette")).query(&[("accent", wrong)]))
            .await
            .problem(422, "invalid");
    }
    let palette = nina.get(&format!("{ADDRESS}/palette?accent=%233f4cc9")).await.expect(200);
    assert_eq!(json!([palette["light"]["accent"], palette["isCorrected"]]), json!(["#3f4cc9", false]));
    set_logo(&nina, b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec())
        .await
        .problem(422, "invalid_logo");
    set_logo(&nina, Vec::new()).await.problem(422, "invalid_logo");
    let mut virus = pixel();
    virus.extend(b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$");
    set_logo(&nina, virus).await.problem(422, "invalid_logo");
    let mut large = pixel();
    large.resize(1_000_001, 0);
    set_logo(&nina, large).await.problem(413, "body_too_large");
    app.sandbox.scanner().fail(true);
    set_logo(&nina, pixel()).await.problem(503, "scanner_unavailable");
    app.sandbox.scanner().fail(false);

    nina.patch(ADDRESS, &json!({ "version": 0, "accent": "#102030" })).await.assert_status(200);
    nina.patch(ADDRESS, &json!({ "version": 0, "accent": "#102030" })).await.problem(409, "stale_version");
    assert_eq!(nina.get(ADDRESS).await.expect(200)["logoUrl"], Value::Null);
}

#[tokio::test]
async fn members_look_and_owners_change() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    let mia = app.member(&nina, "Mia", "member").await;
    mia.get(ADDRESS).await.assert_status(200);
    mia.patch(ADDRESS, &json!({ "version": 0, "accent": "#102030" })).await.problem(403, "forbidden");
    set_logo(&mia, pixel()).await.problem(403, "forbidden");
    mia.delete(&format!("{ADDRESS}/logo")).await.problem(403, "forbidden");
    // another workspace has a look of its own
    nina.patch(ADDRESS, &json!({ "version": 0, "accent": "#102030" })).await.assert_status(200);
    let otto = app.owner("Otto").await;
    assert_eq!(otto.get(ADDRESS).await.expect(200)["accent"], Value::Null);
}
