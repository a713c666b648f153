use std::time::Duration;

use futures::{StreamExt as _, stream};
use reqwest::Method;
use serde_json::{Value, json};
use support::{Answer, Browser, TestApp};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{eventually, files, path, upload};

#[tokio::test]
async fn tells_columns_guesses_and_the_first_rows() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let rows: String = (0..30).map(|n| format!("Person {n};p{n}@example.com;Oslo\r\n")).collect();
    let body = format!("\u{feff}Full name;E-mail;City\r\n{rows}");
    let made = upload(&browser, "C:\\fakepath\\Kunden.csv", body.clone()).await.expect(201);

    assert_eq!(made["filename"], "Kunden.csv");
    assert_eq!(made["sizeBytes"], body.len());
    assert_eq!(made["state"], "uploaded");
    assert_eq!(
        made["columns"][0],
        json!({ "index": 0, "name": "Full name", "guess": "name", "samples": ["Person 0", "Person 1", "Person 2"] })
    );
    assert_eq!(made["columns"][1]["guess"], "email");
    assert_eq!(made["columns"][2]["guess"], Value::Null);
    assert_eq!(made["preview"].as_array().unwrap().len(), 20);
    assert_eq!(made["preview"][19], json!(["Person 19", "p19@example.com", "Oslo"]));
    assert_eq!(made["createdBy"]["name"], "Nina");
    for unknown in
        ["mapping", "totalRows", "rowsPerSecond", "secondsLeft", "failure", "batchId", "startedAt", "finishedAt"]
    {
        assert_eq!(made[unknown], Value::Null, "{unknown}");
    }
    assert_eq!(browser.get(&path(&made)).await.expect(200), made);

    let rows: (i64, i64) = sqlx::query_as(
        "select (select count(*) from audit_log where action = 'imports.upload' and request_id is not null),
           (select count(*) from events where kind = 'import_uploaded')",
    )
    .fetch_one(&mut app.sql().await)
    .await
    .unwrap();
    assert_eq!(rows, (1, 1));
}

#[tokio::test]
async fn lists_imports_newest_first_in_pages() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    for name in ["a.csv", "b.csv", "c.csv"] {
        upload(&browser, name, "name\nAda\n").await.assert_status(201);
    }
    let first = browser.get("/api/imports?limit=2").await.expect(200);
    let names = |page: &Value| {
        page["imports"].as_array().unwrap().iter().map(|each| each["filename"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(&first), ["c.csv", "b.csv"]);
    assert_eq!(first["imports"][0]["columns"], json!([]), "what only an import's own page shows is left out");
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = browser.get(&format!("/api/imports?limit=2&cursor={cursor}")).await.expect(200);
    assert_eq!(names(&second), ["a.csv"]);
    assert_eq!(second["nextCursor"], Value::Null);
    browser.get("/api/imports?cursor=nonsense").await.problem(400, "invalid_cursor");
}

#[tokio::test]
async fn refuses_what_cannot_be_read_and_keeps_nothing_of_it() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let wide = [b"n,".repeat(1_000), b"n\nx\n".to_vec()].concat();
    let endless = [b"\"name,".to_vec(), vec![b'x'; 300_000]].concat();
    let cases: [(&str, Vec<u8>); 8] = [
        ("empty_file", Vec::new()),
        ("empty_file", b"\xef\xbb\xbf\r\n\r\n".to_vec()),
        ("not_csv", b"\x89PNG\r\n\x1a\n\0\0\0".to_vec()),
        ("no_header", b",,\nAda,Oslo,x\n".to_vec()),
        ("no_header", b"\"\"\nAda\n".to_vec()),
        ("no_header", endless),
        ("too_many_columns", wide),
        ("no_rows", b"name,email\r\n".to_vec()),
    ];
    for (code, body) in cases {
        let answer = upload(&browser, "x.csv", body).await;
        answer.problem(422, code);
    }
    assert_eq!(browser.get("/api/imports").await.expect(200)["imports"], json!([]));
    eventually("no file is left", || async { files(&app.folder().join("storage")).is_empty() }).await;
}

