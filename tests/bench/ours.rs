//! Our side of `bench jobs`: no-op jobs asked for in Postgres → done in Postgres, as the engine's role, with the
//! settings of production (fsync and synchronous_commit on).

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use ledgerline_jobs::{Job, Options, Queue, engine::outcome::Outcome, enqueue, enqueue_many};
use ledgerline_workers::{NodeOptions, Registry};
use serde::{Deserialize, Serialize};
use sqlx::{Connection as _, PgConnection, postgres::PgConnectOptions};
use tokio::sync::oneshot;
use url::Url;

use futures::{FutureExt as _, future::BoxFuture};

use crate::contest::{Failure as Error, PeerResult, Services};

/// One turn: both rates over `jobs` jobs, then the pickup of an idle queue.
pub fn turn(services: &Services, jobs: usize) -> BoxFuture<'_, Result<PeerResult, Error>> {
    async move {
        let bench = Bench::prepare(&services.database_url, &services.redis_url).await?;
        let count = i64::try_from(jobs)?;
        let end_to_end_jobs_per_s = bench.end_to_end(count).await?;
        let drain_jobs_per_s = bench.drain(count).await?;
        let (pickup_p50_ms, pickup_p99_ms) = bench.pickup(500).await?;
        Ok(PeerResult {
            drain_jobs_per_s,
            end_to_end_jobs_per_s,
            pickup_p50_ms,
            pickup_p99_ms,
            setup: "one process, concurrency 100, window 2000; Postgres durable, Redis transport".to_owned(),
        })
    }
    .boxed()
}

/// Does nothing.
#[derive(Debug, Serialize, Deserialize)]
struct Noop {
    n: i64,
}

impl Job for Noop {
    const KIND: &'static str = "bench.noop";
    const QUEUE: Queue = Queue::Default;
    const DESCRIPTION: &'static str = "Does nothing";
}

/// A database of its own on the given server, migrated, with a login of the engine's group role.
struct Bench {
    owner_url: String,
    engine_url: String,
    redis_url: String,
}

/// A running node.
struct Running {
    stop: oneshot::Sender<()>,
    node: tokio::task::JoinHandle<Result<(), ledgerline_workers::Error>>,
}

impl Running {
    async fn stop(self) -> Result<(), Error> {
        let _ = self.stop.send(());
        Ok(self.node.await??)
    }
}

impl Bench {
    /// Makes the database anew; `server_url` needs the right to create databases and roles.
    async fn prepare(server_url: &str, redis_url: &str) -> Result<Self, Error> {
        let server: PgConnectOptions = server_url.parse()?;
        let mut admin = PgConnection::connect_with(&server).await?;
        for statement in [
            "drop database if exists bench_jobs with (force)",
            "create database bench_jobs",
            "do $$ begin if not exists (select from pg_roles where rolname = 'bench_engine') then
               create role bench_engine login password 'bench'; end if; end $$",
        ] {
            sqlx::raw_sql(statement).execute(&mut admin).await?;
        }
        let owner = server.clone().database("bench_jobs");
        let pool = sqlx::PgPool::connect_with(owner.clone()).await?;
        sqlx::migrate!("../migrations").run(&pool).await?;
        sqlx::raw_sql("grant ledgerline_engine to bench_engine").execute(&pool).await?;
        pool.close().await;
        let mut url = Url::parse(server_url)?;
        url.set_path("bench_jobs");
        let owner_url = url.to_string();
        url.set_username("bench_engine")
            .and_then(|()| url.set_password(Some("bench")))
            .map_err(|()| "an address with a host is needed")?;
        Ok(Self { owner_url, engine_url: url.into(), redis_url: redis_url.to_owned() })
    }

    fn start(&self, registry: Registry) -> Running {
        let options = NodeOptions {
            database_url: self.engine_url.clone(),
            redis_url: self.redis_url.clone(),
            namespace: "bench".to_owned(),
            queues: vec![(Queue::Default, 100)],
            lease: Duration::from_secs(10),
            window: 2000,
            poll: Duration::from_millis(200),
            drain: Duration::from_secs(5),
            memory_limit: None,
            schedules: Vec::new(),
            isolated_command: None,
            isolated: false,
            node_id: None,
            monitoring: None,
            version: "bench".to_owned(),
        };
        let (stop, stopped) = oneshot::channel();
        let node = tokio::spawn(ledgerline_workers::run(options, registry, async {
            let _ = stopped.await;
        }));
        Running { stop, node }
    }

