//! The effect ledger.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use ledgerline_jobs::{
    JobId, NewJob, Options,
    engine::{
        claim::{self, Claimed},
        control::{self, Cancelled, Retried},
        effects::{self, Intent, Settled},
        nodes,
        outcome::{self, End, Outcome},
        run::Run,
        sweep,
    },
};
use ledgerline_workers::Registry;
use sqlx::{Connection as _, PgConnection};
use support::TestEngine;
use uuid::Uuid;

use crate::Task;

async fn running(engine: &TestEngine, connection: &mut PgConnection) -> Claimed {
    let id = engine.ask(&Task { n: 1 }, &Options::default()).await;
    let node = nodes::Node {
        id: Uuid::now_v7(),
        name: "by hand".into(),
        host: "here".into(),
        pid: 1,
        version: "test".into(),
        isolated: false,
        queues: std::collections::BTreeMap::new(),
    };
    nodes::register(connection, &node, Duration::from_secs(60)).await.expect("registered");
    claim::claim(connection, node.id, &[id], 1, false).await.expect("claimed").remove(0)
}

#[tokio::test]
async fn an_effect_is_done_once_and_what_is_unknown_is_told() {
    let engine = TestEngine::create().await;
    let mut connection = engine.connect().await;
    let job = running(&engine, &mut connection).await;
    let intent = effects::intend(&mut connection, job.fence, "smtp", "mail:1", "x").await.expect("intended");
    let Intent::Go(effect) = intent else { panic!("{intent:?}") };
    effects::sending(&mut connection, effect).await.expect("sent");
    // the process dies here; the next attempt comes to the same effect
    let again = effects::intend(&mut connection, job.fence, "smtp", "mail:1", "x").await.expect("answered");
    assert_eq!(again, Intent::Unknown(effect));
    effects::settle(&mut connection, effect, &Settled::Confirmed(Some(serde_json::json!("250 ok"))))
        .await
        .expect("settled");
    let again = effects::intend(&mut connection, job.fence, "smtp", "mail:1", "x").await.expect("answered");
    assert_eq!(again, Intent::Confirmed(Some(serde_json::json!("250 ok"))));
    let other = effects::intend(&mut connection, job.fence, "smtp", "mail:1", "y").await.expect("answered");
    assert_eq!(other, Intent::KeyReused, "one key never stands for two things");
}

#[tokio::test]
async fn a_cancelled_job_acts_no_more_and_one_that_acts_is_not_cancelled() {
    let engine = TestEngine::create().await;
    let mut connection = engine.connect().await;
    let acting = running(&engine, &mut connection).await;
    effects::intend(&mut connection, acting.fence, "smtp", "mail:1", "x").await.expect("intended");
    assert_eq!(
        control::cancel(&mut connection, acting.fence.id, "x").await.expect("answered"),
        Cancelled::EffectIntended
    );

    let cancelled = running(&engine, &mut connection).await;
    assert_eq!(
        control::cancel(&mut connection, cancelled.fence.id, "x").await.expect("answered"),
        Cancelled::Requested
    );
    let intent = effects::intend(&mut connection, cancelled.fence, "smtp", "mail:2", "x").await.expect("answered");
    assert_eq!(intent, Intent::Stop);
    assert_eq!(engine.value::<i64>("select count(*) from effects where key = 'mail:2'").await, 0);
}

#[tokio::test]
async fn a_copy_of_a_copy_acts_under_the_name_of_the_first() {
    let engine = TestEngine::create().await;
    let mut connection = engine.connect().await;
    let first = running(&engine, &mut connection).await;
    assert_eq!(first.effects_of, first.fence.id);
    let node: Uuid = engine.value("select node_id from jobs").await;
    let mut job = first.clone();
    for n in [2, 3] {
        outcome::end(&mut connection, job.fence, End::Dead, "the mail may have arrived", None).await.expect("ended");
        let again = NewJob::of(&Task { n }).expect("a row");
        let copied = control::ask_again(&mut connection, job.fence.id, again).await.expect("asked for");
        let Retried::Copy(copy) = copied else { panic!("{copied:?}") };
        job = claim::claim(&mut connection, node, &[copy], 1, false).await.expect("claimed").remove(0);
        assert_ne!(job.fence.id, first.fence.id);
        assert_eq!(job.effects_of, first.fence.id);
    }
}

