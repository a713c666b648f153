//! Imports whose worker is killed in the middle, under each rule for duplicates: no row twice, none missing, and the
//! numbers are those of an import that nobody disturbs.

use std::{
    process::{Child, Command, Stdio},
    time::Duration,
};

use ledgerline_jobs::{
    Job as _,
    imports::{ImportChunk, PlanImport},
};
use rand::Rng as _;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Connection as _;
use support::{Browser, TestApp};

use crate::{seed, servers::wait_for};

const LIMIT: Duration = Duration::from_secs(120);
/// Rows of the file, a quarter to a chunk; each kind of row is an eighth of them.
const ROWS: usize = 8_000;
const EACH: i64 = 1_000;

struct Product {
    app: TestApp,
    browser: Browser,
    node: Child,
}

impl Product {
    async fn start() -> Self {
        let app = TestApp::start().await;
        let browser = app.owner("Nina").await;
        let node = node(&app);
        Self { app, browser, node }
    }

    /// Waits until the node works on a job of this kind, lets it go on for a moment, kills it and starts another. When all
    /// jobs of the kind have ended, the node is killed between two jobs.
    async fn kill_while(&mut self, kind: &'static str, moment: Duration) {
        wait_for("the job runs", LIMIT, || async {
            let mut sql = self.app.sql().await;
            let (running, all): (i64, i64) =
                sqlx::query_as("select count(*) filter (where state = 'running'), count(*) from jobs where kind = $1")
                    .bind(kind)
                    .fetch_one(&mut sql)
                    .await
                    .unwrap();
            running > 0 || all == 0
        })
        .await;
        tokio::time::sleep(moment).await;
        self.replace_node();
    }

    /// Waits until a chunk is stopped in the middle of its transaction by somebody who holds the table of rejected rows,
    /// and kills the node there.
    async fn kill_while_writing(&mut self) {
        wait_for("a chunk is being written", LIMIT, || async {
            self.number("select count(*) from pg_locks where not granted and relation = 'import_rejects'::regclass")
                .await
                > 0
        })
        .await;
        self.replace_node();
    }

    fn replace_node(&mut self) {
        self.node.kill().unwrap();
        self.node.wait().unwrap();
        self.node = node(&self.app);
    }

    async fn start_import(&self, body: Vec<u8>, rule: &str) -> String {
        let request = self.browser.request(Method::POST, "/api/imports").query(&[("filename", "clients.csv")]);
        let made = self.browser.send(request.header("content-type", "text/csv").body(body)).await.expect(201);
        let path = format!("/api/imports/{}", made["id"].as_str().unwrap());
        let choices = json!({
            "mapping": { "0": "name", "1": "email", "2": "phone", "3": "company", "4": "notes" }, "duplicates": rule,
        });
        self.browser.post(&format!("{path}/start"), &choices).await.assert_status(202);
        path
    }

    async fn completed(&self, path: &str) -> Value {
        wait_for("the import ends", LIMIT, || async {
            let state = self.browser.get(path).await.expect(200)["state"].clone();
            assert_ne!(state, "failed");
            state == "completed"
        })
        .await;
        wait_for("its last job ends", LIMIT, || async { self.number("select count(*) from jobs").await == 0 }).await;
        self.browser.get(path).await.expect(200)
    }

    async fn number(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&mut self.app.sql().await).await.unwrap()
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        let _ = self.node.kill();
        let _ = self.node.wait();
    }
}

fn node(app: &TestApp) -> Child {
    Command::new(env!("CARGO_BIN_EXE_product_node"))
        .args(["--lease-ms", "2000", "--settings", &app.settings().to_string()])
        .stdin(Stdio::null())
        .spawn()
        .expect("a node")
}

const HEADINGS: &str = "name,email,phone,company,notes";

/// Who is here before: one for each of the first three kinds of rows, all with an address.
fn clients() -> String {
    let rows = (0..ROWS).filter_map(|n| match n % 8 {
        0 => Some(format!("K{n},k{n}@example.com,,,")),
        1 => Some(format!("P{n},p{n}@example.com,+49 30 1{n:06},,")),
        2 => Some(format!("N{n},n{n}@example.com,,Company {n},")),
        _ => None,
    });
    format!("{HEADINGS}\n{}\n", rows.collect::<Vec<_>>().join("\n"))
}

