use std::{path::Path, process::Command};

use reqwest::Method;
use serde_json::{Value, json};
use support::{Answer, TestApp};

use super::{Uploader, both, content};
use crate::projects::{project, submission};

/// A recording of two seconds: silence, then a tone as loud as can be.
pub(crate) fn wave() -> Vec<u8> {
    let samples: Vec<u8> = (0..16_000_u32)
        .flat_map(|n| {
            (if n < 8_000 {
                0
            } else if n % 20 < 10 {
                i16::MAX
            } else {
                i16::MIN
            })
            .to_le_bytes()
        })
        .collect();
    let size = u32::try_from(samples.len()).unwrap();
    let mut wave = b"RIFF".to_vec();
    wave.extend((size + 36).to_le_bytes());
    wave.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wave.extend(8_000_u32.to_le_bytes());
    wave.extend(16_000_u32.to_le_bytes());
    wave.extend(b"\x02\0\x10\0data");
    wave.extend(size.to_le_bytes());
    wave.extend(samples);
    wave
}

/// What FFmpeg makes of a test picture.
fn made_of_test_picture(folder: &Path, name: &str, options: &[&str]) -> Vec<u8> {
    let path = folder.join(name);
    let source = ["-v", "error", "-f", "lavfi", "-i", "testsrc=size=640x360:rate=10:duration=2"];
    let made = Command::new("ffmpeg").args(source).args(options).arg(&path).status().unwrap();
    assert!(made.success());
    std::fs::read(path).unwrap()
}

async fn uploaded(app: &TestApp, who: &Uploader, name: &str, bytes: &[u8]) -> Value {
    who.upload(bytes, &[("filename", name)]).await;
    app.run_pending().await;
    who.newest().await
}

fn beside(file: &Value, what: &str) -> String {
    content(file, 1).replace("/content", &format!("/{what}"))
}

async fn ranged(who: &Uploader, path: &str, range: &str) -> Answer {
    who.browser.send(who.request(Method::GET, path).header("range", range)).await
}

#[tokio::test]
async fn a_recording_has_a_waveform_and_a_preview_that_is_open_while_the_original_is_locked() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    let (made, member, client) = both(&app, &nina, json!({})).await;
    let file = uploaded(&app, &member, "mix.wav", &wave()).await;
    let preview = &file["versions"][0]["preview"];
    assert_eq!(
        json!([preview["state"], preview["kind"], preview["durationMs"], preview["hasThumbnail"], preview["width"]]),
        json!(["ready", "audio", 2_000, false, null])
    );
    let peaks: Vec<u64> = serde_json::from_value(preview["peaks"].clone()).unwrap();
    assert_eq!(peaks.len(), 200);
    assert!(peaks[..95].iter().all(|peak| *peak < 20) && peaks[105..195].iter().all(|peak| *peak > 200), "{peaks:?}");

    // nobody sees what was not handed in
    let path = beside(&file, "preview");
    client.get(&path).await.problem(404, "not_found");
    nina.post(&submission(&made, "/submit"), &json!({})).await.assert_status(200);
    client.get(&content(&file, 1)).await.problem(403, "locked");
    let whole = client.get(&path).await;
    assert_eq!((whole.status, whole.header("content-type")), (200, "audio/mpeg"));
    assert!(whole.header("content-disposition").starts_with("inline"));
    let part = ranged(&client, &path, "bytes=0-99").await;
    let size: u64 = whole.header("content-length").parse().unwrap();
    assert_eq!((part.status, part.header("content-range")), (206, format!("bytes 0-99/{size}").as_str()));
    let known =
        client.browser.send(client.request(Method::GET, &path).header("if-none-match", whole.header("etag"))).await;
    assert_eq!(known.status, 304);
    client.get(&beside(&file, "thumbnail")).await.problem(404, "not_found");
    assert_eq!(client.newest().await["versions"][0]["downloads"], 0, "looking is no download");

    let other = app.owner("Otto").await;
    other.get(&format!("{}{path}", member.address)).await.problem(404, "not_found");
}

#[tokio::test]
async fn pictures_and_films_have_stills_and_previews() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    let made = project(&app, &nina, 100).await;
    let member = Uploader::member(nina.clone(), &made);
    let film = made_of_test_picture(app.folder(), "a.mp4", &["-c:v", "mpeg4"]);
    let photo = made_of_test_picture(app.folder(), "a.png", &["-frames:v", "1"]);
    for (name, bytes, kind, content_type) in
        [("film.mp4", film, "video", "video/mp4"), ("photo.png", photo, "image", "image/webp")]
    {
        let file = uploaded(&app, &member, name, &bytes).await;
        let preview = &file["versions"][0]["preview"];
        assert_eq!(
            json!([preview["state"], preview["kind"], preview["width"], preview["height"], preview["hasThumbnail"]]),
            json!(["ready", kind, 640, 360, true])
        );
        assert_eq!(preview["durationMs"], if kind == "video" { json!(2_000) } else { json!(null) });
        let shown = member.get(&beside(&file, "preview")).await;
        assert_eq!((shown.status, shown.header("content-type")), (200, content_type));
        let still = member.get(&beside(&file, "thumbnail")).await;
        assert_eq!((still.status, still.header("content-type")), (200, "image/webp"));
        assert_eq!(still.header("content-security-policy"), "default-src 'none'; sandbox");
    }
}

#[tokio::test]
async fn nothing_is_made_of_what_only_looks_like_media() {
    let app = TestApp::start().await;
    let nina = app.owner("Nina").await;
    let made = project(&app, &nina, 100).await;
    let member = Uploader::member(nina.clone(), &made);
    let list = b"#EXTM3U\n#EXTINF:1\nfile:///etc/passwd\n";
    for (name, bytes, state) in [
        ("song.mp3", [&b"ID3\x03\0\0\0\0\0\0"[..], list].concat(), json!("failed")),
        ("song.wav", b"RIFF\xff\xff\xff\xffWAVEfmt \xff\xff\xff\xff".to_vec(), json!("failed")),
        ("photo.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff".to_vec(), json!("failed")),
        ("list.m3u8", list.to_vec(), json!(null)),
        ("concat.mp4", b"ffconcat version 1.0\nfile /etc/passwd\n".to_vec(), json!(null)),
    ] {
        let file = uploaded(&app, &member, name, &bytes).await;
        assert_eq!(file["versions"][0]["preview"]["state"], state, "{name}");
        assert_eq!(file["versions"][0]["state"], "available", "{name} can be had as it came");
        member.get(&beside(&file, "preview")).await.problem(404, "not_found");
    }
    let left: i64 = sqlx::query_scalar("select (select count(*) from jobs) + (select count(*) from dead_jobs)")
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap();
    assert_eq!(left, 0, "trying again would say the same");
}

#[tokio::test]
async fn a_preview_that_cannot_be_made_yet_is_waited_for() {
    let app = TestApp::start_with(json!({ "files": { "ffprobe": "/nowhere/ffprobe" } })).await;
    let nina = app.owner("Nina").await;
    let made = project(&app, &nina, 100).await;
    let member = Uploader::member(nina.clone(), &made);
    let file = uploaded(&app, &member, "mix.wav", &wave()).await;
    assert_eq!(file["versions"][0]["preview"]["state"], "waiting");
    member.get(&beside(&file, "preview")).await.problem(409, "preview_waiting");
    assert_eq!(member.get(&content(&file, 1)).await.status, 200, "the original needs no preview");
    let error: String = sqlx::query_scalar("select last_error from jobs where kind = 'files.process_media'")
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap();
    assert!(error.contains("Install FFmpeg"), "{error}");
}
