//! The error tracker as the real library reports to it, and as a broken or hostile client does.

use std::error::Error;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use ledgerline_sandbox::{Sandbox, SandboxOptions};
use reqwest::StatusCode;
use serde_json::Value;

type Outcome = Result<(), Box<dyn Error>>;

const SOON: Duration = Duration::from_secs(5);

#[tokio::test]
async fn the_real_library_reports_an_error() -> Outcome {
    let sandbox = Sandbox::start(SandboxOptions::default()).await?;
    let dsn = sandbox.sentry_dsn();
    // the library's transport blocks
    let reporting = tokio::task::spawn_blocking(move || {
        let options = {
            let mut options = sentry::ClientOptions::default();
            options.dsn = dsn.parse().ok();
            options.release = Some("ledgerline@1.2.3".into());
            options.environment = Some("test".into());
            sentry::apply_defaults(options)
        };
        let client = Arc::new(sentry::Client::with_options(options));
        let hub = sentry::Hub::new(Some(client.clone()), Arc::default());
        let error = std::io::Error::other("the payout file is gone");
        hub.capture_event(sentry::event_from_error(&error));
        client.flush(Some(SOON))
    });
    assert!(reporting.await?);
    let report = sandbox.wait_for_error(SOON).await.ok_or("no report")?;
    assert_eq!(report.project, "1");
    assert_eq!(report.public_key, "sandbox");
    assert_eq!(report.release.as_deref(), Some("ledgerline@1.2.3"));
    assert_eq!(report.environment.as_deref(), Some("test"));
    assert!(report.title().contains("the payout file is gone"));

    let listed: Value = reqwest::get(format!("{}/api/errors", sandbox.http_url())).await?.json().await?;
    assert_eq!(listed["errors"].as_array().map(Vec::len), Some(1));
    assert_eq!(listed["errors"][0]["level"], "error");
    for path in ["/errors".to_owned(), format!("/errors/{}", report.id)] {
        let page = reqwest::get(format!("{}{path}", sandbox.http_url())).await?;
        assert!(page.text().await?.contains("the payout file is gone"));
    }
    Ok(())
}

async fn send(
    sandbox: &Sandbox,
    auth: Option<&str>,
    encoding: Option<&str>,
    body: Vec<u8>,
) -> Result<StatusCode, Box<dyn Error>> {
    let mut request = reqwest::Client::new().post(format!("{}/api/7/envelope/", sandbox.http_url())).body(body);
    if let Some(auth) = auth {
        request = request.header("x-sentry-auth", auth);
    }
    if let Some(encoding) = encoding {
        request = request.header("content-encoding", encoding);
    }
    Ok(request.send().await?.status())
}

fn gzip(octets: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(octets)?;
    encoder.finish()
}

const AUTH: Option<&str> = Some("Sentry sentry_version=7, sentry_key=abc, sentry_client=by-hand/1");
const REPORT: &[u8] = b"{\"event_id\":\"9ec79c33ec9942ab8353589fcb2e04dc\"}\n\
    {\"type\":\"event\"}\n{\"message\":\"<b>lost</b>\",\"level\":\"fatal\"}\n{\"type\":\"session\"}\n{}\n";

#[tokio::test]
async fn envelopes_come_plain_and_packed_and_need_a_key() -> Outcome {
    let sandbox = Sandbox::start(SandboxOptions::default()).await?;
    assert_eq!(send(&sandbox, AUTH, None, REPORT.to_vec()).await?, 200);
    assert_eq!(send(&sandbox, AUTH, Some("gzip"), gzip(REPORT)?).await?, 200);
    assert_eq!(send(&sandbox, None, None, REPORT.to_vec()).await?, 401);
    assert_eq!(send(&sandbox, Some("Bearer sentry_key=abc"), None, REPORT.to_vec()).await?, 401);
    let with_dsn = b"{\"dsn\":\"http://def@127.0.0.1/7\"}\n{\"type\":\"event\"}\n{}".to_vec();
    assert_eq!(send(&sandbox, None, None, with_dsn).await?, 200);

    // two events with their sessions, and the last event
    assert_eq!(sandbox.errors().len(), 5);
    let errors = sandbox.errors();
    assert_eq!(errors[0].public_key, "def");
    assert_eq!(errors[4].message.as_deref(), Some("<b>lost</b>"));
    assert_eq!(errors[4].client.as_deref(), Some("by-hand/1"));
    let page = reqwest::get(format!("{}/errors", sandbox.http_url())).await?;
    let page = page.text().await?;
    assert!(page.contains("&lt;b&gt;lost") && !page.contains("<b>lost"));
    Ok(())
}

#[tokio::test]
async fn bombs_and_nonsense_are_refused() -> Outcome {
    let sandbox = Sandbox::start(SandboxOptions::default()).await?;
    let bomb = gzip(&vec![b' '; 64 * 1024 * 1024])?;
    assert_eq!(send(&sandbox, AUTH, Some("gzip"), bomb).await?, 413);
    assert_eq!(send(&sandbox, AUTH, None, vec![b'{'; 5 * 1024 * 1024]).await?, 413);
    assert_eq!(send(&sandbox, AUTH, Some("gzip"), REPORT.to_vec()).await?, 400);
    assert_eq!(send(&sandbox, AUTH, Some("zstd"), REPORT.to_vec()).await?, 415);
    assert_eq!(send(&sandbox, AUTH, None, b"nothing".to_vec()).await?, 400);
    assert!(sandbox.errors().is_empty());

    // JSON too deep for the parser is kept as it came
    let mut deep = b"{}\n{\"type\":\"event\"}\n".to_vec();
    deep.extend(std::iter::repeat_n(b'[', 1_000_000));
    assert_eq!(send(&sandbox, AUTH, None, deep).await?, 200);
    assert_eq!(sandbox.errors()[0].payload, Value::Null);
    Ok(())
}