/// Uploads a small file with these headers.
async fn upload_as(browser: &Browser, headers: &[(&str, &str)]) -> Answer {
    let request = browser.request(Method::POST, "/api/imports?filename=x.csv").body("name\nAda\n");
    browser.send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
}

#[tokio::test]
async fn takes_a_file_whatever_programs_call_it_but_no_form_around_it() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    for kind in [
        "text/csv",
        "Text/CSV; charset=utf-8",
        "application/csv",
        "text/plain",
        "application/vnd.ms-excel",
        "application/octet-stream",
        "image/png",
        "application/zip",
        "",
    ] {
        upload_as(&browser, &[("content-type", kind)]).await.assert_status(201);
    }
    upload_as(&browser, &[]).await.assert_status(201);
    upload_as(&browser, &[("content-type", "text/csv"), ("content-encoding", "Identity")]).await.assert_status(201);
    let taken = files(&app.folder().join("storage")).len();
    assert_eq!(taken, 11);

    for kind in ["multipart/form-data; boundary=x", "Application/X-WWW-Form-Urlencoded", "\u{fc}"] {
        let answer = upload_as(&browser, &[("content-type", kind)]).await;
        let detail = answer.problem(415, "unsupported_media_type")["detail"].as_str().unwrap();
        assert!(detail.contains("text/csv"), "{detail}");
    }
    for encoding in ["gzip", "br, identity", "deflate"] {
        let answer = upload_as(&browser, &[("content-type", "text/csv"), ("content-encoding", encoding)]).await;
        let detail = answer.problem(415, "unsupported_encoding")["detail"].as_str().unwrap();
        assert!(detail.contains("unpacked"), "{detail}");
    }
    assert_eq!(files(&app.folder().join("storage")).len(), taken, "what is refused is not stored");
}

/// Sends the head of a request and some of its body by hand; answers what comes back.
async fn by_hand(browser: &Browser, app: &TestApp, length: u64, part: &[u8], close: bool) -> String {
    let login = json!({ "email": "nina@example.com", "password": support::PASSWORD });
    let answer = browser.send(browser.request(Method::POST, "/api/sessions").json(&login)).await;
    let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    let csrf = answer.body["csrfToken"].as_str().unwrap();
    let address = app.base_url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /api/imports?filename=big.csv HTTP/1.1\r\nhost: {address}\r\ncookie: {cookie}\r\nx-csrf-token: {csrf}\r\ncontent-type: text/csv\r\ncontent-length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(part).await.unwrap();
    if close {
        // long enough that the server has written some of it
        eventually("some of the file is there", || async { !files(&app.folder().join("storage")).is_empty() }).await;
        return String::new();
    }
    let mut text = vec![0; 4096];
    let read = tokio::time::timeout(Duration::from_secs(5), stream.read(&mut text)).await.unwrap().unwrap();
    String::from_utf8_lossy(&text[..read]).into_owned()
}

#[tokio::test]
async fn a_file_that_is_announced_too_large_is_refused_before_it_is_sent() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let answer = by_hand(&browser, &app, 500_000_001, b"name\n", false).await;
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("file_too_large"), "{answer}");
    assert!(answer.contains("500 MB"), "{answer}");
    assert!(files(&app.folder().join("storage")).is_empty());
}

#[tokio::test]
async fn an_upload_that_is_cut_leaves_nothing() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let part = [b"name\n".to_vec(), vec![b'x'; 7_000_000]].concat();
    by_hand(&browser, &app, 9_000_000, &part, true).await;
    eventually("nothing is left", || async { files(&app.folder().join("storage")).is_empty() }).await;
    assert_eq!(browser.get("/api/imports").await.expect(200)["imports"], json!([]));
}

