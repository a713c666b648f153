//! The effect ledger.

use std::time::Duration;

use ledgerline_jobs::{
    NewJob, Options,
    engine::{
        claim::{self, Claimed},
        control::{self, Cancelled, Retried},
        effects::{self, Intent, Settled},
        nodes,
        outcome::{self, End},
    },
};
use sqlx::PgConnection;
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
