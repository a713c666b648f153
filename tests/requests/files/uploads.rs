use reqwest::Method;
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};
use support::TestApp;

use super::{Uploader, both, content, encoded};
use crate::projects::{kinds, of, project, read};

fn bytes(count: usize) -> Vec<u8> {
    (0..count).map(|at| u8::try_from(at % 251).unwrap()).collect()
}

#[tokio::test]
async fn a_file_comes_in_pieces_goes_on_where_it_stopped_and_is_whole() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    let made = project(&app, &nina, 100).await;
    let member = Uploader::member(nina.clone(), &made);
    let wanted = bytes(20_000_000);
    let upload = member.create(wanted.len(), &[("filename", "../Mix «1».wav"), ("kind", "final")]).await;
    member.append(&upload, 0, wanted[..9_000_000].to_vec()).await.assert_status(204);
    let head = member.browser.send(member.tus(Method::HEAD, &upload)).await;
    assert_eq!((head.status, head.header("upload-offset"), head.header("upload-length")), (200, "9000000", "20000000"));
    assert_eq!(head.header("cache-control"), "no-store");
    assert_eq!(head.header("upload-metadata"), encoded(&[("filename", "../Mix «1».wav"), ("kind", "final")]));
    member.append(&upload, 1, wanted[..5].to_vec()).await.problem(409, "wrong_offset");
    let beyond = member.append(&upload, 9_000_000, bytes(11_000_001)).await;
    beyond.problem(413, "file_too_large");
    let last = member.append(&upload, 9_000_000, wanted[9_000_000..].to_vec()).await;
    assert_eq!((last.status, last.header("upload-offset"), last.header("tus-resumable")), (204, "20000000", "1.0.0"));

    let file = member.newest().await;
    assert_eq!(
        (&file["name"], &file["kind"], &file["side"]),
        (&json!("Mix «1».wav"), &json!("final"), &json!("producer"))
    );
    assert_eq!(file["versions"][0]["state"], "scanning");
    member.get(&content(&file, 1)).await.problem(409, "scanning");
    app.run_pending().await;
    let file = member.newest().await;
    let version = &file["versions"][0];
    assert_eq!(
        (&version["state"], &version["scan"], &version["sizeBytes"]),
        (&json!("available"), &json!("clean"), &json!(20_000_000))
    );
    let got = member.browser.send_bytes(member.request(Method::GET, &content(&file, 1))).await;
    assert!(got == wanted, "the bytes are those that were sent");
    assert_eq!(read(&nina, &made).await["state"], "in_progress", "the first file begins the work");
    assert!(kinds(&nina, &made).await.contains(&"file_available".to_owned()));
    // a client that has lost the answer asks once more
    let head = member.browser.send(member.tus(Method::HEAD, &upload)).await;
    assert_eq!((head.status, head.header("upload-offset")), (200, "20000000"));
    member.browser.send(member.tus(Method::DELETE, &upload)).await.problem(409, "already_completed");
    let stored = std::fs::read_dir(app.folder().join("storage/uploads")).map_or(0, |workspaces| {
        workspaces
            .flat_map(|each| std::fs::read_dir(each.unwrap().path()).unwrap())
            .flat_map(|each| std::fs::read_dir(each.unwrap().path()).unwrap())
            .count()
    });
    assert_eq!(stored, 0, "pieces are gone once they are joined");
}

#[tokio::test]
async fn what_can_be_done_is_told_and_another_version_is_refused() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    let made = project(&app, &nina, 100).await;
    let member = Uploader::member(nina.clone(), &made);
    let told = app
        .browser()
        .send(app.browser().http.request(Method::OPTIONS, format!("{}{}", app.base_url, of(&made, "/uploads"))))
        .await;
    assert_eq!((told.status, told.header("tus-version")), (204, "1.0.0"));
    for extension in [
        "creation",
        "creation-with-upload",
        "creation-defer-length",
        "termination",
        "checksum",
        "expiration",
        "concatenation",
    ] {
        assert!(told.header("tus-extension").split(',').any(|each| each == extension), "{extension}");
    }
    assert!(told.header("tus-checksum-algorithm").contains("sha1"));
    let old = member.request(Method::POST, "/uploads").header("tus-resumable", "0.2.2").header("upload-length", "5");
    let refused = member.browser.send(old).await;
    refused.problem(412, "tus_version");
    assert_eq!(refused.header("tus-version"), "1.0.0");
    for (name, value) in
        [("upload-length", "-1"), ("upload-length", "x"), ("upload-defer-length", "2"), ("x-nothing", "")]
    {
        let wrong = member.tus(Method::POST, "/uploads").header(name, value);
        member.browser.send(wrong).await.problem(400, "invalid_header");
    }
    let huge = member.tus(Method::POST, "/uploads").header("upload-length", "99999999999999");
    member.browser.send(huge).await.problem(413, "file_too_large");
    let upload = member.create(5, &[]).await;
    let odd = member.tus(Method::PATCH, &upload).header("upload-offset", "0").header("content-type", "text/plain");
    member.browser.send(odd.body("hello")).await.problem(415, "unsupported_media_type");
    member.browser.send(member.tus(Method::DELETE, &upload)).await.assert_status(204);
    member.browser.send(member.tus(Method::HEAD, &upload)).await.assert_status(404);
    member.append(&upload, 0, "hello").await.problem(404, "not_found");
}

