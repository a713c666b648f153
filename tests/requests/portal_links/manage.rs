use ledgerline_jobs::portal::SendPortalLink;
use serde_json::json;
use support::TestApp;

use super::{Engagement, mailed, opened, told};

#[tokio::test]
async fn a_link_is_mailed_opens_the_portal_and_leaves_the_address_bar() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    let engagement = Engagement::of(&app, &owner, "ada@example.com").await;
    let link = owner.post(&engagement.links(), &json!({})).await.expect(201);
    assert_eq!((link["state"].as_str(), link["hasCode"].as_bool()), (Some("open"), Some(false)));
    assert_eq!(link["contactId"], json!(engagement.contact_id));
    app.assert_enqueued(&SendPortalLink { link_id: link["id"].as_str().unwrap().parse().unwrap() }).await;
    let path = mailed(&app, "ada@example.com", 1).await;
    let mail = app.sandbox.mails().remove(0);
    assert_eq!(mail.subject, "The album: your link from Nina's");
    assert!(mail.html.as_deref().unwrap().contains("Ada &lt;i&gt;Kite"), "names are data, never markup");

    let browser = app.browser();
    // a program that looks at mails opens it first
    app.browser().get(&path).await.assert_status(303);
    let answer = browser.get(&path).await;
    answer.assert_status(303);
    assert_eq!(answer.header("location"), format!("/p/{}", engagement.proposal_id));
    assert_eq!((answer.header("referrer-policy"), answer.header("cache-control")), ("no-referrer", "no-store"));
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with(&format!("ledgerline_portal_{}=", engagement.proposal_id.simple())), "{cookie}");
    assert!(cookie.contains("; HttpOnly; SameSite=Lax; Path=/;"), "{cookie}");
    assert!(!cookie.contains(path.trim_start_matches("/l/")), "the cookie has a secret of its own");

    let page = browser.get(answer.header("location")).await;
    page.assert_status(200);
    assert!(page.text.contains(r#""state":"open""#) && page.text.contains("Ada \\u003ci>Kite"), "{}", page.text);
    assert_eq!(page.header("x-robots-tag"), "noindex, nofollow");
    browser.get(&engagement.portal()).await.assert_status(200);

    let list = owner.get(&engagement.links()).await.expect(200);
    assert_eq!((&list["links"][0]["opens"], list["links"].as_array().map(Vec::len)), (&json!(2), Some(1)));
    assert!(list["links"][0]["lastSentAt"].is_string() && list["links"][0]["lastOpenedAt"].is_string());
}

#[tokio::test]
async fn one_person_has_one_link_which_is_sent_again() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    let engagement = Engagement::of(&app, &owner, "ada@example.com").await;
    let (link, first) = engagement.invite(&app, &owner, json!({})).await;
    let again = owner.post(&engagement.links(), &json!({})).await;
    assert_eq!(again.problem(409, "link_exists")["existingId"], link["id"]);
    let one = format!("{}/{}", engagement.links(), link["id"].as_str().unwrap());
    owner.post(&format!("{one}/send"), &json!({})).await.assert_status(200);
    let second = mailed(&app, "ada@example.com", 2).await;
    assert_ne!(first, second, "each mail has its own token");
    opened(&app, &first).await;
    opened(&app, &second).await;
}

#[tokio::test]
async fn rotating_and_revoking_end_links_and_those_who_are_in() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    let engagement = Engagement::of(&app, &owner, "ada@example.com").await;
    let (link, first) = engagement.invite(&app, &owner, json!({})).await;
    let one = format!("{}/{}", engagement.links(), link["id"].as_str().unwrap());
    let browser = opened(&app, &first).await;
    let stranger = told(&app.browser().get(&engagement.portal()).await);

    owner.post(&format!("{one}/rotate"), &json!({})).await.assert_status(200);
    assert_eq!(told(&browser.get(&engagement.portal()).await), stranger);
    app.browser().get(&first).await.assert_status(404);
    let second = mailed(&app, "ada@example.com", 2).await;
    let browser = opened(&app, &second).await;
    browser.get(&engagement.portal()).await.assert_status(200);

    let revoked = owner.post(&format!("{one}/revoke"), &json!({})).await.expect(200);
    assert_eq!(revoked["state"], "revoked");
    assert_eq!(told(&browser.get(&engagement.portal()).await), stranger);
    for verb in ["send", "rotate", "revoke"] {
        owner.post(&format!("{one}/{verb}"), &json!({})).await.problem(409, "link_revoked");
    }
    owner.patch(&one, &json!({ "expiresAt": "2031-01-01T00:00:00Z" })).await.problem(409, "link_revoked");
    owner.post(&format!("{one}/access-code"), &json!({ "code": "1234" })).await.problem(409, "link_revoked");
    // the person may be given a new one
    owner.post(&engagement.links(), &json!({ "send": false })).await.assert_status(201);
}

