//! The real program with the settings of production: what it writes to its log.

#![cfg(test)]

use std::{
    collections::HashMap,
    env,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use ledgerline_app::settings::Settings;
use loco_rs::environment::Environment;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use url::Url;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn ledgerline(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ledgerline"));
    command.args(arguments).current_dir(ROOT).env_clear().env("LOCO_CONFIG_FOLDER", "config");
    command
}

fn server() -> Url {
    env::var("DATABASE_URL").expect("set DATABASE_URL to a Postgres on which tests may make databases").parse().unwrap()
}

fn suffix() -> String {
    env::var("LEDGERLINE_ROLE_SUFFIX").unwrap_or_else(|_| "test".to_owned())
}

async fn administer(statement: String) {
    let mut url = server();
    url.set_path("postgres");
    let mut admin = PgConnection::connect(url.as_str()).await.unwrap();
    sqlx::query(AssertSqlSafe(statement)).execute(&mut admin).await.unwrap();
}

/// Addresses of the login roles, by variable, as test settings derive them.
fn logins(owner_url: &str) -> HashMap<&'static str, String> {
    let mut config = Environment::Test.load_from_folder(&Path::new(ROOT).join("config")).unwrap();
    config.settings.as_mut().unwrap()["database"]["owner_url"] = json!(owner_url);
    config.settings.as_mut().unwrap()["redis"]["url"] = json!("redis://127.0.0.1:1");
    let database = Settings::of(&config, &Environment::Test).unwrap().database;
    HashMap::from([
        ("DATABASE_APP_URL", database.app_url),
        ("DATABASE_ENGINE_URL", database.engine_url),
        ("DATABASE_PLATFORM_URL", database.platform_url),
    ])
}

/// A running program, which ends with the test.
struct Running {
    child: Child,
    log: BufReader<ChildStdout>,
    lines: Vec<String>,
}

