//! The inbox as a real mail library and a real HTTP client see it.

use std::error::Error;
use std::time::Duration;

use ledgerline_sandbox::smtp::faults::{Fault, Mode};
use ledgerline_sandbox::{Sandbox, SandboxOptions};
use lettre::message::{Attachment, MultiPart, header::ContentType};
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use serde_json::{Value, json};

type Outcome = Result<(), Box<dyn Error>>;
type Client = AsyncSmtpTransport<Tokio1Executor>;

const SOON: Duration = Duration::from_secs(5);

fn client(sandbox: &Sandbox) -> Client {
    Client::builder_dangerous(sandbox.smtp_addr.ip().to_string()).port(sandbox.smtp_addr.port()).build()
}

fn mail(to: &str, subject: &str, text: &str) -> Result<Message, Box<dyn Error>> {
    Ok(Message::builder()
        .from("Ledgerline <no-reply@ledgerline.test>".parse()?)
        .to(to.parse()?)
        .subject(subject)
        .message_id(Some("<one@ledgerline.test>".to_owned()))
        .body(text.to_owned())?)
}

async fn get(sandbox: &Sandbox, path: &str) -> Result<Value, Box<dyn Error>> {
    let answer = reqwest::get(format!("{}{path}", sandbox.http_url())).await?;
    Ok(answer.json().await?)
}

#[tokio::test]
async fn a_mail_arrives_whole() -> Outcome {
    let sandbox = Sandbox::start(SandboxOptions::default()).await?;
    let text = "Grüße, reset it here: https://app.test/reset-password#tök-en.\r\n.\r\n..two dots\r\n";
    let letter = Message::builder()
        .from("Jörg <joerg@studio.test>".parse()?)
        .to("Ana@Example.test".parse()?)
        .bcc("hidden@example.test".parse()?)
        .subject("Zurücksetzen – ✓")
        .message_id(Some("<one@ledgerline.test>".to_owned()))
        .multipart(
            MultiPart::mixed()
                .multipart(MultiPart::alternative_plain_html(
                    text.to_owned(),
                    "<p>Grüße</p><script>parent.alert(1)</script>".to_owned(),
                ))
                .singlepart(
                    Attachment::new("split.csv".to_owned()).body("a,b\r\n".to_owned(), ContentType::parse("text/csv")?),
                ),
        )?;
    client(&sandbox).send(letter).await?;

    let kept = sandbox.wait_for_mail("ana@example.TEST", SOON).await;
    let kept = kept.ok_or("no mail")?;
    assert_eq!(kept.from, "joerg@studio.test");
    assert_eq!(kept.to, ["Ana@Example.test", "hidden@example.test"]);
    assert_eq!(kept.subject, "Zurücksetzen – ✓");
    assert_eq!(kept.message_id.as_deref(), Some("one@ledgerline.test"));
    assert_eq!(kept.text.as_deref().map(str::trim_end), Some(text.trim_end()));
    assert_eq!(kept.links, ["https://app.test/reset-password#tök-en"]);
    assert_eq!(kept.header("mime-version"), Some("1.0"));
    assert_eq!(kept.attachments.len(), 1);
    assert_eq!(kept.attachments[0].name.as_deref(), Some("split.csv"));

    let shown = get(&sandbox, &format!("/api/mails/{}", kept.id)).await?;
    assert_eq!(shown["messageId"], "one@ledgerline.test");
    assert_eq!(shown["links"][0], "https://app.test/reset-password#tök-en");
    assert_eq!(shown["to"][0], "Ana@Example.test");

    let frame = format!("{}/mails/{}/html", sandbox.http_url(), kept.id);
    let frame = reqwest::get(frame).await?;
    let policy = frame.headers()["content-security-policy"].to_str()?;
    assert!(policy.starts_with("sandbox allow-popups"), "{policy}");
    assert!(!policy.contains("allow-scripts"), "{policy}");
    let page = reqwest::get(format!("{}/mails/{}", sandbox.http_url(), kept.id)).await?;
    let page = page.text().await?;
    assert!(page.contains("href=\"https://app.test/reset-password#tök-en\""));
    assert!(!page.contains("<script>parent"));
    Ok(())
}

#[tokio::test]
async fn a_client_may_log_in_with_anything() -> Outcome {
    use lettre::transport::smtp::authentication::Mechanism;
    let sandbox = Sandbox::start(SandboxOptions::default()).await?;
    for mechanism in [Mechanism::Plain, Mechanism::Login] {
        let client = Client::builder_dangerous("127.0.0.1")
            .port(sandbox.smtp_addr.port())
            .credentials(Credentials::new("any".to_owned(), "thing".to_owned()))
            .authentication(vec![mechanism])
            .build();
        client.send(mail("a@b.test", "Hi", "Hi")?).await?;
    }
    assert_eq!(sandbox.mails().len(), 2);
    Ok(())
}

