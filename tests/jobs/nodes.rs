//! What a node tells of itself, and how it hands on what it does not end.

use std::time::Duration;

use ledgerline_app::{telemetry::metrics, wake};
use ledgerline_jobs::{
    Options,
    engine::{
        batch, claim,
        nodes::{self, State},
        outcome::Outcome,
        sweep,
    },
    enqueue_with,
};
use ledgerline_workers::{Registry, monitor::Monitoring};
use serde_json::Value;
use sqlx::{Connection as _, PgConnection};
use support::{TestEngine, redis_url, start_node, wait_for};
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::Task;

async fn free_address() -> std::net::SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    listener.local_addr().expect("an address")
}

#[tokio::test]
async fn a_node_tells_its_health_its_readiness_and_to_those_with_the_token_its_metrics() {
    metrics::install();
    let engine = TestEngine::create().await;
    let binding = free_address().await;
    let mut options = engine.options();
    options.monitoring = Some(Monitoring { binding, metrics: metrics::Readers::new("sesame", true) });
    let (started, running) = oneshot::channel();
    let (go, wait) = oneshot::channel::<()>();
    let once = std::sync::Mutex::new(Some((started, wait)));
    let node = start_node(
        options,
        Registry::default().on(move |_, _: Task| {
            let once = once.lock().expect("no panic").take();
            async move {
                if let Some((started, wait)) = once {
                    let _ = started.send(());
                    let _ = wait.await;
                }
                Ok(Outcome::Done)
            }
        }),
    );
    let client = reqwest::Client::new();
    let get = |path: &'static str| client.get(format!("http://{binding}{path}")).timeout(Duration::from_secs(5));
    wait_for("the node answers", || async { get("/_health").send().await.is_ok_and(|r| r.status() == 200) }).await;

    let answer = get("/_ready").send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    let ready: Value = answer.json().await.expect("JSON");
    assert_eq!(ready["ready"], true);
    assert!(ready["node"].as_str().is_some_and(|name| name.starts_with("worker-")), "{ready}");

    assert_eq!(
        get("/_metrics").send().await.expect("an answer").status(),
        404,
        "without the token there is no such page"
    );
    assert_eq!(get("/_metrics").bearer_auth("guess").send().await.expect("an answer").status(), 404);

    engine.ask(&Task { n: 1 }, &Options::default()).await;
    running.await.expect("the job runs");
    // a node that is asked to stop still answers, and says that it takes nothing new
    let stopping = tokio::spawn(node.stop());
    wait_for("the node says that it drains", || async {
        get("/_ready").send().await.is_ok_and(|answer| answer.status() == 503)
    })
    .await;
    go.send(()).expect("the job waits");
    stopping.await.expect("stopped");
    let text = get("/_metrics").bearer_auth("sesame").send().await.expect("an answer").text().await.expect("text");
    let counted = r#"job_attempts_total{kind="tests.task",outcome="succeeded"} 1"#;
    assert!(text.contains(counted), "no line {counted} in:\n{text}");
    assert!(text.contains("job_duration_seconds") && text.contains("job_wait_seconds"), "{text}");
}

#[tokio::test]
async fn a_job_given_back_burns_no_attempt_and_its_story_tells_of_it() {
    let engine = TestEngine::create().await;
    let mut options = engine.options();
    options.drain = Duration::from_millis(50);
    options.queues = vec![(ledgerline_jobs::Queue::Default, 1)];
    let (started, running) = oneshot::channel();
    let started = std::sync::Mutex::new(Some(started));
    let node = start_node(
        options,
        Registry::default().on(move |_, _: Task| {
            if let Some(started) = started.lock().expect("no panic").take() {
                let _ = started.send(());
            }
            std::future::pending()
        }),
    );
    engine.ask(&Task { n: 1 }, &Options::default()).await;
    running.await.expect("the job runs");
    node.stop().await;
    let told = "select state::text || ' ' || attempt || ' ' ||
        (select string_agg(outcome || ' ' || job_attempts.attempt, ', ') from job_attempts) from jobs";
    assert_eq!(engine.value::<String>(told).await, "scheduled 0 handed_back 1");
}

