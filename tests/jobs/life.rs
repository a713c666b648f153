//! From being asked for to the end.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicI64, Ordering},
};

use ledgerline_app::wake::list_key;
use ledgerline_jobs::{
    Enqueued, Options, Priority,
    engine::{
        claim::{self, Returned},
        enqueue::enqueue,
        nodes,
        outcome::{self, Again, Outcome, Running},
    },
    enqueue_many,
};
use ledgerline_workers::Registry;
use sqlx::Connection as _;
use support::{TestEngine, redis_url, wait_for};
use uuid::Uuid;

use crate::{Task, UntilFinished, UntilStarted};

/// Counts how often it ran.
fn counting() -> (Registry, Arc<AtomicI64>) {
    let runs = Arc::new(AtomicI64::new(0));
    let counted = runs.clone();
    let registry = Registry::default().on(move |_, _: Task| {
        counted.fetch_add(1, Ordering::SeqCst);
        async { Ok(Outcome::Done) }
    });
    (registry, runs)
}

async fn node_row(engine: &TestEngine) -> Uuid {
    let node = nodes::Node {
        id: Uuid::now_v7(),
        name: "by hand".into(),
        host: "here".into(),
        pid: 1,
        version: "test".into(),
        isolated: false,
        queues: std::collections::BTreeMap::new(),
    };
    nodes::register(&mut engine.connect().await, &node, std::time::Duration::from_secs(60)).await.expect("registered");
    node.id
}

#[tokio::test]
async fn a_job_exists_exactly_when_its_transaction_commits() {
    let engine = TestEngine::create().await;
    let mut connection = engine.connect().await;
    let mut undone = connection.begin().await.expect("a transaction");
    enqueue(&mut undone, &Task { n: 1 }).await.expect("asked for");
    undone.rollback().await.expect("undone");
    assert_eq!(engine.value::<i64>("select count(*) from jobs").await, 0);

    let mut done = connection.begin().await.expect("a transaction");
    enqueue(&mut done, &Task { n: 2 }).await.expect("asked for");
    done.commit().await.expect("committed");
    let (registry, runs) = counting();
    let node = engine.start(registry);
    engine.settle().await;
    node.stop().await;
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    assert_eq!(
        engine.value::<String>("select state::text || args::text from finished_jobs").await,
        r#"succeeded{"n": 2}"#
    );
}

#[tokio::test]
async fn a_key_until_started_is_free_once_the_job_runs_and_one_until_finished_is_not() {
    let engine = TestEngine::create().await;
    let mut connection = engine.connect().await;
    let (started, finished) = (UntilStarted { about: "x".into() }, UntilFinished { about: "x".into() });
    let first = enqueue(&mut connection, &started).await.expect("asked for");
    let second = enqueue(&mut connection, &started).await.expect("answered");
    assert_eq!(second, Enqueued::Held(first.id()), "one waits: the other is the same work");
    let kept = enqueue(&mut connection, &finished).await.expect("asked for");

    let node = node_row(&engine).await;
    let ids = [first.id().expect("an id"), kept.id().expect("an id")];
    let claimed = claim::claim(&mut connection, node, &ids, 1, false).await.expect("claimed");
    assert_eq!(claimed.len(), 2);
    assert!(matches!(enqueue(&mut connection, &started).await.expect("asked for"), Enqueued::New(_)));
    assert_eq!(enqueue(&mut connection, &finished).await.expect("answered"), Enqueued::Held(kept.id()));
    let ended: Vec<Running> = claimed.iter().map(|job| Running { fence: job.fence, batch_id: job.batch_id }).collect();
    outcome::succeed(&mut connection, &ended).await.expect("ended");
    assert!(matches!(enqueue(&mut connection, &finished).await.expect("asked for"), Enqueued::New(_)));
    let many =
        [UntilFinished { about: "x".into() }, UntilFinished { about: "y".into() }, UntilFinished { about: "y".into() }];
    let new = enqueue_many(&mut connection, &many, &Options::default()).await.expect("asked for");
    assert_eq!(new, 1, "x is held, y is asked for once");
}

