//! Jobs that requests asked for: what was asked for, and running it as the product's worker nodes do.

use std::sync::Arc;

use ledgerline_app::{Ledgerline, database, mail::Mailer, settings::Settings};
use ledgerline_jobs::{Job, engine::sweep};
use ledgerline_workers::{
    NodeOptions, Registry,
    handlers::{self, Hands},
};
use loco_rs::environment::Environment;
use sqlx::{Connection as _, PgConnection};

use super::{TestApp, TestNode, database::config, node_options, start_node};

/// Jobs that are due, or run, or wait for one that does.
const PENDING: &str =
    "select count(*) from jobs where state in ('running', 'waiting') or state = 'scheduled' and run_at <= app_now()";

impl TestApp {
    /// The live jobs of a kind, in the order in which they were asked for.
    ///
    /// # Panics
    /// When a payload does not fit its kind.
    pub async fn enqueued<J: Job>(&self) -> Vec<J> {
        let args: Vec<serde_json::Value> = sqlx::query_scalar("select args from jobs where kind = $1 order by id")
            .bind(J::KIND)
            .fetch_all(&mut self.sql().await)
            .await
            .expect("the jobs");
        args.into_iter().map(|args| serde_json::from_value(args).expect("its payload")).collect()
    }

    /// Exactly one live job of this kind has this payload.
    ///
    /// # Panics
    /// When there is none, or more than one.
    pub async fn assert_enqueued<J: Job>(&self, job: &J) {
        let wanted = serde_json::to_value(job).expect("a payload");
        let live: Vec<serde_json::Value> = sqlx::query_scalar("select args from jobs where kind = $1")
            .bind(J::KIND)
            .fetch_all(&mut self.sql().await)
            .await
            .expect("the jobs");
        let matching = live.iter().filter(|args| **args == wanted).count();
        assert_eq!(matching, 1, "{} {wanted} among {live:?}", J::KIND);
    }

    /// What handlers need, in a database that is ready for jobs to end.
    pub(crate) async fn hands(&self) -> Hands {
        hands(self.ledgerline()).await
    }

    /// Starts a worker node with the product's handlers.
    ///
    /// # Panics
    /// When the database is not ready for it.
    pub async fn start_worker(&self) -> TestNode {
        let hands = self.hands().await;
        let settings = &hands.ledgerline.settings;
        let options = node_options(&settings.database.engine_url, &settings.redis.namespace);
        start_node(options, handlers::registry(&hands))
    }

    /// Starts a worker node with the product's handlers, waits until nothing is due any more, and stops it. Answers how
    /// many jobs ended.
    ///
    /// # Panics
    /// When jobs stay due for 20 seconds, or the node does not start.
    pub async fn run_pending(&self) -> i64 {
        let url = self.ledgerline().settings.database.engine_url.clone();
        let mut engine = PgConnection::connect(&url).await.expect("the engine's role logs in");
        let ended = "select (select count(*) from finished_jobs) + (select count(*) from dead_jobs)";
        let before: i64 = sqlx::query_scalar(ended).fetch_one(&mut engine).await.expect("a number");
        let node = self.start_worker().await;
        let mut rounds = 0;
        while sqlx::query_scalar::<_, i64>(PENDING).fetch_one(&mut engine).await.expect("a number") > 0 {
            rounds += 1;
            assert!(rounds < 2000, "jobs stay due");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        node.stop().await;
        let after: i64 = sqlx::query_scalar(ended).fetch_one(&mut engine).await.expect("a number");
        after - before
    }
}

async fn hands(ledgerline: Arc<Ledgerline>) -> Hands {
    let settings = &ledgerline.settings;
    let engine = database::pool(settings, &settings.database.engine_url, "engine").expect("a pool");
    let mut conn = engine.acquire().await.expect("the engine's role logs in");
    sweep::make_partitions(&mut conn, 2).await.expect("partitions");
    drop(conn);
    Hands { engine, mailer: Mailer::new(settings).expect("a mailer"), ledgerline }
}

/// Options and handlers of a worker node in a process of its own, which works for the [`TestApp`] with these settings.
///
/// # Panics
/// When the settings are not those of a test that runs.
pub async fn product_node(settings: &serde_json::Value) -> (NodeOptions, Registry) {
    let settings = Settings::of(&config(settings), &Environment::Test).expect("the test's settings are complete");
    let ledgerline = Ledgerline::new(settings, &Environment::Test).expect("what a node needs");
    let hands = hands(Arc::new(ledgerline)).await;
    let settings = &hands.ledgerline.settings;
    let options = node_options(&settings.database.engine_url, &settings.redis.namespace);
    (options, handlers::registry(&hands))
}

/// How many jobs nobody ran; a test that leaves some says so with [`TestApp::leave_jobs`].
pub(crate) fn left_over(database_url: &str) -> i64 {
    let url = database_url.to_owned();
    // dropping is synchronous, and may happen inside a runtime
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let mut owner = PgConnection::connect(&url).await.expect("the test's database answers");
            sqlx::query_scalar::<_, i64>(PENDING).fetch_one(&mut owner).await.expect("a number")
        })
    })
    .join()
    .unwrap_or_default()
}
