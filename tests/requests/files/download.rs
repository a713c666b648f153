use reqwest::Method;
use serde_json::{Value, json};
use support::{Answer, TestApp};

use super::{Uploader, both, content};
use crate::projects::project;

async fn ranged(who: &Uploader, path: &str, header: (&str, &str)) -> Answer {
    who.browser.send(who.request(Method::GET, path).header(header.0, header.1)).await
}

async fn hand_in(owner: &support::Browser, made: &Value) {
    let submit = crate::projects::submission(made, "/submit");
    owner.post(&submit, &json!({})).await.assert_status(200);
}

#[tokio::test]
async fn bytes_come_whole_or_in_parts_as_they_are_stored() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    let made = project(&app, &nina, 100).await;
    let member = Uploader::member(nina.clone(), &made);
    member.upload(b"0123456789", &[("filename", "Grüße \"1\".txt")]).await;
    app.run_pending().await;
    let file = member.newest().await;
    let path = content(&file, 1);
    let whole = member.get(&path).await;
    assert_eq!((whole.status, whole.text.as_str(), whole.header("accept-ranges")), (200, "0123456789", "bytes"));
    assert_eq!(whole.header("content-disposition"), "attachment; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%221%22.txt");
    assert_eq!(
        (whole.header("content-type"), whole.header("x-content-type-options")),
        ("application/octet-stream", "nosniff")
    );
    assert_eq!(whole.header("content-security-policy"), "default-src 'none'; sandbox");
    assert_eq!(whole.header("content-length"), "10");
    let etag = whole.header("etag").to_owned();
    let part = ranged(&member, &path, ("range", "bytes=2-4")).await;
    assert_eq!((part.status, part.text.as_str(), part.header("content-range")), (206, "234", "bytes 2-4/10"));
    assert_eq!(ranged(&member, &path, ("range", "bytes=-3")).await.text, "789");
    ranged(&member, &path, ("range", "bytes=10-")).await.problem(416, "invalid_range");
    assert_eq!(ranged(&member, &path, ("range", "bytes=0-1,3-4")).await.status, 200);
    assert_eq!(ranged(&member, &path, ("if-none-match", &etag)).await.status, 304);
    let shown = member.get(&format!("{path}?inline=true")).await;
    assert_eq!((shown.status, shown.header("content-type")), (200, "text/plain"));
    assert!(shown.header("content-disposition").starts_with("inline"));
    member.get(&content(&file, 2)).await.problem(404, "not_found");
    let gone =
        member.browser.send(member.request(Method::DELETE, &format!("/files/{}", file["id"].as_str().unwrap()))).await;
    gone.assert_status(204);
    member.get(&path).await.problem(404, "not_found");
}

#[tokio::test]
async fn what_the_scanner_finds_is_held_back() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    let (_, member, client) = both(&app, &nina, json!({})).await;
    let virus = r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";
    client.upload(virus.as_bytes(), &[("filename", "song.wav")]).await;
    let waiting = client.newest().await;
    client.get(&content(&waiting, 1)).await.problem(409, "scanning");
    app.run_pending().await;
    let file = client.newest().await;
    let version = &file["versions"][0];
    assert_eq!(
        json!([version["state"], version["scan"], version["found"]]),
        json!(["quarantined", "infected", "Eicar-Test-Signature"])
    );
    for who in [&client, &member] {
        who.get(&content(&file, 1)).await.problem(403, "quarantined");
        who.get(&format!("{}?inline=true", content(&file, 1))).await.problem(403, "quarantined");
    }
}

#[tokio::test]
async fn while_the_scanner_is_away_nobody_gets_a_file() {
    let app = TestApp::start().await;
    app.leave_jobs();
    let nina = app.owner("Nina").await;
    let made = project(&app, &nina, 100).await;
    let member = Uploader::member(nina.clone(), &made);
    app.sandbox.scanner().fail(true);
    member.upload(b"hello", &[("filename", "a.txt")]).await;
    app.run_pending().await;
    let file = member.newest().await;
    member.get(&content(&file, 1)).await.problem(409, "scanning");
    let retried: i64 = sqlx::query_scalar("select count(*) from jobs where kind = 'files.receive' and attempt > 0")
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap();
    assert_eq!(retried, 1, "it is tried again");
    app.sandbox.scanner().fail(false);
    app.travel("1 hours").await;
    app.run_pending().await;
    assert_eq!(member.get(&content(&file, 1)).await.text, "hello");
}