    async fn ask(&self, jobs: i64) -> Result<(), Error> {
        let mut connection = PgConnection::connect(&self.engine_url).await?;
        let mut redis = redis::Client::open(self.redis_url.as_str())?.get_multiplexed_async_connection().await?;
        for first in (0..jobs).step_by(1000) {
            let bulk: Vec<Noop> = (first..jobs.min(first + 1000)).map(|n| Noop { n }).collect();
            enqueue_many(&mut connection, &bulk, &Options::default()).await?;
            redis::cmd("PUBLISH").arg("bench:wake").arg("").query_async::<()>(&mut redis).await?;
        }
        Ok(())
    }

    /// Waits until every job is recorded as done, and checks that there are as many as were asked for.
    async fn wait_until_done(&self, jobs: i64) -> Result<Instant, Error> {
        let mut connection = PgConnection::connect(&self.engine_url).await?;
        while sqlx::query_scalar::<_, bool>("select exists (select from jobs)").fetch_one(&mut connection).await? {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let done = Instant::now();
        let count: i64 = sqlx::query_scalar("select count(*) from finished_jobs where state = 'succeeded'")
            .fetch_one(&mut connection)
            .await?;
        if count != jobs {
            return Err(format!("{count} of {jobs} jobs are recorded as done").into());
        }
        Ok(done)
    }

    async fn empty(&self) -> Result<(), Error> {
        let mut owner = PgConnection::connect(&self.owner_url).await?;
        sqlx::raw_sql("truncate finished_jobs, jobs").execute(&mut owner).await?;
        Ok(())
    }

    fn noop() -> Registry {
        Registry::default().on(|_, _: Noop| async { Ok(Outcome::Done) })
    }

    /// Jobs per second: all of them waiting, the node starts.
    async fn drain(&self, jobs: i64) -> Result<f64, Error> {
        self.empty().await?;
        self.ask(jobs).await?;
        let start = Instant::now();
        let node = self.start(Self::noop());
        let done = self.wait_until_done(jobs).await?;
        node.stop().await?;
        Ok(jobs as f64 / (done - start).as_secs_f64())
    }

    /// Jobs per second: asked for in bulks of 1 000 while the node runs.
    async fn end_to_end(&self, jobs: i64) -> Result<f64, Error> {
        self.empty().await?;
        let node = self.start(Self::noop());
        // the node leads the dispatcher before the clock starts
        self.ask(1).await?;
        self.wait_until_done(1).await?;
        let start = Instant::now();
        self.ask(jobs).await?;
        let done = self.wait_until_done(jobs + 1).await?;
        node.stop().await?;
        Ok(jobs as f64 / (done - start).as_secs_f64())
    }

    /// Milliseconds from before asking to the handler's first instruction on an idle queue: median and 99th percentile.
    async fn pickup(&self, jobs: usize) -> Result<(f64, f64), Error> {
        self.empty().await?;
        let picked: Arc<Mutex<Option<oneshot::Sender<Instant>>>> = Arc::default();
        let seen = picked.clone();
        let node = self.start(Registry::default().on(move |_, _: Noop| {
            if let Ok(mut waiting) = seen.lock()
                && let Some(sender) = waiting.take()
            {
                let _ = sender.send(Instant::now());
            }
            async { Ok(Outcome::Done) }
        }));
        let mut connection = PgConnection::connect(&self.engine_url).await?;
        let mut redis = redis::Client::open(self.redis_url.as_str())?.get_multiplexed_async_connection().await?;
        let mut times = Vec::with_capacity(jobs);
        for n in 0..jobs + 20 {
            let (sender, receiver) = oneshot::channel();
            if let Ok(mut waiting) = picked.lock() {
                *waiting = Some(sender);
            }
            let asked = Instant::now();
            enqueue(&mut connection, &Noop { n: 0 }).await?;
            redis::cmd("PUBLISH").arg("bench:wake").arg("").query_async::<()>(&mut redis).await?;
            let at = tokio::time::timeout(Duration::from_secs(10), receiver).await??;
            // the first ones warm plans and connections
            if n >= 20 {
                times.push(at.saturating_duration_since(asked).as_secs_f64() * 1000.0);
            }
            // an idle queue: everything about the last job has settled
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        node.stop().await?;
        times.sort_by(f64::total_cmp);
        Ok((times[times.len() / 2], times[times.len() * 99 / 100]))
    }
}