#[tokio::test]
async fn a_body_of_unknown_length_larger_than_other_requests_may_have_is_taken() {
    let app = TestApp::start().await;
    let browser = app.owner("Nina").await;
    let line = "Ada Okafor,ada@example.com\n".repeat(1_000);
    let size = 11 + line.len() * 200;
    let lines = std::iter::once("name,email\n".to_owned()).chain(std::iter::repeat_n(line, 200));
    let pieces = stream::iter(lines.map(Ok::<_, std::io::Error>));
    let made = upload(&browser, "large.csv", reqwest::Body::wrap_stream(pieces)).await.expect(201);
    assert_eq!(made["sizeBytes"], size);
    let stored = files(&app.folder().join("storage"));
    assert_eq!(stored.len(), 1);
    assert_eq!(std::fs::metadata(&stored[0]).unwrap().len(), size as u64);
}

#[tokio::test]
async fn strangers_and_foreign_pages_upload_nothing() {
    let app = TestApp::start().await;
    upload(&app.browser(), "x.csv", "name\nAda\n").await.problem(401, "not_signed_in");
    let browser = app.owner("Nina").await;
    let request = browser.http.post(browser.url("/api/imports?filename=x.csv")).body("name\nAda\n");
    browser.send(request).await.problem(403, "csrf_failed");
    assert!(files(&app.folder().join("storage")).is_empty());
}

/// A body whose second half comes when the sender is told.
fn halves() -> (tokio::sync::oneshot::Sender<()>, reqwest::Body) {
    let (go, wait) = tokio::sync::oneshot::channel::<()>();
    let second = async move {
        let _ = wait.await;
        Ok::<_, std::io::Error>("Bo\n")
    };
    (go, reqwest::Body::wrap_stream(stream::iter([Ok("name\nAda\n")]).chain(stream::once(second))))
}

#[tokio::test]
async fn whoever_loses_the_right_while_the_file_comes_leaves_nothing() {
    let app = TestApp::start().await;
    let owner = app.owner("Nina").await;
    let (removed, left) = (app.member(&owner, "Bo", "member").await, app.member(&owner, "Cleo", "member").await);
    let user = removed.user_id().await;
    let upload = |browser: &Browser, body| {
        browser.request(Method::POST, "/api/imports?filename=x.csv").header("content-type", "text/csv").body(body)
    };
    let some_is_there = || async { !files(&app.folder().join("storage")).is_empty() };

    let (go, body) = halves();
    let running = tokio::spawn(upload(&removed, body).send());
    eventually("some of the file is there", some_is_there).await;
    owner.delete(&format!("/api/members/{user}")).await.assert_status(204);
    go.send(()).unwrap();
    assert_eq!(running.await.unwrap().unwrap().status(), 404);

    let (go, body) = halves();
    let running = tokio::spawn(upload(&left, body).send());
    eventually("some of the file is there", some_is_there).await;
    left.delete("/api/session").await.assert_status(204);
    go.send(()).unwrap();
    assert_eq!(running.await.unwrap().unwrap().status(), 401);

    assert_eq!(owner.get("/api/imports").await.expect(200)["imports"], json!([]));
    eventually("no file is left", || async { files(&app.folder().join("storage")).is_empty() }).await;
}

#[tokio::test]
async fn a_person_uploads_so_many_files_at_once() {
    let app = TestApp::start_with(json!({ "http": { "uploads_per_user": 1 } })).await;
    let (nina, otto) = (app.owner("Nina").await, app.owner("Otto").await);
    let (go, body) = halves();
    let first = nina.request(Method::POST, "/api/imports?filename=x.csv").header("content-type", "text/csv").body(body);
    let first = tokio::spawn(first.send());
    eventually("some of the file is there", || async { !files(&app.folder().join("storage")).is_empty() }).await;
    upload(&nina, "y.csv", "name\nAda\n").await.problem(429, "too_many_uploads");
    upload(&otto, "y.csv", "name\nAda\n").await.assert_status(201);
    go.send(()).unwrap();
    assert_eq!(first.await.unwrap().unwrap().status(), 201);
    upload(&nina, "y.csv", "name\nAda\n").await.assert_status(201);
}
