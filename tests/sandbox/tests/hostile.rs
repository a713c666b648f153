//! What no good client sends: the server answers, stays within its bounds and goes on.

use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ledgerline_sandbox::smtp::Limits;
use ledgerline_sandbox::{Sandbox, SandboxOptions};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

type Outcome = Result<(), Box<dyn Error>>;

static PANICS: AtomicUsize = AtomicUsize::new(0);

fn count_panics() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        report(panic);
    }));
}

async fn sandbox(limits: Limits) -> Result<Sandbox, Box<dyn Error>> {
    let options = SandboxOptions { limits, ..SandboxOptions::default() };
    Ok(Sandbox::start(options).await?)
}

/// Sends all of it and gives everything the server says until it hangs up.
async fn converse(sandbox: &Sandbox, octets: &[u8]) -> Result<String, Box<dyn Error>> {
    let stream = TcpStream::connect(sandbox.smtp_addr).await?;
    let (mut reader, mut writer) = stream.into_split();
    let sending = async {
        // the server may hang up on nonsense before it has read all of it
        let _sent = writer.write_all(octets).await;
        let _ended = writer.shutdown().await;
    };
    let hearing = async {
        let mut heard = Vec::new();
        let _reset = reader.read_to_end(&mut heard).await;
        String::from_utf8_lossy(&heard).into_owned()
    };
    let both = async { tokio::join!(sending, hearing).1 };
    Ok(tokio::time::timeout(Duration::from_secs(20), both).await?)
}

const BEGIN: &str = "EHLO x\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<c@d.test>\r\nDATA\r\n";

fn mail(raw: &str) -> String {
    format!("{BEGIN}{raw}\r\n.\r\nQUIT\r\n")
}

#[tokio::test]
async fn an_endless_line_is_refused_once_and_the_next_is_read() -> Outcome {
    let sandbox = sandbox(Limits::default()).await?;
    let mut octets = vec![b'x'; 3_000_000];
    octets.extend_from_slice(b"\r\nNOOP\r\nQUIT\r\n");
    let heard = converse(&sandbox, &octets).await?;
    assert_eq!(heard.matches("500 5.5.6").count(), 1, "{heard}");
    assert!(heard.ends_with("250 2.0.0 ok\r\n221 2.0.0 bye\r\n"), "{heard}");
    Ok(())
}

#[tokio::test]
async fn a_mail_too_large_is_refused_and_the_next_is_taken() -> Outcome {
    let sandbox = sandbox(Limits { mail_bytes: 100_000, ..Limits::default() }).await?;
    let large = "a line\r\n".repeat(200_000);
    let octets = format!("{BEGIN}{large}.\r\n{}", mail("Subject: small\r\n\r\nx"));
    let heard = converse(&sandbox, octets.as_bytes()).await?;
    assert!(heard.contains("552 5.3.4"), "{heard}");
    let mails = sandbox.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].subject, "small");
    Ok(())
}

#[tokio::test]
async fn mails_at_once_are_bounded_together() -> Outcome {
    let sandbox = sandbox(Limits { receiving_bytes: 256 * 1024, ..Limits::default() }).await?;
    let large = "a line\r\n".repeat(30_000);
    let mut first = TcpStream::connect(sandbox.smtp_addr).await?;
    first.write_all(BEGIN.as_bytes()).await?;
    first.write_all(large.as_bytes()).await?;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let refused = converse(&sandbox, mail(&large).as_bytes()).await?;
    assert!(refused.contains("452 4.3.1"), "{refused}");
    drop(first);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let taken = converse(&sandbox, mail(&large).as_bytes()).await?;
    assert!(taken.contains("250 2.0.0 kept as"), "{taken}");
    Ok(())
}

#[tokio::test]
async fn dots_are_read_as_the_protocol_has_them() -> Outcome {
    let sandbox = sandbox(Limits::default()).await?;
    for (sent, kept) in [
        ("..first\r\n..\r\n.a\r\nb.\r\n.\r\n", ".first\r\n.\r\na\r\nb.\r\n"),
        (".\r\n", ""),
        // only CRLF dot CRLF ends a mail: nothing is smuggled
        ("a\n.\r\nMAIL FROM:<evil@b.test>\r\nb\r\n.\r\n", "a\n.\r\nMAIL FROM:<evil@b.test>\r\nb\r\n"),
        ("a\r\n.\nMAIL FROM:<evil@b.test>\r\n.\r\n", "a\r\n\nMAIL FROM:<evil@b.test>\r\n"),
    ] {
        sandbox.reset();
        let octets = format!("{BEGIN}{sent}QUIT\r\n");
        let heard = converse(&sandbox, octets.as_bytes()).await?;
        assert!(heard.ends_with("221 2.0.0 bye\r\n"), "{sent:?}: {heard}");
        let mails = sandbox.mails();
        assert_eq!(mails.len(), 1, "{sent:?}: {heard}");
        assert_eq!(String::from_utf8_lossy(&mails[0].raw), kept, "{sent:?}");
    }
    Ok(())
}

#[tokio::test]
async fn one_octet_at_a_time_is_the_same_mail() -> Outcome {
    let sandbox = sandbox(Limits::default()).await?;
    let mut stream = TcpStream::connect(sandbox.smtp_addr).await?;
    stream.set_nodelay(true)?;
    for octet in mail("Subject: slow\r\n\r\n..x\r\n").bytes() {
        stream.write_all(&[octet]).await?;
    }
    let mut heard = String::new();
    stream.read_to_string(&mut heard).await?;
    assert_eq!(sandbox.mails()[0].text.as_deref(), Some(".x\r\n\r\n"));
    Ok(())
}

