//! The job engine without the rest of the product: a database and Redis namespace of its own, nodes in this process.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use ledgerline_app::settings::Settings;
use ledgerline_jobs::{Job, NewJob, Options, Queue, engine::sweep, enqueue_row};
use ledgerline_workers::{NodeOptions, Registry, schedule::ScheduleEntry};
use loco_rs::environment::Environment;
use serde_json::json;
use sqlx::{Connection as _, PgConnection};
use tokio::{sync::oneshot, task::JoinHandle};
use uuid::Uuid;

use super::{
    TestDatabase,
    database::{config, redis_url},
};

/// One engine.
#[derive(Debug)]
pub struct TestEngine {
    /// Its database.
    pub database: TestDatabase,
    /// Address as the engine's role.
    pub engine_url: String,
    /// Its Redis namespace.
    pub namespace: String,
}

/// A node that runs in this process until it is stopped.
#[derive(Debug)]
pub struct TestNode {
    stop: oneshot::Sender<()>,
    node: JoinHandle<Result<(), ledgerline_workers::Error>>,
}

impl TestNode {
    /// Drains and stops it.
    ///
    /// # Panics
    /// When the node fails.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        self.node.await.expect("the node does not panic").expect("the node stops well");
    }
}

/// Starts a node.
#[must_use]
pub fn start_node(options: NodeOptions, registry: Registry) -> TestNode {
    let (stop, stopped) = oneshot::channel();
    let node = tokio::spawn(ledgerline_workers::run(options, registry, async {
        let _ = stopped.await;
    }));
    TestNode { stop, node }
}

/// Waits for a condition.
///
/// # Panics
/// With `what`, when it is not met within 20 seconds.
pub async fn wait_for<F, Fut>(what: &str, mut met: F)
where
    F: FnMut() -> Fut,
    Fut: Future<Output = bool>,
{
    let rounds = AtomicU32::new(0);
    while !met().await {
        assert!(rounds.fetch_add(1, Ordering::Relaxed) < 2000, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

impl TestEngine {
    /// A new one, with nothing in it.
    ///
    /// # Panics
    /// When the servers refuse.
    pub async fn create() -> Self {
        let database = TestDatabase::create().await;
        let overrides = json!({ "database": { "owner_url": database.url }, "redis": { "url": redis_url() } });
        let settings = Settings::of(&config(&overrides), &Environment::Test).expect("the test's settings are complete");
        let engine = Self {
            engine_url: settings.database.engine_url,
            namespace: format!("test-{}", Uuid::new_v4().simple()),
            database,
        };
        sweep::make_partitions(&mut engine.connect().await, 1).await.expect("partitions");
        engine
    }

    /// A connection as the engine's role.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn connect(&self) -> PgConnection {
        PgConnection::connect(&self.engine_url).await.expect("the engine's role logs in")
    }

    /// Options of a node that works on every queue.
    #[must_use]
    pub fn options(&self) -> NodeOptions {
        node_options(&self.engine_url, &self.namespace)
    }

    /// Starts a node with these handlers.
    #[must_use]
    pub fn start(&self, registry: Registry) -> TestNode {
        start_node(self.options(), registry)
    }

    /// Asks for a job; answers its id.
    ///
    /// # Panics
    /// When it is not new.
    pub async fn ask<J: Job>(&self, job: &J, options: &Options) -> Uuid {
        let row = NewJob::of(job).expect("a payload");
        let asked = enqueue_row(&mut self.connect().await, &row, options).await.expect("the job is asked for");
        match asked {
            ledgerline_jobs::Enqueued::New(id) => id,
            held @ ledgerline_jobs::Enqueued::Held(_) => panic!("the key is held: {held:?}"),
        }
    }

    /// One value of the database, as its owner.
    ///
    /// # Panics
    /// When the statement fails.
    pub async fn value<T>(&self, sql: &'static str) -> T
    where
        T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
    {
        sqlx::query_scalar(sql).fetch_one(&mut self.database.owner().await).await.expect("a value")
    }

    /// Waits until no job is live.
    ///
    /// # Panics
    /// When some stay.
    pub async fn settle(&self) {
        let mut owner = self.database.owner().await;
        for _ in 0..2000 {
            let live: i64 =
                sqlx::query_scalar("select count(*) from jobs").fetch_one(&mut owner).await.expect("a number");
            if live == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let live: Vec<serde_json::Value> =
            sqlx::query_scalar("select to_jsonb(jobs) from jobs limit 5").fetch_all(&mut owner).await.expect("rows");
        panic!("jobs stay live: {live:#?}");
    }

    /// Moves the app's clock.
    ///
    /// # Panics
    /// When the clock cannot be moved.
    pub async fn travel(&self, interval: &str) {
        sqlx::query(r#"update clock set "offset" = "offset" + $1::text::interval"#)
            .bind(interval)
            .execute(&mut self.database.owner().await)
            .await
            .expect("the clock moves");
    }
}

/// Options of a node that works on every queue.
#[must_use]
pub fn node_options(engine_url: &str, namespace: &str) -> NodeOptions {
    NodeOptions {
        database_url: engine_url.to_owned(),
        redis_url: redis_url(),
        namespace: namespace.to_owned(),
        queues: Queue::ALL.into_iter().map(|queue| (queue, 4)).collect(),
        lease: Duration::from_secs(10),
        window: 1000,
        poll: Duration::from_millis(50),
        drain: Duration::from_secs(5),
        memory_limit: None,
        schedules: Vec::<ScheduleEntry>::new(),
        isolated_command: None,
        isolated: false,
        node_id: None,
        monitoring: None,
        version: "test".to_owned(),
    }
}
