//! Faults with real processes: nodes are killed, stopped, starved; Redis is wiped, Postgres crashes. Every job ends
//! exactly once or is dead with its reason. Random instants come from a seed that is printed and can be given again
//! as `FAULTS_SEED`.

#![expect(clippy::expect_used, clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

mod imports;
mod kinds;
mod outages;
mod poison;
mod processes;
mod servers;
mod steering;

use std::{
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use kinds::Count;
use ledgerline_jobs::{Job, Options, engine::sweep, enqueue_many};
use rand::{SeedableRng as _, rngs::StdRng};
use servers::{Postgres, signal, wait_for};
use sqlx::{Connection as _, PgConnection, Row as _};
use support::Redis;

/// One platform: its servers and its nodes.
pub struct World {
    /// Its Postgres.
    pub postgres: Postgres,
    /// Its Redis.
    pub redis: Redis,
    /// Its nodes, also those that are dead.
    pub nodes: Vec<Child>,
    /// Where random instants come from.
    pub seed: StdRng,
}

/// Where random instants come from.
fn seed() -> StdRng {
    let number = std::env::var("FAULTS_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(rand::random);
    println!("FAULTS_SEED={number}");
    StdRng::seed_from_u64(number)
}

impl World {
    /// Servers, a migrated database, no nodes.
    pub async fn new() -> Self {
        let (postgres, redis) = tokio::join!(Postgres::start(), Redis::start());
        let mut owner = PgConnection::connect(&postgres.url("postgres")).await.unwrap();
        sqlx::migrate!("../migrations").run(&mut owner).await.unwrap();
        sqlx::raw_sql(
            "create role faults_engine login; grant ledgerline_engine to faults_engine;
             create table fault_effects (n bigint not null, at timestamptz not null default clock_timestamp());
             create table fault_starts (n bigint not null, at timestamptz not null default clock_timestamp());
             grant all on fault_effects, fault_starts to ledgerline_engine",
        )
        .execute(&mut owner)
        .await
        .unwrap();
        let mut engine = PgConnection::connect(&postgres.engine_url("postgres")).await.unwrap();
        sweep::make_partitions(&mut engine, 1).await.unwrap();
        Self { postgres, redis, nodes: Vec::new(), seed: seed() }
    }

    /// Starts a node; answers its place in `nodes`.
    pub fn start_node(&mut self, more: &[&str]) -> usize {
        let child = Command::new(env!("CARGO_BIN_EXE_test_node"))
            .args(["--database", &self.postgres.engine_url("postgres"), "--redis", &self.redis.url()])
            .args(more)
            .stdin(Stdio::null())
            .spawn()
            .expect("a node");
        self.nodes.push(child);
        self.nodes.len() - 1
    }

    /// `kill -9`, and waits until it is gone.
    pub fn kill(&mut self, node: usize) {
        let _ = self.nodes[node].kill();
        let _ = self.nodes[node].wait();
    }

    /// Sends a signal to a node.
    pub fn signal(&self, node: usize, name: &str) {
        signal(self.nodes[node].id(), name);
    }

    /// A connection as the engine.
    pub async fn engine(&self) -> PgConnection {
        PgConnection::connect(&self.postgres.engine_url("postgres")).await.unwrap()
    }

    /// Asks for jobs and announces them.
    pub async fn ask<J: Job>(&self, jobs: &[J]) {
        let mut engine = self.engine().await;
        for bulk in jobs.chunks(500) {
            enqueue_many(&mut engine, bulk, &Options::default()).await.unwrap();
        }
        if let Ok(mut redis) = self.redis.connect().await {
            let _ = redis::cmd("PUBLISH").arg("faults:wake").arg("").query_async::<()>(&mut redis).await;
        }
    }

    /// Asks for `count` jobs that each write one effect.
    pub async fn ask_counts(&self, count: i64, millis: u64) {
        let jobs: Vec<Count> = (0..count).map(|n| Count { n, millis }).collect();
        self.ask(&jobs).await;
    }

    /// One number.
    pub async fn number(&self, sql: &'static str) -> i64 {
        let Ok(mut engine) = PgConnection::connect(&self.postgres.engine_url("postgres")).await else {
            return -1;
        };
        sqlx::query_scalar::<_, i64>(sql).fetch_one(&mut engine).await.unwrap_or(-1)
    }

    /// Waits until no job is live.
    pub async fn settle(&self, limit: Duration) {
        let start = Instant::now();
        loop {
            let live = self.number("select count(*) from jobs").await;
            if live == 0 {
                return;
            }
            if start.elapsed() > limit {
                let mut engine = self.engine().await;
                for row in sqlx::query("select to_jsonb(jobs) - 'args' as job from jobs limit 10")
                    .fetch_all(&mut engine)
                    .await
                    .unwrap()
                {
                    println!("still live: {}", row.get::<serde_json::Value, _>(0));
                }
                panic!("{live} jobs are live after {limit:?}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Every one of `count` effects exactly once, every job succeeded.
    pub async fn assert_each_once(&self, count: i64) {
        assert_eq!(self.number("select count(*) from fault_effects").await, count, "effects");
        assert_eq!(self.number("select count(distinct n) from fault_effects").await, count, "distinct effects");
        assert_eq!(
            self.number("select count(*) from finished_jobs where state = 'succeeded'").await,
            count,
            "succeeded jobs"
        );
        assert_eq!(self.number("select count(*) from dead_jobs").await, 0, "dead jobs");
    }

    /// Waits until a number of effects stand.
    pub async fn wait_for_effects(&self, at_least: i64) {
        wait_for("effects", Duration::from_secs(60), || async {
            self.number("select count(*) from fault_effects").await >= at_least
        })
        .await;
    }
}

impl Drop for World {
    fn drop(&mut self) {
        for node in &mut self.nodes {
            let _ = node.kill();
            let _ = node.wait();
        }
    }
}