impl Running {
    fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let log = BufReader::new(child.stdout.take().unwrap());
        Self { child, log, lines: Vec::new() }
    }

    /// Reads the log up to the line that says where the server listens.
    fn address(&mut self) -> String {
        loop {
            let mut line = String::new();
            let read = self.log.read_line(&mut line).unwrap();
            if read == 0 {
                let complaint = self.complaint();
                panic!("it ended: {:?} {complaint}", self.lines);
            }
            let address =
                serde_json::from_str::<Value>(&line).ok().and_then(|line| line["address"].as_str().map(str::to_owned));
            self.lines.push(line);
            if let Some(address) = address {
                return address;
            }
        }
    }

    fn complaint(&mut self) -> String {
        let mut text = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
        text
    }

    /// Asks it to stop; gives every line of its log, and what it wrote beside it.
    fn stop(mut self) -> (Vec<String>, String) {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(asked.success());
        let mut rest = String::new();
        self.log.read_to_string(&mut rest).unwrap();
        self.lines.extend(rest.lines().map(str::to_owned));
        let complaint = self.complaint();
        assert!(self.child.wait().unwrap().success());
        (std::mem::take(&mut self.lines), complaint)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // it has ended, unless the test failed
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends one request with these lines of the head and this body; gives the whole answer.
fn send(address: &str, first: &str, heads: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let length = body.len();
    write!(stream, "{first} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{heads}\r\n{body}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn head<'a>(answer: &'a str, name: &str) -> &'a str {
    let lines = answer.lines().take_while(|line| !line.is_empty());
    let value = lines.filter_map(|line| line.split_once(": ")).find(|(known, _)| known.eq_ignore_ascii_case(name));
    value.map(|(_, value)| value).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_json_names_requests_and_tells_no_secrets() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let name = format!("ledgerline_test_{}_{}", now.as_secs(), std::process::id());
    administer(format!("create database {name}")).await;
    let mut url = server();
    url.set_path(&name);
    let made = ledgerline(&["db", "migrate"])
        .envs([("LOCO_ENV", "test"), ("DATABASE_URL", url.as_str()), ("REDIS_URL", "redis://127.0.0.1:1")])
        .env("LEDGERLINE_ROLE_SUFFIX", suffix())
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));

    let folder = tempfile::tempdir().unwrap();
    let mut command = ledgerline(&["start", "--binding", "127.0.0.1", "--port", "0"]);
    command
        .envs([
            ("LOCO_ENV", "production"),
            ("BASE_URL", "https://app.example.com"),
            ("REDIS_URL", "redis://127.0.0.1:1"),
        ])
        .envs([
            ("SMTP_URL", "smtp://mailer:mail-secret@127.0.0.1:1"),
            ("MAIL_FROM", "Ledgerline <no-reply@example.com>"),
        ])
        .envs([("STORAGE_DIR", folder.path()), ("FRONTEND_DIR", folder.path())])
        .env("CLAMD_URL", "tcp://127.0.0.1:1")
        .envs(logins(url.as_str()));
    let mut running = Running::start(command);
    let address = running.address();

    let account = json!({ "name": "Nina Halvorsen", "email": "nina@example.com", "password": "correct horse battery",
        "workspaceName": "Northlight" });
    let signed_up = send(&address, "POST /api/accounts?from=the-query", "", &account.to_string());
    assert!(signed_up.starts_with("HTTP/1.1 201 "), "{signed_up}");
    let cookie = head(&signed_up, "set-cookie").split(';').next().unwrap().to_owned();
    let session = cookie.split_once('=').unwrap().1.to_owned();
    let shown = send(&address, "GET /api/session", &format!("Cookie: {cookie}\r\n"), "");
    assert!(shown.starts_with("HTTP/1.1 200 "), "{shown}");
    let csrf = shown.split_once("\"csrfToken\":\"").unwrap().1.split_once('"').unwrap().0.to_owned();
    let token = "dG9rZW4tb2YtYS1tYWlsZWQtbGluay1vZi1uaW5hcyE";
    let reset = json!({ "token": token, "password": "another horse battery" });
    let refused = send(&address, "POST /api/password-resets/complete", "", &reset.to_string());
    assert!(refused.starts_with("HTTP/1.1 422 "), "{refused}");
    // a portal link carries its token in the path, as does what becomes of one that was copied badly
    std::fs::write(folder.path().join("portal.html"), "<!doctype html><title>Portal</title>").unwrap();
    let link = send(&address, &format!("GET /l/{token}"), "", "");
    assert!(link.starts_with("HTTP/1.1 404 ") && head(&link, "set-cookie").is_empty(), "{link}");
    assert_eq!(head(&link, "referrer-policy"), "no-referrer");
    send(&address, &format!("GET /l/{token}./"), "", "");
    send(&address, &format!("GET /api/l/{token}"), "", "");
    let login = json!({ "email": "nina@example.com", "password": "a wrong password" });
    let wrong = send(&address, "POST /api/sessions", "", &login.to_string());
    assert!(wrong.starts_with("HTTP/1.1 401 "), "{wrong}");

    let (lines, complaint) = running.stop();
    administer(format!("drop database {name} with (force)")).await;
    assert_eq!(complaint, "", "everything is said in the log");
    let read: Vec<Value> =
        lines.iter().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect();
    for (answer, path) in [
        (&signed_up, "/api/accounts"),
        (&shown, "/api/session"),
        (&refused, "/api/password-resets/complete"),
        (&wrong, "/api/sessions"),
    ] {
        let id = head(answer, "x-request-id");
        assert!(!id.is_empty(), "{answer}");
        let line = read.iter().find(|line| line["path"] == path).unwrap_or_else(|| panic!("{path}: {lines:?}"));
        assert_eq!(line["span"]["request_id"], id, "{line}");
    }
    for secret in [
        "nina",
        "Nina",
        "Northlight",
        "horse battery",
        "wrong password",
        &session,
        &csrf,
        token,
        "mail-secret",
        "the-query",
    ] {
        let told = lines.iter().find(|line| line.contains(secret) && !line.contains("\"listening\""));
        assert_eq!(told, None, "{secret}");
    }
}