#[tokio::test]
async fn sizes_may_come_later_bytes_with_the_upload_and_methods_in_a_header() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    let made = project(&app, &nina, 100).await;
    let member = Uploader::member(nina.clone(), &made);
    let deferred = member.tus(Method::POST, "/uploads").header("upload-defer-length", "1");
    let answer = member.browser.send(deferred).await;
    answer.assert_status(201);
    let upload = answer.header("location").to_owned();
    let head = member.browser.send(member.tus(Method::HEAD, &upload)).await;
    assert_eq!(head.header("upload-defer-length"), "1");
    member.append(&upload, 0, "hello ").await.assert_status(204);
    let rest = member.tus(Method::POST, &upload).header("x-http-method-override", "PATCH").header("upload-offset", "6");
    let rest = rest.header("upload-length", "11").header("content-type", "application/offset+octet-stream");
    let last = member.browser.send(rest.body("world")).await;
    assert_eq!((last.status, last.header("upload-offset")), (204, "11"));

    let with = member.tus(Method::POST, "/uploads").header("upload-length", "3");
    let with = with
        .header("content-type", "application/offset+octet-stream")
        .header("upload-metadata", encoded(&[("filename", "a.txt")]));
    let made_with = member.browser.send(with.body("abc")).await;
    assert_eq!((made_with.status, made_with.header("upload-offset")), (201, "3"));
    member.upload(b"", &[("filename", "empty.txt")]).await;
    app.run_pending().await;
    let files = member.get("/files").await.expect(200)["files"].clone();
    let states: Vec<Value> = files
        .as_array()
        .unwrap()
        .iter()
        .map(|file| json!([file["name"], file["versions"][0]["sizeBytes"], file["versions"][0]["state"]]))
        .collect();
    for state in
        [json!(["empty.txt", 0, "available"]), json!(["a.txt", 3, "available"]), json!(["file", 11, "available"])]
    {
        assert!(states.contains(&state), "{state} in {states:?}");
    }
    let empty = files.as_array().unwrap().iter().find(|file| file["name"] == "empty.txt").unwrap();
    assert!(member.browser.send_bytes(member.request(Method::GET, &content(empty, 1))).await.is_empty());
}

#[tokio::test]
async fn damaged_bytes_are_not_taken() {
    let app = TestApp::start().await;
    app.leave_jobs();
    let nina = app.owner("Nina").await;
    let made = project(&app, &nina, 100).await;
    let member = Uploader::member(nina.clone(), &made);
    let upload = member.create(11, &[]).await;
    let send = async |sum: &str| {
        let request = member.tus(Method::PATCH, &upload).header("upload-offset", "0").header("upload-checksum", sum);
        member.browser.send(request.header("content-type", "application/offset+octet-stream").body("hello world")).await
    };
    send("sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA=").await.problem(460, "checksum_mismatch");
    let head = member.browser.send(member.tus(Method::HEAD, &upload)).await;
    assert_eq!(head.header("upload-offset"), "0");
    send("md5 AAAA").await.problem(400, "invalid_header");
    let with =
        member.tus(Method::POST, "/uploads").header("upload-length", "11").header("upload-checksum", "sha1 AAAA");
    let with = with.header("content-type", "application/offset+octet-stream").body("hello world");
    let made_with = member.browser.send(with).await;
    assert_eq!(
        (made_with.status, made_with.header("upload-offset")),
        (201, "0"),
        "the upload is there, its bytes are not"
    );
    let sum = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, Sha1::digest(b"hello world"));
    send(&format!("sha1 {sum}")).await.assert_status(204);
}