/// Rows that are somebody by address, number or name, rows of new ones by each, one of them a second time in another
/// chunk, and rows that are rejected.
fn rows() -> String {
    let rows = (0..ROWS).map(|n| match n % 8 {
        0 => format!("K{n},K{n}@example.com,,,note {n}"),
        1 => format!("P{n},,+49301{n:06},,note {n}"),
        2 => format!("n{n},,,COMPANY {n},note {n}"),
        3 => format!("E{n},e{n}@example.com,,,note {n}"),
        4 => format!("F{n},,+49 30 2{n:06},,note {n}"),
        5 => format!("G{n},,,Company {n},note {n}"),
        6 => format!("E again,e{}@example.com,,,note {n}", (n - 3 + ROWS / 2) % ROWS),
        _ => format!("X{n},no address,,,"),
    });
    format!("{HEADINGS}\n{}\n", rows.collect::<Vec<_>>().join("\n"))
}

async fn killed_in_the_middle(rule: &str, body: Vec<u8>, expected: [i64; 4]) -> Product {
    let mut seed = seed();
    let mut product = Product::start().await;
    let first = product.start_import(clients().into_bytes(), "skip").await;
    assert_eq!(product.completed(&first).await["created"], 3 * EACH);

    let mut holder = product.app.sql().await;
    let mut held = holder.begin().await.unwrap();
    sqlx::query("lock table import_rejects in exclusive mode").execute(&mut *held).await.unwrap();
    let path = product.start_import(body, rule).await;
    product.kill_while(PlanImport::KIND, Duration::from_millis(seed.random_range(0..20))).await;
    product.kill_while_writing().await;
    held.rollback().await.unwrap();
    // a chunk takes some hundredths of a second
    for _ in 0..2 {
        product.kill_while(ImportChunk::KIND, Duration::from_millis(seed.random_range(0..30))).await;
    }
    let done = product.completed(&path).await;
    let numbers = ["created", "updated", "skipped", "rejected"].map(|name| done[name].as_i64().unwrap());
    assert_eq!(numbers, expected, "{rule}");
    assert_eq!((&done["totalRows"], &done["processedRows"]), (&json!(ROWS), &json!(ROWS)));

    let of_import: (i64, i64) =
        sqlx::query_as("select count(*), count(distinct import_row) from clients where import_id = $1::text::uuid")
            .bind(done["id"].as_str().unwrap())
            .fetch_one(&mut product.app.sql().await)
            .await
            .unwrap();
    assert_eq!(of_import, (expected[0], expected[0]), "no row twice");
    assert_eq!(product.number("select count(*) from clients").await, 3 * EACH + expected[0]);
    assert_eq!(product.number("select count(distinct (import_id, row_number)) from import_rejects").await, expected[3]);
    let crashed = product.number("select count(*) from job_attempts where outcome = 'crashed'").await;
    println!("{rule}: attempts that died with their node: {crashed}");
    assert!(crashed > 0, "no kill hit a running job: the test shows nothing");
    product
}

#[tokio::test]
async fn a_kill_in_the_middle_of_an_import_that_skips() {
    killed_in_the_middle("skip", rows().into_bytes(), [3 * EACH, 0, 4 * EACH, EACH]).await;
}

#[tokio::test]
async fn a_kill_in_the_middle_of_an_import_that_fills_what_is_empty() {
    killed_in_the_middle("fillEmpty", rows().into_bytes(), [3 * EACH, 3 * EACH, EACH, EACH]).await;
}

#[tokio::test]
async fn a_kill_in_the_middle_of_an_import_that_overwrites() {
    killed_in_the_middle("overwrite", rows().into_bytes(), [3 * EACH, 4 * EACH, 0, EACH]).await;
}

#[tokio::test]
async fn a_kill_in_the_middle_of_an_import_that_creates_and_suggests() {
    let product = killed_in_the_middle("createAndSuggest", rows().into_bytes(), [7 * EACH, 0, 0, EACH]).await;
    assert_eq!(product.number("select count(*) from merges where state = 'suggested'").await, 4 * EACH);
}

#[tokio::test]
async fn a_kill_in_the_middle_of_a_file_of_utf_16() {
    let body = format!("\u{feff}{}", rows()).encode_utf16().flat_map(u16::to_le_bytes).collect();
    killed_in_the_middle("skip", body, [3 * EACH, 0, 4 * EACH, EACH]).await;
}
