//! `bench console`: how long the server takes for each page of the console with two weeks of a busy platform in the
//! database, for every kind of search for jobs, and for searches in a list of a million clients.

mod clients;
mod jobs;
mod pages;

use std::{
    collections::BTreeMap,
    io::{self, Write as _},
};

use clap::Args;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use support::Browser;
use tokio::time::Instant;

use crate::{
    contest::{Failure, Services, percentile},
    hundredths,
    product::{Prepared, expect},
};

const FILL: &str = include_str!("fill.sql");
const FILL_CLIENTS: &str = include_str!("clients.sql");

/// How much there is.
#[derive(Args)]
pub struct Size {
    /// Jobs that have ended.
    #[arg(long, default_value_t = 10_000_000)]
    finished: u64,
    /// Live jobs.
    #[arg(long, default_value_t = 1_000_000)]
    queued: u64,
    /// Clients of the workspace that is searched; a tenth as many stand in ten others.
    #[arg(long, default_value_t = 1_000_000)]
    clients: u64,
    /// Requests of each page, after two that warm the caches.
    #[arg(long, default_value_t = 50)]
    requests: usize,
}

/// Runs it and answers the line of JSON.
pub async fn run(services: &Services, size: &Size) -> Result<Value, Failure> {
    if size.finished < 10_000 || size.queued < 1_000 || size.clients < 1_000 || size.requests == 0 {
        return Err("at least 10000 finished and 1000 queued jobs, 1000 clients and one request are needed".into());
    }
    let prepared = Prepared::new(services, "bench_console").await?;
    let mut owner = PgConnection::connect(&prepared.owner_url).await?;
    set(&mut owner, "bench.finished", &size.finished.to_string()).await?;
    set(&mut owner, "bench.queued", &size.queued.to_string()).await?;
    fill(&mut owner, "jobs", FILL).await?;
    let product = prepared.start(false).await?;
    let browser = product.owner("operator").await?;
    sqlx::raw_sql("insert into operators (user_id, level, created_at) select id, 'full', now() from users")
        .execute(&mut owner)
        .await?;

    let mut report = Report::default();
    writeln!(io::stdout(), "{:<72} {:>9} {:>9}", "", "p50", "p95")?;
    for page in pages::pages(&browser, &mut owner).await? {
        let times = asked(&browser, &page.path, size.requests).await?;
        report.page(page.name, &page.path, times)?;
    }
    let mut previews = BTreeMap::new();
    for preview in pages::PREVIEWS {
        let (jobs, times) = previewed(&browser, preview.search, size.requests).await?;
        times.print(&format!("{}: {} of {jobs} jobs", preview.name, preview.search))?;
        previews.insert(preview.name, json!({ "jobs": jobs, "p95_ms": hundredths(times.p95_ms()) }));
    }
    for search in jobs::searches(&mut owner).await? {
        let times = asked(&browser, &search.path(), size.requests).await?;
        report.page(search.group, &search.text, times)?;
    }

    let crowd = product.owner("crowd").await?;
    set(&mut owner, "bench.clients", &size.clients.to_string()).await?;
    set(&mut owner, "bench.workspace", &crowd.workspace_id().await.to_string()).await?;
    fill(&mut owner, "clients", FILL_CLIENTS).await?;
    let mut slowest_search: f64 = 0.0;
    for (name, query) in clients::SEARCHES {
        let times = asked(&crowd, &format!("/api/clients?{query}"), size.requests).await?;
        times.print(&format!("clients: {name}"))?;
        slowest_search = slowest_search.max(times.p95_ms());
    }
    owner.close().await?;
    product.stop().await?;
    Ok(json!({
        "bench": "console",
        "finished_jobs": size.finished,
        "queued_jobs": size.queued,
        "clients": size.clients,
        "slowest_page_p95_ms": report.slowest(),
        "pages": report.pages,
        // no page, but a deed that writes down each job of a selection
        "bulk_previews": previews,
        "client_search_p95_ms": hundredths(slowest_search),
    }))
}

async fn set(owner: &mut PgConnection, name: &str, value: &str) -> Result<(), Failure> {
    sqlx::query("select set_config($1, $2, false)").bind(name).bind(value).execute(owner).await?;
    Ok(())
}

