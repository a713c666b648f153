//! What is fast is measured here, on this machine and in one run with what it is compared with: `bench jobs` (no-op jobs
//! against other job engines), `bench import` (a file of clients against a bare `COPY`), `bench console` (pages of the
//! console with millions of jobs, and searches among a million clients).
//!
//! It is given private services of its own: `DATABASE_URL` (owner rights), `REDIS_URL`, and `NODE`, the path of node.

mod console;
mod contest;
mod imports;
mod ours;
mod peer_apalis;
mod peer_programs;
mod product;

use std::env;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use serde_json::json;
use sqlx::{Connection, PgConnection};

use crate::contest::{Contestant, Failure, Services, Standing, contest};

const SIDEKIQ: &str = "Sidekiq";
const BULLMQ: &str = "BullMQ";
const APALIS_REDIS: &str = "bare apalis-redis";

const PEERS: [Contestant; 3] = [
    Contestant { name: SIDEKIQ, turn: peer_programs::sidekiq },
    Contestant { name: BULLMQ, turn: peer_programs::bullmq },
    Contestant { name: APALIS_REDIS, turn: peer_apalis::turn },
];

const OURS: Contestant = Contestant { name: "Ledgerline", turn: ours::turn };

/// Measures Ledgerline beside what it is compared with.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Subcommand)]
enum Bench {
    /// Each page of the console and each search for clients with millions of rows; the last line is JSON.
    Console(console::Size),
    /// A file of clients, end to end, against a bare `COPY` of its rows; the last line is JSON.
    Import(imports::Size),
    /// Ledgerline and the peers in turns; the last line is JSON.
    Jobs(Size),
    /// Ledgerline alone, for a profile.
    Ours(Size),
    /// The peers alone.
    Peers(Size),
}

#[derive(Args)]
struct Size {
    /// Jobs of each measured rate.
    #[arg(long, default_value_t = 50_000)]
    jobs: usize,
    /// Turns of each contestant; the medians count.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // nothing is left to do about a closed stderr
            let _unheard = writeln!(io::stderr(), "bench: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Failure> {
    let services =
        Services { database_url: given("DATABASE_URL")?, redis_url: given("REDIS_URL")?, node: given("NODE")? };
    match arguments.bench {
        Bench::Jobs(size) => {
            durable(&services.database_url).await?;
            let contestants: Vec<_> = [OURS].into_iter().chain(PEERS).collect();
            let standings = run_rounds(&services, &contestants, &size).await?;
            let summary = summary(&standings, OURS.name)?;
            writeln!(io::stdout(), "{summary}")?;
        }
        Bench::Console(size) => {
            durable(&services.database_url).await?;
            let summary = console::run(&services, &size).await?;
            writeln!(io::stdout(), "{summary}")?;
        }
        Bench::Import(size) => {
            durable(&services.database_url).await?;
            let summary = imports::run(&services, &size).await?;
            writeln!(io::stdout(), "{summary}")?;
        }
        Bench::Ours(size) => {
            durable(&services.database_url).await?;
            run_rounds(&services, &[OURS], &size).await?;
        }
        Bench::Peers(size) => {
            run_rounds(&services, &PEERS, &size).await?;
        }
    }
    Ok(())
}

fn given(name: &str) -> Result<String, Failure> {
    env::var(name).map_err(|_| format!("{name} is not set").into())
}

/// Figures of a Postgres that may lose what it has confirmed would be worth nothing.
async fn durable(database_url: &str) -> Result<(), Failure> {
    let mut connection = PgConnection::connect(database_url).await?;
    for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
        let value: String =
            sqlx::query_scalar("select current_setting($1)").bind(setting).fetch_one(&mut connection).await?;
        if value != "on" {
            return Err(format!("{setting} is {value}; it must be on, as in production").into());
        }
    }
    connection.close().await?;
    Ok(())
}

async fn run_rounds(services: &Services, contestants: &[Contestant], size: &Size) -> Result<Vec<Standing>, Failure> {
    if size.jobs == 0 || size.rounds == 0 {
        return Err("at least one job and one round are needed".into());
    }
    let standings = contest(services, contestants, size.jobs, size.rounds, |round, name, result| {
        let _unheard = writeln!(
            io::stderr(),
            "round {round}, {name}: drain {:.0}/s, end to end {:.0}/s, pickup {:.2} / {:.2} ms",
            result.drain_jobs_per_s,
            result.end_to_end_jobs_per_s,
            result.pickup_p50_ms,
            result.pickup_p99_ms,
        );
    })
    .await?;
    table(&standings, size)?;
    Ok(standings)
}

fn table(standings: &[Standing], size: &Size) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{} no-op jobs, medians of {} rounds", size.jobs, size.rounds)?;
    writeln!(
        out,
        "{:<18} {:>11} {:>13} {:>11} {:>11}  setup",
        "", "drain /s", "end to end /s", "pickup p50", "pickup p99"
    )?;
    for Standing { name, median } in standings {
        writeln!(
            out,
            "{name:<18} {:>11.0} {:>13.0} {:>8.2} ms {:>8.2} ms  {}",
            median.drain_jobs_per_s,
            median.end_to_end_jobs_per_s,
            median.pickup_p50_ms,
            median.pickup_p99_ms,
            median.setup
        )?;
    }
    Ok(())
}

/// Ratios are of the whole way, from asking for a job to its recorded end.
fn summary(standings: &[Standing], ours: &str) -> Result<serde_json::Value, Failure> {
    let of = |name: &str| {
        let standing = standings.iter().find(|standing| standing.name == name);
        standing.map(|standing| &standing.median).ok_or_else(|| Failure::from(format!("no result of {name}")))
    };
    let ours = of(ours)?;
    let versus = |name| {
        let peer = of(name)?;
        Ok::<_, Failure>(hundredths(ours.end_to_end_jobs_per_s / peer.end_to_end_jobs_per_s))
    };
    Ok(json!({
        "bench": "jobs",
        "vs_sidekiq": versus(SIDEKIQ)?,
        "vs_bullmq": versus(BULLMQ)?,
        "vs_apalis_redis": versus(APALIS_REDIS)?,
        "pickup_p50_ms": hundredths(ours.pickup_p50_ms),
        "pickup_p99_ms": hundredths(ours.pickup_p99_ms),
        "jobs_per_s": ours.end_to_end_jobs_per_s.round(),
    }))
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
