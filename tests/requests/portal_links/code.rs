use serde_json::json;
use support::TestApp;

use super::{Engagement, opened};

#[tokio::test]
async fn a_code_is_asked_for_once_in_each_browser() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    let engagement = Engagement::of(&app, &owner, "ada@example.com").await;
    let (link, path) = engagement.invite(&app, &owner, json!({ "accessCode": " blue whale " })).await;
    assert_eq!(link["hasCode"], true);
    let give = format!("{}/code", engagement.portal());
    app.browser().post(&give, &json!({ "code": "blue whale" })).await.problem(401, "link_required");

    let browser = opened(&app, &path).await;
    browser.get(&engagement.portal()).await.problem(403, "code_required");
    let page = browser.get(&format!("/p/{}", engagement.proposal_id)).await;
    assert!(page.text.contains(r#""state":"code""#) && !page.text.contains("The album"), "{}", page.text);
    let csrf = page.text.split_once(r#""csrfToken":""#).unwrap().1.split_once('"').unwrap().0;
    let with = |code: &str| {
        let request = browser.request(reqwest::Method::POST, &give).header("x-csrf-token", csrf);
        browser.send(request.json(&json!({ "code": code })))
    };
    browser.post(&give, &json!({ "code": "blue whale" })).await.problem(403, "csrf_failed");
    with("blue wale").await.wrong_fields(&[("code", "wrong")]);
    with("blue whale").await.assert_status(204);
    browser.get(&engagement.portal()).await.assert_status(200);
    let another = opened(&app, &path).await;
    another.get(&engagement.portal()).await.problem(403, "code_required");

    // a new code is asked for at once, and none lets everybody in again
    let one = format!("{}/{}/access-code", engagement.links(), link["id"].as_str().unwrap());
    owner.post(&one, &json!({ "code": "red whale" })).await.assert_status(200);
    browser.get(&engagement.portal()).await.problem(403, "code_required");
    with("blue whale").await.wrong_fields(&[("code", "wrong")]);
    with("red whale").await.assert_status(204);
    assert_eq!(owner.post(&one, &json!({ "code": null })).await.expect(200)["hasCode"], false);
    another.get(&engagement.portal()).await.assert_status(200);
}

#[tokio::test]
async fn guessing_locks_the_link_and_tells_the_producer_once() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    let engagement = Engagement::of(&app, &owner, "ada@example.com").await;
    let (_, path) = engagement.invite(&app, &owner, json!({ "accessCode": "blue whale" })).await;
    let give = format!("{}/code", engagement.portal());
    let guess = async |code: &str| {
        // each from a browser of its own: the limit is the link's
        let browser = opened(&app, &path).await;
        let page = browser.get(&format!("/p/{}", engagement.proposal_id)).await;
        let csrf = page.text.split_once(r#""csrfToken":""#).unwrap().1.split_once('"').unwrap().0.to_owned();
        let request = browser.request(reqwest::Method::POST, &give).header("x-csrf-token", csrf);
        browser.send(request.json(&json!({ "code": code }))).await
    };
    for n in 0..5 {
        guess(&format!("guess {n}")).await.wrong_fields(&[("code", "wrong")]);
    }
    for _ in 0..3 {
        let locked = guess("blue whale").await;
        locked.problem(429, "code_locked");
        assert!(!locked.header("retry-after").is_empty());
    }
    let events: Vec<String> = sqlx::query_scalar("select kind from events where kind like 'portal_code%'")
        .fetch_all(&mut app.sql().await)
        .await
        .unwrap();
    assert_eq!(events, ["portal_code_locked"]);
    app.travel("4 minutes").await;
    guess("blue whale").await.assert_status(204);
    let hash: String =
        sqlx::query_scalar("select code_hash from portal_codes").fetch_one(&mut app.sql().await).await.unwrap();
    assert!(hash.starts_with("$argon2id$"), "{hash}");
}