#[tokio::test]
async fn a_link_runs_out_and_may_be_given_more_time() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    let engagement = Engagement::of(&app, &owner, "ada@example.com").await;
    let (link, path) = engagement.invite(&app, &owner, json!({})).await;
    let one = format!("{}/{}", engagement.links(), link["id"].as_str().unwrap());
    app.travel("89 days").await;
    let browser = opened(&app, &path).await;
    browser.get(&engagement.portal()).await.assert_status(200);
    app.travel("2 days").await;
    app.browser().get(&path).await.assert_status(404);
    browser.get(&engagement.portal()).await.problem(401, "link_required");
    // the producer's session has ended by now
    owner
        .post("/api/sessions", &json!({ "email": "nina@example.com", "password": support::PASSWORD }))
        .await
        .assert_status(201);
    assert_eq!(owner.get(&engagement.links()).await.expect(200)["links"][0]["state"], "expired");
    owner.post(&format!("{one}/send"), &json!({})).await.problem(409, "link_expired");
    owner
        .patch(&one, &json!({ "expiresAt": "2001-01-01T00:00:00Z" }))
        .await
        .wrong_fields(&[("expiresAt", "out_of_range")]);
    let now: chrono::DateTime<chrono::Utc> =
        sqlx::query_scalar("select app_now()").fetch_one(&mut app.sql().await).await.unwrap();
    let later = json!({ "expiresAt": now + chrono::TimeDelta::days(30) });
    assert_eq!(owner.patch(&one, &later).await.expect(200)["state"], "open");
    browser.get(&engagement.portal()).await.assert_status(200);
    opened(&app, &path).await;
}

#[tokio::test]
async fn a_draft_is_shown_to_nobody() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    let engagement = Engagement::of(&app, &owner, "ada@example.com").await;
    let (link, path) = engagement.invite(&app, &owner, json!({})).await;
    let one = format!("{}/{}", engagement.links(), link["id"].as_str().unwrap());
    sqlx::query("update proposals set state = 'draft', sent_version = null where id = $1")
        .bind(engagement.proposal_id)
        .execute(&mut app.sql().await)
        .await
        .unwrap();
    app.browser().get(&path).await.assert_status(404);
    owner.post(&format!("{one}/send"), &json!({})).await.problem(409, "proposal_not_sent");
    owner.post(&format!("{one}/revoke"), &json!({})).await.assert_status(200);
    owner.post(&engagement.links(), &json!({ "send": true })).await.problem(409, "proposal_not_sent");
    // it may be made before, and is not mailed then
    owner.post(&engagement.links(), &json!({})).await.assert_status(201);
    assert_eq!(app.run_pending().await, 0);
}

#[tokio::test]
async fn whoever_cannot_be_mailed_gets_no_link() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    let engagement = Engagement::of(&app, &owner, "ada@example.com").await;
    let other = Engagement::of(&app, &owner, "bo@example.com").await;
    let foreign = json!({ "contactId": other.contact_id });
    owner.post(&engagement.links(), &foreign).await.wrong_fields(&[("contactId", "unknown")]);
    sqlx::query("update contacts set email = null where id = $1")
        .bind(engagement.contact_id)
        .execute(&mut app.sql().await)
        .await
        .unwrap();
    owner.post(&engagement.links(), &json!({})).await.wrong_fields(&[("contactId", "no_email")]);
    let long = json!({ "expiresAt": "2099-01-01T00:00:00Z" });
    owner.post(&other.links(), &long).await.wrong_fields(&[("expiresAt", "out_of_range")]);
    owner.post(&other.links(), &json!({ "accessCode": "123" })).await.wrong_fields(&[("accessCode", "wrong_length")]);
}