#[tokio::test]
async fn an_id_that_is_offered_many_times_runs_once() {
    let engine = TestEngine::create().await;
    let id = engine.ask(&Task { n: 1 }, &Options::default()).await;
    let mut redis =
        redis::Client::open(redis_url()).expect("an address").get_multiplexed_async_connection().await.expect("Redis");
    let (registry, runs) = counting();
    let node = engine.start(registry);
    for _ in 0..20 {
        let key = list_key(&engine.namespace, "default");
        redis::cmd("RPUSH").arg(key).arg(id.as_bytes().as_slice()).query_async::<()>(&mut redis).await.expect("pushed");
    }
    engine.settle().await;
    node.stop().await;
    assert_eq!(runs.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn two_claims_at_once_share_no_job() {
    let engine = TestEngine::create().await;
    let tasks: Vec<Task> = (0..200).map(|n| Task { n }).collect();
    enqueue_many(&mut engine.connect().await, &tasks, &Options::default()).await.expect("asked for");
    let mut ids: Vec<Uuid> =
        sqlx::query_scalar("select id from jobs").fetch_all(&mut engine.connect().await).await.expect("ids");
    ids.sort_unstable();
    let node = node_row(&engine).await;
    let claims = (0..4).map(|token| {
        let (engine, ids) = (&engine, &ids);
        async move { claim::claim(&mut engine.connect().await, node, ids, token, false).await.expect("claimed") }
    });
    let claimed: usize = futures::future::join_all(claims).await.iter().map(Vec::len).sum();
    assert_eq!(claimed, 200, "each is claimed by exactly one");
}

#[tokio::test]
async fn a_stale_fence_can_end_nothing() {
    let engine = TestEngine::create().await;
    let id = engine.ask(&Task { n: 1 }, &Options::default()).await;
    let mut connection = engine.connect().await;
    let node = node_row(&engine).await;
    let stale = claim::claim(&mut connection, node, &[id], 7, false).await.expect("claimed").remove(0);
    // the lease ends, somebody else has it now
    sqlx::query("update jobs set state = 'scheduled'").execute(&mut connection).await.expect("given back");
    let held = claim::claim(&mut connection, node, &[id], 8, false).await.expect("claimed").remove(0);
    let old = Running { fence: stale.fence, batch_id: None };
    assert_eq!(outcome::succeed(&mut connection, &[old]).await.expect("answered").held, Vec::<Uuid>::new());
    assert!(!outcome::finish(&mut connection, &old).await.expect("answered"));
    assert!(
        !outcome::again(&mut connection, stale.fence, Again::After(std::time::Duration::ZERO), None)
            .await
            .expect("answered")
    );
    assert!(!outcome::end(&mut connection, stale.fence, outcome::End::Dead, "x", None).await.expect("answered"));
    assert!(!outcome::park(&mut connection, stale.fence, "x").await.expect("answered"));
    assert_eq!(
        claim::hand_back(&mut connection, &[Returned { fence: stale.fence, begun: true }]).await.expect("answered"),
        0
    );
    // the same epoch from a claim that a crash of Postgres forgot is refused by its token
    let forgotten = Running { fence: ledgerline_jobs::engine::Fence { token: 9, ..held.fence }, batch_id: None };
    assert!(!outcome::finish(&mut connection, &forgotten).await.expect("answered"));
    assert!(outcome::finish(&mut connection, &Running { fence: held.fence, batch_id: None }).await.expect("ended"));
}

#[tokio::test]
async fn a_job_that_waits_for_another_runs_after_it() {
    let engine = TestEngine::create().await;
    let first = engine.ask(&Task { n: 1 }, &Options::default()).await;
    engine.ask(&Task { n: 2 }, &Options { after: Some(first), ..Options::default() }).await;
    let gone = engine.ask(&Task { n: 3 }, &Options { after: Some(Uuid::now_v7()), ..Options::default() }).await;
    assert_eq!(engine.value::<i64>("select count(*) from jobs where state = 'waiting'").await, 1);
    let order = Arc::new(Mutex::new(Vec::new()));
    let seen = order.clone();
    let node = engine.start(Registry::default().on(move |_, task: Task| {
        if task.n != 3 {
            seen.lock().expect("a lock").push(task.n);
        }
        async { Ok(Outcome::Done) }
    }));
    engine.settle().await;
    node.stop().await;
    assert_eq!(*order.lock().expect("a lock"), [1, 2], "and {gone}, which waits for nothing that lives, ran too");
}

#[tokio::test]
async fn urgent_jobs_go_first() {
    let engine = TestEngine::create().await;
    let mut options = Options::default();
    for (n, priority) in [(1, Priority::Bulk), (2, Priority::Normal), (3, Priority::Urgent), (4, Priority::Low)] {
        options.priority = Some(priority);
        engine.ask(&Task { n }, &options).await;
    }
    let order = Arc::new(Mutex::new(Vec::new()));
    let seen = order.clone();
    let mut one_at_a_time = engine.options();
    one_at_a_time.queues = vec![(ledgerline_jobs::Queue::Default, 1)];
    let registry = Registry::default().on(move |_, task: Task| {
        seen.lock().expect("a lock").push(task.n);
        async { Ok(Outcome::Done) }
    });
    let node = support::start_node(one_at_a_time, registry);
    engine.settle().await;
    node.stop().await;
    assert_eq!(*order.lock().expect("a lock"), [3, 2, 4, 1]);
}

#[tokio::test]
async fn failures_are_tried_again_until_dead_and_snoozing_burns_nothing() {
    let engine = TestEngine::create().await;
    engine.ask(&Task { n: 1 }, &Options::default()).await;
    engine.ask(&Task { n: 2 }, &Options::default()).await;
    let snoozes = Arc::new(AtomicI64::new(0));
    let counted = snoozes.clone();
    let node = engine.start(Registry::default().on(move |_, task: Task| {
        let counted = counted.clone();
        async move {
            if task.n == 1 {
                return Err("the far side answered 503".into());
            }
            if counted.fetch_add(1, Ordering::SeqCst) < 5 {
                return Ok(Outcome::Snooze(chrono::Utc::now()));
            }
            Ok(Outcome::Done)
        }
    }));
    engine.settle().await;
    node.stop().await;
    assert_eq!(
        engine.value::<String>("select concat_ws('; ', reason, last_error, attempt) from dead_jobs").await,
        "failed 3 times; the far side answered 503; 3"
    );
    assert_eq!(engine.value::<i16>("select attempt from finished_jobs").await, 1, "five snoozes and one attempt");
    assert_eq!(engine.value::<i64>("select count(*) from job_attempts where outcome = 'snoozed'").await, 5);
}

#[tokio::test]
async fn what_no_node_knows_is_parked_until_one_does() {
    let engine = TestEngine::create().await;
    engine.ask(&Task { n: 1 }, &Options::default()).await;
    let ignorant = engine.start(Registry::default());
    wait_for("the job is parked", || async {
        engine.value::<i64>("select count(*) from jobs where state = 'parked'").await == 1
    })
    .await;
    ignorant.stop().await;
    assert_eq!(
        engine.value::<String>("select reason from jobs").await,
        "no node knows tests.task version 1",
        "and says why"
    );
    let (registry, runs) = counting();
    let node = engine.start(registry);
    engine.settle().await;
    node.stop().await;
    assert_eq!(runs.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_payload_that_does_not_fit_is_dead_at_once_with_the_reason() {
    let engine = TestEngine::create().await;
    engine.ask(&Task { n: 1 }, &Options::default()).await;
    sqlx::query(r#"update jobs set args = '{"m": 1}'"#).execute(&mut engine.connect().await).await.expect("changed");
    let (registry, _) = counting();
    let node = engine.start(registry);
    engine.settle().await;
    node.stop().await;
    let said = engine.value::<String>("select last_error from dead_jobs").await;
    assert!(
        said.contains("the payload does not fit tests.task version 1") && said.contains("missing field `n`"),
        "{said}"
    );
}
