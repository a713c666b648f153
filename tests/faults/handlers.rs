//! How the badly behaved jobs behave. Their effects are rows that nothing keeps from doubling.

use std::{hint::black_box, time::Duration};

use ledgerline_jobs::engine::{outcome::Outcome, run::Run};
use ledgerline_workers::Registry;
use sqlx::PgPool;

use crate::kinds::{Abort, Count, Eat, Fail, Panic, Slow, Spin};

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