#[tokio::test]
async fn what_is_too_large_to_be_scanned_is_had_only_if_players_decode_it() {
    let app = TestApp::start_with(json!({ "files": { "scan_limit_mb": 1 } })).await;
    let nina = app.owner("Nina").await;
    let made = project(&app, &nina, 100).await;
    let member = Uploader::member(nina.clone(), &made);
    let mut wave = b"RIFF\0\0\0\0WAVEfmt ".to_vec();
    wave.resize(1_100_000, 0);
    member.upload(&wave, &[("filename", "a.wav")]).await;
    app.run_pending().await;
    let sound = member.newest().await;
    member.upload(&vec![b'x'; 1_100_000], &[("filename", "a.wav")]).await;
    app.run_pending().await;
    let other = member.newest().await;
    let told = |file: &Value| json!([file["versions"][0]["state"], file["versions"][0]["scan"]]);
    assert_eq!((told(&sound), told(&other)), (json!(["available", "too_large"]), json!(["quarantined", "too_large"])));
    member.get(&content(&sound, 1)).await.assert_status(200);
    member.get(&content(&other, 1)).await.problem(403, "quarantined");
}

#[tokio::test]
async fn what_can_hold_a_script_is_saved_and_never_shown() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    let made = project(&app, &nina, 100).await;
    let member = Uploader::member(nina.clone(), &made);
    for (name, bytes) in [
        ("logo.svg", &b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"[..]),
        ("photo.png", b"<!DOCTYPE html><script>alert(1)</script>"),
        ("list.xml", b"<?xml version='1.0'?><a/>"),
        ("archive.zip", b"PK\x03\x04...."),
    ] {
        member.upload(bytes, &[("filename", name)]).await;
        app.run_pending().await;
        let file = member.newest().await;
        assert_eq!(file["versions"][0]["isShown"], false, "{name}");
        member.get(&format!("{}?inline=true", content(&file, 1))).await.problem(415, "not_shown");
        assert_eq!(member.get(&content(&file, 1)).await.header("content-type"), "application/octet-stream", "{name}");
    }
}

#[tokio::test]
async fn originals_are_locked_until_the_rule_is_met() {
    for (rule, pays) in [
        ("full_payment", "update payments set state = 'paid', paid_at = app_now()"),
        ("milestones", "update milestones set payment_status = 'paid'"),
        ("at_once", ""),
    ] {
        let app = TestApp::start().await;
        let nina = app.owner("Nina").await;
        let (made, member, client) = both(&app, &nina, json!({ "originalsOpen": rule })).await;
        let milestone = json!({ "name": "Mix", "amountMinor": 10_000 });
        nina.post(&crate::projects::of(&made, "/milestones"), &milestone).await.assert_status(201);
        member.upload(b"the mix", &[("filename", "mix.txt")]).await;
        app.run_pending().await;
        let file = member.newest().await;
        hand_in(&nina, &made).await;
        let path = content(&file, 1);
        if !pays.is_empty() {
            assert!(client.newest().await["locked"].is_string(), "{rule}");
            client.get(&path).await.problem(403, "locked");
            client.get(&format!("{path}?inline=true")).await.problem(403, "locked");
            member.get(&path).await.assert_status(200);
            sqlx::query(sqlx::AssertSqlSafe(pays)).execute(&mut app.sql().await).await.unwrap();
        }
        assert_eq!(client.newest().await["locked"], Value::Null, "{rule}");
        assert_eq!(client.get(&path).await.text, "the mix", "{rule}");
    }
}

#[tokio::test]
async fn downloads_are_counted_and_may_be_limited() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    let (made, member, client) = both(&app, &nina, json!({ "originalsOpen": "at_once" })).await;
    member.upload(b"0123456789", &[("filename", "mix.txt")]).await;
    app.run_pending().await;
    let file = member.newest().await;
    let change = json!({ "version": file["version"], "downloadLimit": 2, "kind": "final", "name": "The mix" });
    let changed =
        nina.patch(&format!("{}/files/{}", member.address, file["id"].as_str().unwrap()), &change).await.expect(200);
    assert_eq!(json!([changed["downloadLimit"], changed["kind"], changed["name"]]), json!([2, "final", "The mix"]));
    hand_in(&nina, &made).await;
    let path = content(&file, 1);
    assert_eq!(ranged(&client, &path, ("range", "bytes=5-9")).await.text, "56789", "going on is no new download");
    let head = client.browser.send(client.request(Method::HEAD, &path)).await;
    assert_eq!((head.status, head.header("content-length")), (200, "10"), "nor is asking how large it is");
    client.get(&path).await.assert_status(200);
    assert_eq!(ranged(&client, &path, ("range", "bytes=0-")).await.status, 206);
    client.get(&path).await.problem(403, "download_limit");
    client.get(&format!("{path}?inline=true")).await.problem(403, "download_limit");
    member.get(&path).await.assert_status(200);
    assert_eq!(member.newest().await["versions"][0]["downloads"], 2);
}