#[tokio::test]
async fn parts_are_put_together_in_their_order() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    let made = project(&app, &nina, 100).await;
    let member = Uploader::member(nina.clone(), &made);
    let part = async |bytes: &'static str| {
        let request = member.tus(Method::POST, "/uploads").header("upload-concat", "partial");
        let answer = member.browser.send(request.header("upload-length", bytes.len().to_string())).await;
        answer.assert_status(201);
        let upload = answer.header("location").to_owned();
        member.append(&upload, 0, bytes).await.assert_status(204);
        upload
    };
    let (world, hello) = (part("world").await, part("hello ").await);
    assert_eq!(member.get("/files").await.expect(200)["files"].as_array().unwrap().len(), 1, "parts are no files");
    let join = async |parts: &str| {
        let request = member.tus(Method::POST, "/uploads").header("upload-concat", format!("final;{parts}"));
        member.browser.send(request.header("upload-metadata", encoded(&[("filename", "both.txt")]))).await
    };
    join(&format!("{hello} {hello}")).await.problem(409, "unfinished_part");
    let answer = join(&format!("{}{hello} {world}", app.base_url)).await;
    answer.assert_status(201);
    let whole = answer.header("location").to_owned();
    let head = member.browser.send(member.tus(Method::HEAD, &whole)).await;
    assert_eq!((head.header("upload-offset"), head.header("upload-length")), ("11", "11"));
    assert!(head.header("upload-concat").starts_with("final;"));
    member.append(&whole, 11, "!").await.problem(403, "forbidden");
    app.run_pending().await;
    let file = member.newest().await;
    assert_eq!(member.browser.send_bytes(member.request(Method::GET, &content(&file, 1))).await, b"hello world");
    join(&format!("{hello} {world}")).await.problem(409, "unfinished_part");
}

#[tokio::test]
async fn of_two_who_send_the_same_bytes_one_is_believed() {
    let app = TestApp::start().await;
    app.leave_jobs();
    let nina = app.owner("Nina").await;
    let made = project(&app, &nina, 100).await;
    let member = Uploader::member(nina.clone(), &made);
    let upload = member.create(1_000, &[]).await;
    let answers = futures::future::join_all((0..6).map(|_| member.append(&upload, 0, bytes(1_000)))).await;
    let taken = answers.iter().filter(|answer| answer.status == 204).count();
    assert_eq!(taken, 1, "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
    let files: i64 = sqlx::query_scalar("select count(*) from file_versions where state = 'scanning'")
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap();
    assert_eq!(files, 1);
}

#[tokio::test]
async fn a_client_sends_references_and_each_side_goes_on_with_its_own_only() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    let (made, member, client) = both(&app, &nina, json!({})).await;
    client.upload(b"listen to this", &[("filename", "demo.txt"), ("kind", "final")]).await;
    app.run_pending().await;
    let file = member.newest().await;
    assert_eq!((&file["kind"], &file["side"]), (&json!("reference"), &json!("client")));
    assert!(kinds(&nina, &made).await.contains(&"file_uploaded".to_owned()));
    assert_eq!(read(&nina, &made).await["state"], "open", "a client's file begins no work");
    let version = [("fileId", file["id"].as_str().unwrap()), ("filename", "demo 2.txt")];
    let foreign =
        member.tus(Method::POST, "/uploads").header("upload-length", "1").header("upload-metadata", encoded(&version));
    member.browser.send(foreign).await.problem(403, "forbidden");
    client.upload(b"or to this", &version).await;
    app.run_pending().await;
    let file = member.get(&format!("/files/{}", file["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(
        json!([file["versions"][0]["number"], file["versions"][0]["filename"], file["versions"][1]["number"]]),
        json!([2, "demo 2.txt", 1])
    );
    let upload = client.create(5, &[]).await;
    let id = upload.rsplit('/').next().unwrap();
    member.browser.send(member.tus(Method::HEAD, &format!("/uploads/{id}"))).await.assert_status(404);
    let looking = Uploader { address: client.address.clone(), ..Uploader::member(nina.clone(), &made) };
    let refused = looking.browser.send(looking.tus(Method::POST, "/uploads").header("upload-length", "1")).await;
    refused.problem(403, "forbidden");
    let deleted =
        client.browser.send(client.request(Method::DELETE, &format!("/files/{}", file["id"].as_str().unwrap()))).await;
    deleted.assert_status(204);
    assert_eq!(member.get("/files").await.expect(200)["files"], json!([]));
}

#[tokio::test]
async fn what_does_not_fit_into_the_storage_is_refused_before_it_is_sent() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    let made = project(&app, &nina, 100).await;
    let member = Uploader::member(nina.clone(), &made);
    let limit = 10_000_000_000_i64;
    assert_eq!(
        nina.get("/api/workspace/storage").await.expect(200),
        json!({ "usedBytes": 4, "limitBytes": limit, "tier": "free" })
    );
    let full = member.tus(Method::POST, "/uploads").header("upload-length", (limit - 3).to_string());
    member.browser.send(full).await.problem(413, "storage_full");
    let fits = member.tus(Method::POST, "/uploads").header("upload-length", (limit - 4).to_string());
    member.browser.send(fits).await.assert_status(201);
    let more = member.tus(Method::POST, "/uploads").header("upload-length", "1");
    member.browser.send(more).await.problem(413, "storage_full");
}