#[tokio::test]
async fn mails_are_found_by_recipient_subject_and_time() -> Outcome {
    let sandbox = Sandbox::start(SandboxOptions::default()).await?;
    let client = client(&sandbox);
    for (to, subject) in [("ana@a.test", "Welcome"), ("joana@a.test", "Welcome"), ("ana@a.test", "Reset your password")]
    {
        client.send(mail(to, subject, "text")?).await?;
    }
    let all = get(&sandbox, "/api/mails").await?;
    assert_eq!(all["mails"].as_array().map(Vec::len), Some(3));
    assert_eq!(all["mails"][0]["subject"], "Reset your password");
    assert_eq!(all["nextCursor"], Value::Null);

    let to_ana = get(&sandbox, "/api/mails?to=ANA@a.test").await?;
    assert_eq!(to_ana["mails"].as_array().map(Vec::len), Some(2));
    let resets = get(&sandbox, "/api/mails?to=ana@a.test&subject=reset").await?;
    assert_eq!(resets["mails"].as_array().map(Vec::len), Some(1));

    let second = &all["mails"][1];
    for after in [&second["id"], &second["receivedAt"]] {
        let after = after.as_str().ok_or("text")?;
        let later = get(&sandbox, &format!("/api/mails?after={after}")).await?;
        assert_eq!(later["mails"].as_array().map(Vec::len), Some(1));
        assert_eq!(later["mails"][0]["id"], all["mails"][0]["id"]);
    }
    let wrong = get(&sandbox, "/api/mails?after=yesterday").await?;
    assert_eq!(wrong["code"], "invalid_request");

    let first = get(&sandbox, "/api/mails?limit=2").await?;
    let cursor = first["nextCursor"].as_str().ok_or("a cursor")?;
    let rest = get(&sandbox, &format!("/api/mails?limit=2&cursor={cursor}")).await?;
    assert_eq!(rest["mails"].as_array().map(Vec::len), Some(1));
    assert_eq!(rest["mails"][0]["id"], all["mails"][2]["id"]);

    let reset = reqwest::Client::new().post(format!("{}/api/reset", sandbox.http_url())).send().await?;
    assert_eq!(reset.status(), 204);
    assert!(sandbox.mails().is_empty());
    Ok(())
}

#[tokio::test]
async fn waiting_ends_when_the_mail_comes_and_at_the_timeout() -> Outcome {
    let sandbox = Sandbox::start(SandboxOptions::default()).await?;
    let client = client(&sandbox);
    let none = sandbox.wait_for_mail("a@b.test", Duration::from_millis(50)).await;
    assert!(none.is_none());
    let (found, sent) = tokio::join!(sandbox.wait_for_mails("a@b.test", 2, SOON), async {
        for number in 0..2 {
            client.send(mail("a@b.test", &number.to_string(), "x")?).await?;
        }
        Ok::<_, Box<dyn Error>>(())
    });
    sent?;
    let subjects: Vec<_> = found.iter().map(|mail| mail.subject.as_str()).collect();
    assert_eq!(subjects, ["1", "0"]);
    Ok(())
}

#[tokio::test]
async fn only_the_newest_mails_are_kept() -> Outcome {
    let sandbox =
        Sandbox::start(SandboxOptions { max_mails: 3, max_mail_bytes: 100_000, ..SandboxOptions::default() }).await?;
    let client = client(&sandbox);
    for number in 0..5 {
        client.send(mail("a@b.test", &number.to_string(), "x")?).await?;
    }
    let kept = sandbox.mails();
    let subjects: Vec<_> = kept.iter().map(|mail| mail.subject.as_str()).collect();
    assert_eq!(subjects, ["4", "3", "2"]);

    let large = "a line of text\r\n".repeat(2_500);
    client.send(mail("a@b.test", "large", &large)?).await?;
    client.send(mail("a@b.test", "larger", &large)?).await?;
    let kept = sandbox.mails();
    let subjects: Vec<_> = kept.iter().map(|mail| mail.subject.as_str()).collect();
    assert_eq!(subjects, ["larger"]);
    Ok(())
}

async fn steer(sandbox: &Sandbox, fault: Value) -> Result<Value, Box<dyn Error>> {
    let answer =
        reqwest::Client::new().post(format!("{}/api/smtp/faults", sandbox.http_url())).json(&fault).send().await?;
    Ok(answer.json().await?)
}

