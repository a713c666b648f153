//! Nothing opens the portal but a living token of its own link, and whatever else is tried is told the same.

use std::collections::BTreeSet;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use ledgerline_app::tokens::Token;
use reqwest::Method;
use serde_json::json;
use support::{PASSWORD, TestApp};

use super::{Engagement, mailed, opened, told};

/// Another token that differs in one bit.
fn altered(token: &str, bit: usize) -> String {
    let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(token).unwrap();
    bytes[bit / 8] ^= 1 << (bit % 8);
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// Tokens that are real but not for this: of other links, of links that are over, of accounts and invitations.
struct Others {
    expired: String,
    revoked: String,
    rotated: String,
    foreign: String,
    of_another: String,
    wrong_purpose: Vec<String>,
}

fn token(path: &str) -> String {
    path.strip_prefix("/l/").unwrap().to_owned()
}

async fn others(app: &TestApp) -> Others {
    let (nina, otto) = (app.owner("Nina").await, app.owner("Otto").await);
    let invite = async |owner: &support::Browser, email: &str| {
        let engagement = Engagement::of(app, owner, email).await;
        let (link, path) = engagement.invite(app, owner, json!({})).await;
        (format!("{}/{}", engagement.links(), link["id"].as_str().unwrap()), token(&path))
    };
    let (one, revoked) = invite(&nina, "revoked@example.com").await;
    nina.post(&format!("{one}/revoke"), &json!({})).await.assert_status(200);
    let (one, rotated) = invite(&nina, "rotated@example.com").await;
    nina.post(&format!("{one}/rotate"), &json!({})).await.assert_status(200);
    mailed(app, "rotated@example.com", 2).await;
    let (_, expired) = invite(&nina, "expired@example.com").await;
    sqlx::query("update portal_links set expires_at = app_now() where contact_id = (select id from contacts where email = 'expired@example.com')")
        .execute(&mut app.sql().await)
        .await
        .unwrap();
    let (_, foreign) = invite(&otto, "foreign@example.com").await;
    let (_, of_another) = invite(&nina, "another@example.com").await;

    nina.post("/api/invitations", &json!({ "email": "tess@example.com", "role": "member" })).await.assert_status(201);
    let invitation = app.mailed_token("tess@example.com").await;
    app.browser().post("/api/password-resets", &json!({ "email": "nina@example.com" })).await.assert_status(202);
    let reset = app.mailed_token("nina@example.com").await;
    let login = json!({ "email": "otto@example.com", "password": PASSWORD });
    let signed_in = app.browser().post("/api/sessions", &login).await;
    let session = signed_in.header("set-cookie").split(['=', ';']).nth(1).unwrap().to_owned();
    // the cookie of a visit is no token, and a token is no cookie
    let visited = app.browser().get(&format!("/l/{of_another}")).await;
    let visit = visited.header("set-cookie").split(['=', ';']).nth(1).unwrap().to_owned();
    Others { expired, revoked, rotated, foreign, of_another, wrong_purpose: vec![invitation, reset, session, visit] }
}

#[tokio::test]
async fn a_hundred_thousand_wrong_tokens_open_nothing() {
    let app = TestApp::start().await;
    let owner = app.owner("Mia").await;
    let engagement = Engagement::of(&app, &owner, "ada@example.com").await;
    let (_, path) = engagement.invite(&app, &owner, json!({})).await;
    let good = token(&path);
    let others = others(&app).await;
    let mut tried: Vec<Vec<u8>> = (0..256).map(|bit| Token::brought(&altered(&good, bit)).unwrap().hash()).collect();
    for token in [&others.expired, &others.revoked, &others.rotated].into_iter().chain(&others.wrong_purpose) {
        tried.push(Token::brought(token).unwrap().hash());
    }
    // hashes that differ from the right one in one bit
    let hash = Token::brought(&good).unwrap().hash();
    for bit in 0..256 {
        let mut near = hash.clone();
        near[bit / 8] ^= 1 << (bit % 8);
        tried.push(near);
    }
    while tried.len() < 100_000 {
        tried.push(Token::mint().unwrap().hash());
    }
    let mut sql = app.sql().await;
    let before: i64 = sqlx::query_scalar("select count(*) from portal_sessions").fetch_one(&mut sql).await.unwrap();
    for some in tried.chunks(10_000) {
        let let_in: i64 = sqlx::query_scalar(
            "select count(*) from unnest($1::bytea[]) as tried (hash)
             where auth.open_portal(tried.hash, sha256(tried.hash)) is not null
               or exists (select from auth.portal_token(tried.hash, $2)) or exists (select from auth.portal_session(tried.hash, $2))",
        )
        .bind(some)
        .bind(engagement.proposal_id)
        .fetch_one(&mut sql)
        .await
        .unwrap();
        assert_eq!(let_in, 0);
    }
    // those of other links open their own engagement and never this one
    for token in [&others.foreign, &others.of_another] {
        let here: bool = sqlx::query_scalar("select exists (select from auth.portal_token($1, $2))")
            .bind(Token::brought(token).unwrap().hash())
            .bind(engagement.proposal_id)
            .fetch_one(&mut sql)
            .await
            .unwrap();
        assert!(!here);
    }
    let after: i64 = sqlx::query_scalar("select count(*) from portal_sessions").fetch_one(&mut sql).await.unwrap();
    assert_eq!(after, before, "no session was opened");
    opened(&app, &path).await.get(&engagement.portal()).await.assert_status(200);
}

#[tokio::test]
async fn every_wrong_token_is_told_the_same() {
    let often = json!({ "limits": { "token_per_address": { "burst": 100_000, "every_seconds": 1 } } });
    let app = TestApp::start_with(often).await;
    let owner = app.owner("Mia").await;
    let engagement = Engagement::of(&app, &owner, "ada@example.com").await;
    let (_, path) = engagement.invite(&app, &owner, json!({})).await;
    let good = token(&path);
    let others = others(&app).await;
    let mut wrong = vec![others.expired, others.revoked, others.rotated];
    wrong.extend(others.wrong_purpose);
    wrong.extend((0..256).map(|bit| altered(&good, bit)));
    wrong.extend((0..750).map(|_| Token::mint().unwrap().reveal().to_owned()));
    wrong.extend(
        ["short", "x", "%00", "..%2f", &good[1..], &format!("{good}A"), &good.to_lowercase()].map(str::to_owned),
    );

    let browser = app.browser();
    let cookie = format!("ledgerline_portal_{}", engagement.proposal_id.simple());
    let by_header = |token: &str, name: &'static str, value: String| {
        let token = token.to_owned();
        let request = browser.request(Method::GET, &engagement.portal()).header(name, value);
        let browser = &browser;
        async move { (token, told(&browser.send(request).await)) }
    };
    let nothing = told(&browser.get(&engagement.portal()).await);
    assert_eq!(nothing.0, 401);
    let mut opened = BTreeSet::new();
    for token in &wrong {
        opened.insert(told(&browser.get(&format!("/l/{token}")).await));
        let (_, answer) = by_header(token, "cookie", format!("{cookie}={token}")).await;
        assert_eq!(answer, nothing, "as a cookie");
        let (_, answer) = by_header(token, "authorization", format!("Bearer {token}")).await;
        assert_eq!(answer, nothing, "as a bearer");
    }
    // those of other links open their own engagement and never this one
    for token in [&others.foreign, &others.of_another] {
        assert_eq!(by_header(token, "cookie", format!("{cookie}={token}")).await.1, nothing);
        assert_eq!(by_header(token, "authorization", format!("Bearer {token}")).await.1, nothing);
    }
    assert_eq!(opened.len(), 1, "{opened:?}");
    let (status, text, _, cookies) = opened.pop_first().unwrap();
    assert_eq!((status, cookies), (404, Vec::new()));
    assert!(text.contains(r#"{"state":"closed"}"#), "{text}");
    let page = told(&browser.get(&format!("/p/{}", engagement.proposal_id)).await);
    assert_eq!((page.0, page.1), (401, text), "the page without a link is the same page");

    // the right one is let in, as a program too
    let (_, answer) = by_header(&good, "authorization", format!("Bearer {good}")).await;
    assert_eq!(answer.0, 200);
}

#[tokio::test]
async fn no_token_stands_in_a_job_the_audit_log_or_an_event() {
    let app = TestApp::start().await;
    let owner = app.owner("Mia").await;
    let engagement = Engagement::of(&app, &owner, "ada@example.com").await;
    let (_, path) = engagement.invite(&app, &owner, json!({})).await;
    opened(&app, &path).await;
    let token = token(&path);
    let everything: Vec<String> = sqlx::query_scalar(
        "select j::text from finished_jobs j union all select j::text from jobs j union all select a::text from audit_log a
         union all select e::text from events e union all select l::text from job_logs l union all select f::text from effects f
         union all select t::text from portal_tokens t union all select s::text from portal_sessions s",
    )
    .fetch_all(&mut app.sql().await)
    .await
    .unwrap();
    assert!(everything.len() > 4);
    assert!(!everything.iter().any(|row| row.contains(&token)));
}
