//! Jobs that behave badly. They exist in the test node only; their effects are rows that nothing keeps from doubling.

use std::{hint::black_box, time::Duration};

use ledgerline_jobs::{
    Job, Policy, Queue,
    engine::{outcome::Outcome, run::Run},
};
use ledgerline_workers::Registry;
use serde::{Deserialize, Serialize};
use sqlx::PgPool;

macro_rules! job {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $policy:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Serialize, Deserialize)]
        pub struct $name {
            /// Which effect.
            pub n: i64,
            /// How long it works.
            pub millis: u64,
        }

        impl Job for $name {
            const KIND: &'static str = $kind;
            const QUEUE: Queue = Queue::Default;
            const POLICY: Policy = $policy;
            const DESCRIPTION: &'static str = "Behaves as a test needs it";
        }
    };
}

const QUICK: Policy = Policy::DEFAULT.backoff(Duration::from_millis(50), Duration::from_millis(500));

job!(/// Works, then writes its effect and its end in one transaction.
    Count, "faults.count", QUICK);
job!(/// Works, writes its effect, and leaves its end to the recorder.
    Slow, "faults.slow", QUICK);
job!(/// Aborts the process.
    Abort, "faults.abort", QUICK);
job!(/// Never yields.
    Spin, "faults.spin", QUICK.timeout(Duration::from_millis(300)).grace(Duration::from_millis(300)));
job!(/// Eats memory.
    Eat, "faults.eat", QUICK);
job!(/// Panics.
    Panic, "faults.panic", QUICK.attempts(2));
job!(/// Fails.
    Fail, "faults.fail", QUICK.attempts(3));

async fn effect(conn: &mut sqlx::PgConnection, n: i64) -> Result<(), sqlx::Error> {
    sqlx::query("insert into fault_effects (n) values ($1)").bind(n).execute(conn).await.map(|_| ())
}

/// The handlers.
#[must_use]
pub fn registry(pool: &PgPool) -> Registry {
    let (counts, slows) = (pool.clone(), pool.clone());
    Registry::default()
        .on(move |run: Run, job: Count| {
            let pool = counts.clone();
            async move {
                tokio::time::sleep(Duration::from_millis(job.millis)).await;
                let mut tx = pool.begin().await?;
                effect(&mut tx, job.n).await?;
                run.finish(&mut tx).await?;
                tx.commit().await?;
                Ok(Outcome::Settled)
            }
        })
        .on(move |_, job: Slow| {
            let pool = slows.clone();
            async move {
                let mut connection = pool.acquire().await?;
                sqlx::query("insert into fault_starts (n) values ($1)").bind(job.n).execute(&mut *connection).await?;
                tokio::time::sleep(Duration::from_millis(job.millis)).await;
                Ok(Outcome::Done)
            }
        })
        .on(|_, _: Abort| async { std::process::abort() })
        .on(|_, _: Spin| async {
            loop {
                black_box(0);
            }
        })
        .on(|_, _: Eat| async {
            let mut eaten: Vec<Vec<u8>> = Vec::new();
            loop {
                eaten.push(black_box(vec![1; 8 << 20]));
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        })
        .on(|_, _: Panic| async { panic!("as asked") })
        .on(|_, _: Fail| async { Err("as asked".into()) })
}
