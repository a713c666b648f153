//! The product as it runs in production: a web process and a worker node, built with optimisation, on a database of
//! their own.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection, postgres::PgConnectOptions};
use support::{Browser, PASSWORD};
use tempfile::TempDir;
use tokio::{
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    time::{Instant, sleep},
};
use url::Url;

use crate::contest::{Failure, Services};

/// How long a process may take until it answers.
const START: Duration = Duration::from_secs(30);

/// A running product; its processes end when it is dropped.
pub struct Product {
    /// The database's address for its owner.
    pub owner_url: String,
    base_url: String,
    web: Child,
    worker: Option<Child>,
    _files: TempDir,
}

/// A fresh database that the product's programs may be started on.
pub struct Prepared {
    /// The database's address for its owner.
    pub owner_url: String,
    redis_url: String,
    files: TempDir,
}

impl Prepared {
    /// Makes the database `name` anew and migrates it.
    pub async fn new(services: &Services, name: &str) -> Result<Self, Failure> {
        let server: PgConnectOptions = services.database_url.parse()?;
        let mut admin = PgConnection::connect_with(&server).await?;
        for statement in [format!("drop database if exists {name} with (force)"), format!("create database {name}")] {
            sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut admin).await?;
        }
        let mut url = Url::parse(&services.database_url)?;
        url.set_path(name);
        let files = tempfile::tempdir()?;
        let pages = files.path().join("frontend");
        tokio::fs::create_dir_all(pages.join("assets")).await?;
        tokio::fs::write(pages.join("studio.html"), "<!doctype html><title>Studio</title>").await?;
        let prepared = Self { owner_url: url.into(), redis_url: services.redis_url.clone(), files };
        let migrated = prepared.command("ledgerline")?.args(["db", "migrate"]).stdout(Stdio::null()).status().await?;
        if !migrated.success() {
            return Err(format!("`ledgerline db migrate` failed: {migrated}").into());
        }
        Ok(prepared)
    }

    /// Starts the web process, and a worker node when wanted, and waits until they are ready.
    pub async fn start(self, with_worker: bool) -> Result<Product, Failure> {
        let port = TcpListener::bind("127.0.0.1:0").await?.local_addr()?.port();
        let base_url = format!("http://127.0.0.1:{port}");
        let mut web = self.command("ledgerline")?;
        web.arg("start").env("BIND", "127.0.0.1").env("PORT", port.to_string()).env("BASE_URL", &base_url);
        let mut web = web.spawn()?;
        let deadline = Instant::now() + START;
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            if let Some(status) = web.try_wait()? {
                return Err(format!("`ledgerline start` ended: {status}").into());
            }
            if Instant::now() > deadline {
                return Err(format!("`ledgerline start` does not answer within {} s", START.as_secs()).into());
            }
            sleep(Duration::from_millis(20)).await;
        }
        let worker = if with_worker { Some(self.command("ledgerline-workers")?.spawn()?) } else { None };
        let product = Product { owner_url: self.owner_url, base_url, web, worker, _files: self.files };
        if with_worker {
            product.wait_for_node(deadline).await?;
        }
        Ok(product)
    }

    fn command(&self, name: &str) -> Result<Command, Failure> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut command = Command::new(program(name)?);
        command
            .current_dir(root)
            .env("LOCO_ENV", "development")
            .env("LOG_LEVEL", "warn")
            .env("DATABASE_URL", &self.owner_url)
            .env("REDIS_URL", &self.redis_url)
            .env("REDIS_NAMESPACE", "bench")
            .env("STORAGE_DIR", self.files.path().join("storage"))
            .env("FRONTEND_DIR", self.files.path().join("frontend"))
            .stdin(Stdio::null())
            .kill_on_drop(true);
        Ok(command)
    }
}

impl Product {
    async fn wait_for_node(&self, deadline: Instant) -> Result<(), Failure> {
        let mut owner = PgConnection::connect(&self.owner_url).await?;
        let living = "select exists (select from nodes where state = 'running')";
        while !sqlx::query_scalar::<_, bool>(living).fetch_one(&mut owner).await? {
            if Instant::now() > deadline {
                return Err(format!("no worker node is there within {} s", START.as_secs()).into());
            }
            sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// A browser in which the owner of a new workspace is logged in.
    pub async fn owner(&self, name: &str) -> Result<Browser, Failure> {
        let browser = Browser::new(&self.base_url);
        let account = json!({
            "name": name,
            "email": format!("{name}@bench.example"),
            "password": PASSWORD,
            "workspaceName": name,
        });
        expect(&browser, Method::POST, "/api/accounts", Some(&account)).await?;
        Ok(browser)
    }

    /// The most memory that its processes together have held, in megabytes, as far as the system tells.
    pub async fn peak_memory_mb(&self) -> Option<f64> {
        let mut sum = 0.0;
        for process in [Some(&self.web), self.worker.as_ref()].into_iter().flatten() {
            let status = tokio::fs::read_to_string(format!("/proc/{}/status", process.id()?)).await.ok()?;
            let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
            sum += peak.trim().trim_end_matches(" kB").parse::<f64>().ok()? / 1024.0;
        }
        Some(sum)
    }

    /// Ends its processes and waits for them, so that nothing of them disturbs what is measured next.
    pub async fn stop(mut self) -> Result<(), Failure> {
        for process in [Some(&mut self.web), self.worker.as_mut()].into_iter().flatten() {
            process.kill().await?;
        }
        Ok(())
    }
}

/// Sends a request and answers the JSON of a success.
pub async fn expect(browser: &Browser, method: Method, path: &str, body: Option<&Value>) -> Result<Value, Failure> {
    let mut request = browser.request(method.clone(), path);
    if let Some(body) = body {
        request = request.json(body);
    }
    let answer = browser.send(request).await;
    if !(200..300).contains(&answer.status) {
        return Err(format!("{method} {path}: {} {}", answer.status, answer.text).into());
    }
    Ok(answer.body)
}

/// The programs stand beside this one.
fn program(name: &str) -> Result<PathBuf, Failure> {
    let this = std::env::current_exe()?;
    let program = this.with_file_name(name);
    if program.exists() { Ok(program) } else { Err(format!("{} is not built", program.display()).into()) }
}