/// Runs what `ask` asks for on a node whose dispatcher looks by itself only once in a minute: what runs sooner was
/// announced. The first job is announced here.
async fn settles_at_once(engine: &TestEngine, registry: Registry, ask: impl AsyncFnOnce(&mut PgConnection)) {
    let mut options = engine.options();
    options.poll = Duration::from_secs(60);
    let node = start_node(options, registry);
    let channel = wake::channel(&engine.namespace);
    let redis = redis::Client::open(redis_url()).expect("an address");
    let redis = redis.get_multiplexed_async_connection().await.expect("Redis");
    wait_for("the dispatcher leads and listens", || async {
        let leads = engine.value("select exists (select from engine_leases where name = 'dispatcher')").await;
        let counted: (String, i64) =
            redis::cmd("PUBSUB").arg("NUMSUB").arg(&channel).query_async(&mut redis.clone()).await.expect("a number");
        leads && counted.1 == 1
    })
    .await;
    let mut connection = engine.connect().await;
    let mut tx = connection.begin().await.expect("a transaction");
    ask(&mut tx).await;
    tx.commit().await.expect("committed");
    redis::cmd("PUBLISH").arg(&channel).arg("").query_async::<()>(&mut redis.clone()).await.expect("announced");
    engine.settle().await;
    node.stop().await;
}

fn done() -> Registry {
    Registry::default().on(|_, _: Task| async { Ok(Outcome::Done) })
}

async fn succeeded(engine: &TestEngine) -> i64 {
    engine.value("select count(*) from finished_jobs where state = 'succeeded'").await
}

#[tokio::test]
async fn a_job_that_waited_for_another_starts_at_once_when_that_succeeds() {
    let engine = TestEngine::create().await;
    settles_at_once(&engine, done(), async |tx| {
        let first = enqueue_with(tx, &Task { n: 1 }, &Options::default()).await.expect("asked for");
        let after = Options { after: first.id(), ..Options::default() };
        enqueue_with(tx, &Task { n: 2 }, &after).await.expect("asked for");
    })
    .await;
    assert_eq!(succeeded(&engine).await, 2);
}

#[tokio::test]
async fn what_a_batch_asks_for_at_its_end_starts_at_once() {
    let engine = TestEngine::create().await;
    settles_at_once(&engine, done(), async |tx| {
        let batch = batch::open(tx, "tests", Some(&Task { n: 2 })).await.expect("opened");
        let counted = Options { batch: Some(batch), ..Options::default() };
        enqueue_with(tx, &Task { n: 1 }, &counted).await.expect("asked for");
        batch::seal(tx, batch).await.expect("sealed");
    })
    .await;
    assert_eq!(succeeded(&engine).await, 2);
}

#[tokio::test]
async fn what_a_handler_asks_for_in_its_own_transaction_starts_at_once() {
    let engine = TestEngine::create().await;
    let url = engine.engine_url.clone();
    let registry = Registry::default().on(move |run, task: Task| {
        let url = url.clone();
        async move {
            if task.n > 1 {
                return Ok(Outcome::Done);
            }
            let mut connection = PgConnection::connect(&url).await?;
            let mut tx = connection.begin().await?;
            enqueue_with(&mut tx, &Task { n: 2 }, &Options::default()).await?;
            run.finish(&mut tx).await?;
            tx.commit().await?;
            Ok(Outcome::Settled)
        }
    });
    settles_at_once(&engine, registry, async |tx| {
        enqueue_with(tx, &Task { n: 1 }, &Options::default()).await.expect("asked for");
    })
    .await;
    assert_eq!(succeeded(&engine).await, 2);
}

/// A node that drains and ends its lease without a word, as those of older releases do, and those that give up.
async fn drained(connection: &mut PgConnection, name: &str, holds: &[Uuid]) -> Uuid {
    let node = nodes::Node {
        id: Uuid::now_v7(),
        name: name.to_owned(),
        host: "here".to_owned(),
        pid: 1,
        version: "0.0.1".to_owned(),
        isolated: false,
        queues: std::collections::BTreeMap::new(),
    };
    nodes::register(connection, &node, Duration::from_secs(60)).await.expect("registered");
    claim::claim(connection, node.id, holds, 1, false).await.expect("claimed");
    nodes::set_state(connection, node.id, State::Draining).await.expect("it drains");
    nodes::leave(connection, node.id).await.expect("its lease ends");
    node.id
}

#[tokio::test]
async fn an_older_node_that_stops_in_good_order_did_not_die_and_one_that_gives_up_did() {
    let engine = TestEngine::create().await;
    let mut connection = engine.connect().await;
    let stuck = engine.ask(&Task { n: 1 }, &Options::default()).await;
    drained(&mut connection, "stopped", &[]).await;
    let gave_up = drained(&mut connection, "gave up", &[stuck]).await;
    assert_eq!(sweep::expire_nodes(&mut connection).await.expect("expired"), [gave_up]);
    let told = "select string_agg(name || ' ' || state || ' ' || (left_at is not null), ', ' order by name) from nodes";
    assert_eq!(engine.value::<String>(told).await, "gave up gone false, stopped gone true");
    let died = "select string_agg(subject, ', ') from console_activity where what = 'node_gone'";
    assert_eq!(engine.value::<String>(died).await, "gave up");
}