#[tokio::test]
async fn failures_come_as_asked_and_end_after_their_count() -> Outcome {
    let sandbox = Sandbox::start(SandboxOptions::default()).await?;
    let client = client(&sandbox);

    steer(&sandbox, json!({"mode": "temporary", "count": 2})).await?;
    for _ in 0..2 {
        let refused = client.send(mail("a@b.test", "t", "x")?).await;
        assert!(refused.is_err_and(|error| error.is_transient()));
    }
    client.send(mail("a@b.test", "after", "x")?).await?;
    assert_eq!(sandbox.mails().len(), 1);

    steer(&sandbox, json!({"mode": "permanent"})).await?;
    let refused = client.send(mail("a@b.test", "p", "x")?).await;
    assert!(refused.is_err_and(|error| error.is_permanent()));
    assert_eq!(sandbox.mails().len(), 1);

    // kept, but the sender is not told
    steer(&sandbox, json!({"mode": "drop_after_data", "count": 1})).await?;
    let unknown = client.send(mail("a@b.test", "d", "x")?).await;
    assert!(unknown.is_err_and(|error| !error.is_transient() && !error.is_permanent()));
    assert_eq!(sandbox.mails().len(), 2);

    sandbox.smtp_faults().set(Fault { mode: Mode::Slow, count: Some(1), delay_ms: 300, to: None });
    let started = std::time::Instant::now();
    client.send(mail("a@b.test", "s", "x")?).await?;
    assert!(started.elapsed() >= Duration::from_millis(300));
    assert_eq!(get(&sandbox, "/api/smtp/faults").await?, json!([]));

    // others' mails are not counted and come in
    steer(&sandbox, json!({"mode": "permanent", "count": 1, "to": "@refused.test"})).await?;
    client.send(mail("a@b.test", "o", "x")?).await?;
    let refused = client.send(mail("a@refused.test", "r", "x")?).await;
    assert!(refused.is_err_and(|error| error.is_permanent()));

    let wrong = steer(&sandbox, json!({"mode": "sometimes"})).await?;
    assert_eq!(wrong["code"], "invalid_request");

    // one for some and one for others, and each ends by itself
    steer(&sandbox, json!({"mode": "permanent", "to": "@one.test"})).await?;
    steer(&sandbox, json!({"mode": "permanent", "to": "@other.test"})).await?;
    steer(&sandbox, json!({"mode": "none", "to": "@one.test"})).await?;
    client.send(mail("a@one.test", "m", "x")?).await?;
    assert!(client.send(mail("a@other.test", "n", "x")?).await.is_err_and(|error| error.is_permanent()));
    steer(&sandbox, json!({"mode": "none"})).await?;
    client.send(mail("a@other.test", "n", "x")?).await?;
    Ok(())
}

#[tokio::test]
async fn a_line_longer_than_mail_allows_is_refused() -> Outcome {
    let sandbox = Sandbox::start(SandboxOptions::default()).await?;
    for (length, fine) in [(998, true), (999, false)] {
        let envelope = lettre::address::Envelope::new(Some("a@b.test".parse()?), vec!["c@d.test".parse()?])?;
        let raw = format!("Subject: x\r\n\r\n{}\r\n", "x".repeat(length));
        let sent = client(&sandbox).send_raw(&envelope, raw.as_bytes()).await;
        assert_eq!(sent.is_ok(), fine, "{length}");
    }
    Ok(())
}

#[tokio::test]
async fn the_pages_answer() -> Outcome {
    let sandbox = Sandbox::start(SandboxOptions::default()).await?;
    client(&sandbox).send(mail("a@b.test", "<b>Bold</b>", "x")?).await?;
    let list = reqwest::get(sandbox.http_url()).await?;
    let policy = list.headers()["content-security-policy"].to_str()?.to_owned();
    assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
    let list = list.text().await?;
    assert!(list.contains("&lt;b&gt;Bold&lt;/b&gt;") && !list.contains("<b>Bold"));
    for (path, status) in [
        ("/?q=BOLD", 200),
        ("/errors", 200),
        ("/sandbox.css", 200),
        ("/sandbox.js", 200),
        ("/mails/nonsense", 404),
        ("/errors/00000000-0000-0000-0000-000000000000", 404),
        ("/api/nothing", 404),
    ] {
        let answer = reqwest::get(format!("{}{path}", sandbox.http_url())).await?;
        assert_eq!(answer.status(), status, "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn stopping_ends_open_connections_and_frees_the_ports() -> Outcome {
    let sandbox = Sandbox::start(SandboxOptions::default()).await?;
    let (http, smtp) = (sandbox.http_addr, sandbox.smtp_addr);
    let client = client(&sandbox);
    client.send(mail("a@b.test", "x", "x")?).await?;
    let pooled = reqwest::Client::new();
    pooled.get(sandbox.http_url()).send().await?.text().await?;
    let started = std::time::Instant::now();
    sandbox.stop().await;
    assert!(started.elapsed() < Duration::from_secs(2));
    let again = Sandbox::start(SandboxOptions { http, smtp, ..SandboxOptions::default() }).await?;
    let taken = Sandbox::start(SandboxOptions { http, ..SandboxOptions::default() }).await;
    assert!(taken.is_err_and(|error| error.to_string().contains(&http.to_string())));
    again.stop().await;
    Ok(())
}
