//! `bench import`: a file of clients from its upload to the end of its import, against a bare `COPY` of the same rows
//! into a table with the same columns, constraints and indexes, in the same database.

use std::{
    fmt::Write as _,
    io::{self, Write as _},
    time::Duration,
};

use bytes::Bytes;
use clap::Args;
use futures::{StreamExt as _, TryStreamExt as _};
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};
use tokio::time::{Instant, sleep};

use support::Browser;

use crate::{
    contest::{Failure, Services, percentile},
    hundredths,
    product::{Prepared, expect},
};

/// A file larger than this takes no longer per row; a run that takes longer has hung.
const PATIENCE: Duration = Duration::from_secs(1_800);
const PIECE: usize = 256 * 1024;

/// How much is imported.
#[derive(Args)]
pub struct Size {
    /// Rows of the smaller file.
    #[arg(long, default_value_t = 100_000)]
    small: usize,
    /// Rows of the larger file.
    #[arg(long, default_value_t = 1_000_000)]
    large: usize,
    /// Turns of each size; the medians count.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

#[derive(Clone, Copy)]
struct Turn {
    import_s: f64,
    copy_s: f64,
    memory_mb: f64,
}

/// Runs all rounds and answers the line of JSON.
pub async fn run(services: &Services, size: &Size) -> Result<Value, Failure> {
    if size.small == 0 || size.large == 0 || size.rounds == 0 {
        return Err("at least one row and one round are needed".into());
    }
    let small = rounds(services, size.small, size.rounds).await?;
    let large = rounds(services, size.large, size.rounds).await?;
    Ok(json!({
        "bench": "import",
        "import_vs_copy": hundredths((large.copy_s / large.import_s).min(small.copy_s / small.import_s)),
        "import_vs_copy_small": hundredths(small.copy_s / small.import_s),
        "import_vs_copy_large": hundredths(large.copy_s / large.import_s),
        "rows_per_s": (size.large as f64 / large.import_s).round(),
        "memory_1m_vs_100k": hundredths(large.memory_mb / small.memory_mb),
        "memory_mb": large.memory_mb.round(),
    }))
}

async fn rounds(services: &Services, rows: usize, rounds: usize) -> Result<Turn, Failure> {
    let mut turns = Vec::with_capacity(rounds);
    for round in 1..=rounds {
        let turn = turn(services, rows).await?;
        writeln!(
            io::stderr(),
            "{rows} rows, round {round}: import {:.2} s ({:.0}/s), COPY {:.2} s ({:.0}/s), memory {:.0} MB",
            turn.import_s,
            rows as f64 / turn.import_s,
            turn.copy_s,
            rows as f64 / turn.copy_s,
            turn.memory_mb,
        )?;
        turns.push(turn);
    }
    let middle = |figure: fn(&Turn) -> f64| percentile(&turns.iter().map(figure).collect::<Vec<_>>(), 0.50);
    Ok(Turn {
        import_s: middle(|turn| turn.import_s),
        copy_s: middle(|turn| turn.copy_s),
        memory_mb: middle(|turn| turn.memory_mb),
    })
}

/// One import into a fresh database by fresh processes, then the `COPY` of what it made.
async fn turn(services: &Services, rows: usize) -> Result<Turn, Failure> {
    let product = Prepared::new(services, "bench_import").await?.start(true).await?;
    let browser = product.owner("importer").await?;
    let file = file(rows);
    let mut owner = PgConnection::connect(&product.owner_url).await?;
    sqlx::raw_sql("checkpoint").execute(&mut owner).await?;
    let begun = Instant::now();
    import(&browser, file, rows).await?;
    let import_s = begun.elapsed().as_secs_f64();
    let memory_mb = product.peak_memory_mb().await.unwrap_or(f64::NAN);
    product.stop().await?;
    let copy_s = copy(&mut owner, rows).await?;
    Ok(Turn { import_s, copy_s, memory_mb })
}

/// As the page does it: uploads, starts, looks until it is completed.
async fn import(browser: &Browser, file: Bytes, rows: usize) -> Result<(), Failure> {
    let body = reqwest::Body::wrap_stream(futures::stream::iter(pieces(file)).map(Ok::<_, io::Error>));
    let request = browser.request(Method::POST, "/api/imports?filename=clients.csv");
    let answer = browser.send(request.header("content-type", "text/csv").body(body)).await;
    let id = answer.body["id"].as_str().ok_or_else(|| format!("the upload: {} {}", answer.status, answer.text))?;
    let path = format!("/api/imports/{id}");
    let mapping: serde_json::Map<String, Value> =
        FIELDS.iter().enumerate().map(|(column, field)| (column.to_string(), json!(field))).collect();
    expect(browser, Method::POST, &format!("{path}/start"), Some(&json!({ "mapping": mapping }))).await?;
    let deadline = Instant::now() + PATIENCE;
    loop {
        let import = expect(browser, Method::GET, &path, None).await?;
        match import["state"].as_str() {
            Some("completed") if import["created"] == json!(rows) => return Ok(()),
            Some("uploaded" | "planning" | "running") if Instant::now() < deadline => {}
            _ => return Err(format!("the import did not create {rows} clients: {import}").into()),
        }
        sleep(Duration::from_millis(20)).await;
    }
}

/// The clients there are, copied into a table that differs from theirs in its name alone (and has no row-level
/// security, which `COPY` refuses); seconds from the first byte to the commit.
async fn copy(owner: &mut PgConnection, rows: usize) -> Result<f64, Failure> {
    let columns: String = sqlx::query_scalar(
        "select string_agg(quote_ident(column_name), ', ' order by ordinal_position) from information_schema.columns
         where table_schema = 'public' and table_name = 'clients' and is_generated = 'NEVER'",
    )
    .fetch_one(&mut *owner)
    .await?;
    sqlx::raw_sql("create table copied (like clients including all); checkpoint").execute(&mut *owner).await?;
    let out = format!("copy clients ({columns}) to stdout");
    let pieces: Vec<Bytes> = owner.copy_out_raw(&out).await?.try_collect().await?;
    let begun = Instant::now();
    let mut copying = owner.copy_in_raw(&format!("copy copied ({columns}) from stdin")).await?;
    for piece in joined(pieces) {
        copying.send(piece).await?;
    }
    let copied = copying.finish().await?;
    let seconds = begun.elapsed().as_secs_f64();
    if usize::try_from(copied)? != rows {
        return Err(format!("COPY wrote {copied} rows of {rows}").into());
    }
    Ok(seconds)
}

const FIELDS: [&str; 7] = ["name", "email", "company", "phone", "timezone", "genres", "notes"];

/// A file as people have them: every row another person, some cells empty, some in quotation marks.
fn file(rows: usize) -> Bytes {
    const FIRST: [&str; 12] =
        ["Ada", "Björn", "Chloé", "Dmitri", "Esi", "Farah", "Gustav", "Hana", "Ines", "Jamal", "Kwame", "Lucía"];
    const LAST: [&str; 10] =
        ["Okafor", "Lindqvist", "Moreau", "Petrov", "Mensah", "Haddad", "Nakamura", "Silva", "O'Brien", "Novák"];
    const CITIES: [&str; 4] = ["Europe/Oslo", "America/New_York", "Asia/Tokyo", ""];
    let mut text = String::from("Name,Email,Company,Phone,Time zone,Genres,Notes\r\n");
    for n in 0..rows {
        let (first, last) = (FIRST[n % FIRST.len()], LAST[n / FIRST.len() % LAST.len()]);
        let city = CITIES[n % CITIES.len()];
        // writing to a String cannot fail
        let _ = write!(text, "{first} {last} {n},person{n}@studio{}.example,", n % 5_000);
        let _ = match n % 3 {
            0 => write!(text, "\"{last}, {first} & Sons {}\",", n / 7),
            1 => write!(text, "Studio {},", n / 5),
            _ => write!(text, ","),
        };
        let _ = write!(text, "+47 4{:07},{city},", n % 10_000_000);
        let _ = match n % 2 {
            0 => write!(text, "\"podcast, film\",\"Met at the fair;\ncall back in spring, number {n}\"\r\n"),
            _ => write!(text, ",\r\n"),
        };
    }
    text.into()
}

fn pieces(file: Bytes) -> Vec<Bytes> {
    (0..file.len()).step_by(PIECE).map(|start| file.slice(start..file.len().min(start + PIECE))).collect()
}

/// `copy … to` answers row by row; sent on like that, each row would be a message of its own.
fn joined(rows: Vec<Bytes>) -> Vec<Bytes> {
    let all: Vec<u8> = rows.iter().flat_map(|row| row.iter().copied()).collect();
    pieces(all.into())
}