/// Runs a file one statement after the other, so that `vacuum` stands in no transaction, and leaves nothing to be
/// written while pages are measured.
async fn fill(owner: &mut PgConnection, what: &str, sql: &str) -> Result<(), Failure> {
    let begun = Instant::now();
    for statement in statements(sql) {
        let failed = |error: sqlx::Error| format!("{error} in: {}", statement.chars().take(200).collect::<String>());
        sqlx::raw_sql(AssertSqlSafe(statement.clone())).execute(&mut *owner).await.map_err(failed)?;
    }
    sqlx::raw_sql("checkpoint").execute(owner).await?;
    writeln!(io::stderr(), "filled in {what} in {:.0} s", begun.elapsed().as_secs_f64())?;
    Ok(())
}

/// A semicolon at the end of a line ends a statement, but within `$$`.
fn statements(sql: &str) -> Vec<String> {
    let mut statements = vec![String::new()];
    let mut in_body = false;
    for line in sql.split_inclusive('\n') {
        let Some(statement) = statements.last_mut() else { break };
        statement.push_str(line);
        in_body ^= line.matches("$$").count() % 2 == 1;
        if !in_body && line.trim_end().ends_with(';') {
            statements.push(String::new());
        }
    }
    statements.retain(|statement| !statement.trim().is_empty());
    statements
}

/// What was measured of one thing, in milliseconds.
struct Times(Vec<f64>);

impl Times {
    fn p95_ms(&self) -> f64 {
        percentile(&self.0, 0.95)
    }

    fn print(&self, what: &str) -> io::Result<()> {
        writeln!(io::stdout(), "{what:<72} {:>6.1} ms {:>6.1} ms", percentile(&self.0, 0.50), self.p95_ms())
    }
}

/// The slowest p95 of each page.
#[derive(Default)]
struct Report {
    pages: BTreeMap<String, f64>,
}

impl Report {
    fn page(&mut self, name: String, what: &str, times: Times) -> io::Result<()> {
        times.print(&format!("{name}: {what}"))?;
        let p95 = self.pages.entry(name).or_default();
        *p95 = p95.max(hundredths(times.p95_ms()));
        Ok(())
    }

    fn slowest(&self) -> f64 {
        self.pages.values().copied().fold(0.0, f64::max)
    }
}

/// Asks for a page, and for the one behind it in turns when there is one.
async fn asked(browser: &Browser, path: &str, requests: usize) -> Result<Times, Failure> {
    let first = expect(browser, Method::GET, path, None).await?;
    let mut paths = vec![path.to_owned()];
    if let Some(cursor) = first["nextCursor"].as_str() {
        let separator = if path.contains('?') { '&' } else { '?' };
        let next = format!("{path}{separator}cursor={cursor}");
        expect(browser, Method::GET, &next, None).await?;
        paths.push(next);
    }
    let mut times = Vec::with_capacity(requests);
    for path in paths.iter().cycle().take(requests) {
        times.push(timed(browser, path).await?);
    }
    Ok(Times(times))
}

/// Milliseconds from the request to the last byte of its answer, as a browser on the same machine sees them.
async fn timed(browser: &Browser, path: &str) -> Result<f64, Failure> {
    let begun = Instant::now();
    let response = browser.request(Method::GET, path).send().await?;
    let status = response.status();
    let body = response.bytes().await?;
    let time = begun.elapsed();
    if status != StatusCode::OK {
        return Err(format!("GET {path}: {status} {}", String::from_utf8_lossy(&body)).into());
    }
    Ok(time.as_secs_f64() * 1_000.0)
}

/// Asks again and again what a bulk action would do to all that a search finds; answers how many jobs that are, too.
async fn previewed(browser: &Browser, search: &str, requests: usize) -> Result<(Value, Times), Failure> {
    let wanted = json!({ "verb": "retry", "search": search });
    let first = expect(browser, Method::POST, "/api/console/bulk-actions", Some(&wanted)).await?;
    let mut times = Vec::with_capacity(requests);
    for _ in 0..requests {
        let begun = Instant::now();
        expect(browser, Method::POST, "/api/console/bulk-actions", Some(&wanted)).await?;
        times.push(begun.elapsed().as_secs_f64() * 1_000.0);
    }
    Ok((first["total"].clone(), Times(times)))
}