/// Sends mails, and counts them; each job's stands under the name that `of` gives it.
fn sender(engine: &TestEngine, sent: &Arc<AtomicI64>, of: fn(&Run) -> JobId) -> Registry {
    let (url, sent) = (engine.engine_url.clone(), sent.clone());
    Registry::default().on(move |run: Run, _: Task| {
        let (url, sent) = (url.clone(), sent.clone());
        async move {
            let mut connection = PgConnection::connect(&url).await?;
            match run.intend(&mut connection, "smtp", &format!("mail:{}", of(&run)), run.kind()).await? {
                Intent::Go(effect) => {
                    effects::sending(&mut connection, effect).await?;
                    sent.fetch_add(1, Ordering::SeqCst);
                    Ok(Outcome::Dead("the mail may have arrived".to_owned()))
                }
                _ => Ok(Outcome::Dead("it is not sent twice".to_owned())),
            }
        }
    })
}

#[tokio::test]
async fn a_node_of_a_release_that_knows_no_copies_sends_nothing_again() {
    let engine = TestEngine::create().await;
    let mut connection = engine.connect().await;
    let sent = Arc::new(AtomicI64::new(0));
    let first = engine.ask(&Task { n: 1 }, &Options::default()).await;
    let before = engine.start(sender(&engine, &sent, Run::id));
    engine.settle().await;
    let again = NewJob::of(&Task { n: 2 }).expect("a row");
    let copied = control::ask_again(&mut connection, first, again).await.expect("asked for");
    let Retried::Copy(copy) = copied else { panic!("{copied:?}") };
    engine.settle().await;
    before.stop().await;
    let told = "select last_error from dead_jobs";
    assert!(engine.value::<String>(told).await.contains("the first job of its chain"));

    control::retry(&mut connection, copy).await.expect("retried");
    let node = engine.start(sender(&engine, &sent, Run::effects_of));
    engine.settle().await;
    node.stop().await;
    assert_eq!(engine.value::<String>(told).await, "it is not sent twice");
    assert_eq!(sent.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_copy_that_ended_knows_the_first_as_long_as_it_is_kept() {
    let engine = TestEngine::create().await;
    let mut connection = engine.connect().await;
    let first = running(&engine, &mut connection).await;
    let node: Uuid = engine.value("select node_id from jobs").await;
    outcome::end(&mut connection, first.fence, End::Dead, "the mail may have arrived", None).await.expect("ended");
    let again = |n| NewJob::of(&Task { n }).expect("a row");
    let copied = control::ask_again(&mut connection, first.fence.id, again(2)).await.expect("asked for");
    let Retried::Copy(copy) = copied else { panic!("{copied:?}") };
    let job = claim::claim(&mut connection, node, &[copy], 1, false).await.expect("claimed").remove(0);
    outcome::end(&mut connection, job.fence, End::Dead, "the mail may have arrived", None).await.expect("ended");

    // a month later somebody retries the copy, thinks better of it, and at night what is old goes
    engine.travel("31 days").await;
    sweep::make_partitions(&mut connection, 1).await.expect("partitions");
    control::retry(&mut connection, copy).await.expect("retried");
    control::cancel(&mut connection, copy, "not wanted").await.expect("cancelled");
    let today = (chrono::Utc::now() + chrono::Duration::days(31)).date_naive();
    sweep::drop_before(&mut connection, today - chrono::Duration::days(30)).await.expect("dropped");
    let copied = control::ask_again(&mut connection, copy, again(3)).await.expect("asked for");
    let Retried::Copy(last) = copied else { panic!("{copied:?}") };
    let job = claim::claim(&mut connection, node, &[last], 1, false).await.expect("claimed").remove(0);
    assert_eq!(job.effects_of, first.fence.id);

    engine.travel("40 days").await;
    let later = today + chrono::Duration::days(40);
    sweep::make_partitions(&mut connection, 1).await.expect("partitions");
    sweep::drop_before(&mut connection, later - chrono::Duration::days(30)).await.expect("dropped");
    let kept = "select string_agg(copy::text, ' ') from job_copies";
    assert_eq!(engine.value::<String>(kept).await, last.to_string(), "the copy in between is forgotten with its job");
}