#[tokio::test]
async fn mistakes_silence_and_crowds_end_connections() -> Outcome {
    let sandbox =
        sandbox(Limits { mistakes: 5, connections: 2, idle: Duration::from_millis(400), ..Limits::default() }).await?;
    let heard = converse(&sandbox, "HUH\r\n".repeat(1_000).as_bytes()).await?;
    assert_eq!(heard.matches("500 ").count(), 5, "{heard}");
    assert!(heard.ends_with("421 4.7.0 too many mistakes\r\n"), "{heard}");

    let mut held = TcpStream::connect(sandbox.smtp_addr).await?;
    let _also_held = TcpStream::connect(sandbox.smtp_addr).await?;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let heard = converse(&sandbox, b"").await?;
    assert_eq!(heard, "421 4.7.0 too many connections\r\n");
    let mut heard = String::new();
    held.read_to_string(&mut heard).await?;
    assert!(heard.ends_with("421 4.4.2 nothing heard for too long\r\n"), "{heard}");
    Ok(())
}

#[tokio::test]
async fn messages_within_messages_do_not_exhaust_the_stack() -> Outcome {
    let sandbox = sandbox(Limits::default()).await?;
    let nested = "Content-Type: message/rfc822\r\n\r\n".repeat(250_000);
    let digest = "Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\n".repeat(150_000);
    let few = "Content-Type: message/rfc822\r\n\r\n".repeat(190);
    for raw in [nested, digest, few] {
        let heard = converse(&sandbox, mail(&raw).as_bytes()).await?;
        assert!(heard.contains("250 2.0.0 kept as"), "{heard}");
    }
    assert_eq!(sandbox.mails().len(), 3);
    Ok(())
}

#[tokio::test]
async fn brackets_after_an_address_take_no_time() -> Outcome {
    let sandbox = sandbox(Limits::default()).await?;
    // quoted-printable makes one text line out of many mail lines
    let text = format!("http://a.test/{}", format!("{}=\r\n", ")".repeat(900)).repeat(5_000));
    let raw = format!("Content-Transfer-Encoding: quoted-printable\r\n\r\n{text}");
    let started = std::time::Instant::now();
    let heard = converse(&sandbox, mail(&raw).as_bytes()).await?;
    assert!(heard.contains("250 2.0.0 kept as"), "{heard}");
    assert!(started.elapsed() < Duration::from_secs(15));
    Ok(())
}

#[tokio::test]
async fn noise_fells_nothing() -> Outcome {
    count_panics();
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| rand::rng().random());
    let mut random = StdRng::seed_from_u64(seed);
    let sandbox = sandbox(Limits { mistakes: 1_000, ..Limits::default() }).await?;
    let words: Vec<&[u8]> = vec![
        b"EHLO x\r\n",
        b"MAIL FROM:<a@b.c>",
        b"RCPT TO:<d@e.f>",
        b"DATA\r\n",
        b"\r\n.\r\n",
        b"\r\n",
        b"\n",
        b"\r",
        b".",
        b" ",
        b"<",
        b">",
        b"\"",
        b"\\",
        b"@",
        b":",
        b"=",
        b"+",
        b",",
        b";",
        b"SIZE=",
        b"BODY=8BITMIME",
        b"SMTPUTF8",
        b"BY=",
        b"HOLDFOR=",
        b"HOLDUNTIL=",
        b"RET=",
        b"ENVID=",
        b"NOTIFY=",
        b"ORCPT=rfc822;",
        b"RRVS=",
        b"MT-PRIORITY=-9223372036854775808",
        b"99999999999999999999999",
        b"AUTH PLAIN ",
        b"AUTH LOGIN\r\n",
        b"BDAT ",
        b"LAST",
        b"BURL ",
        b"RSET\r\n",
        b"NOOP ",
        b"VRFY ",
        b"EXPN ",
        b"ATRN ",
        b"Subject: ",
        b"=?utf-8?B?",
        b"?=",
        b"Content-Type: multipart/mixed; boundary=\"b\"\r\n",
        b"\r\n--b\r\n",
        b"\r\n--b--\r\n",
        b"--b",
        b"Content-Type: message/rfc822\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Type: text/html\r\n",
        b"Content-Transfer-Encoding: quoted-printable\r\n",
        b"charset=utf-7",
        b"\xff\xfe\x00",
        b"\xc3\xa9",
        b"https://",
        b"Date: ",
        b"To: ",
        b"From: ",
        b"Received: ",
    ];
    for round in 0..300 {
        let mut octets = Vec::new();
        if round % 2 == 0 {
            octets.extend_from_slice(BEGIN.as_bytes());
        }
        for _ in 0..random.random_range(1..120) {
            if random.random_bool(0.1) {
                octets.push(random.random());
            } else {
                octets.extend_from_slice(words[random.random_range(0..words.len())]);
            }
        }
        let heard = converse(&sandbox, &octets).await?;
        assert!(heard.starts_with("220 "), "seed {seed}, round {round}: {heard}");
    }
    let heard = converse(&sandbox, mail("Subject: after\r\n\r\nx").as_bytes()).await?;
    assert!(heard.contains("250 2.0.0 kept as"), "seed {seed}: {heard}");
    let page = reqwest::get(sandbox.http_url()).await?;
    assert_eq!(page.status(), 200);
    assert_eq!(PANICS.load(Ordering::Relaxed), 0, "seed {seed}");
    for mail in sandbox.mails() {
        let page = reqwest::get(format!("{}/mails/{}", sandbox.http_url(), mail.id)).await?;
        assert_eq!(page.status(), 200, "seed {seed}");
    }
    Ok(())
}
