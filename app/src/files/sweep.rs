//! Removes the bytes of files that were deleted some time ago, and of versions that were held back.

use ledgerline_jobs::{
    engine::{outcome::Outcome, run::Run},
    enqueue,
    files::SweepFileBytes,
};
use sqlx::PgPool;

use super::{media::Made, queries};
use crate::{
    Ledgerline,
    error::{Error, Result},
    tenant::{Actor, TenantTx},
};

/// Versions that one run sees to; another one goes on.
const MOST: i32 = 1_000;

/// See the module.
///
/// # Errors
/// When storage or Postgres fail; the attempt can be repeated.
pub async fn sweep(ledgerline: &Ledgerline, engine: &PgPool, run: &Run) -> Result<Outcome> {
    let found = queries::unneeded(engine, MOST).await?;
    for bytes in &found {
        // what is gone is said to be gone; the other way round a page could offer what is not there
        let mut tx = TenantTx::begin_on(engine, &Actor::job(bytes.workspace_id, run.id(), None)).await?;
        queries::forget_bytes(&mut tx, bytes.id).await?;
        let made = Made::ALL.map(|made| made.path(&bytes.path));
        for path in std::iter::once(&bytes.path).chain(&made) {
            ledgerline.storage.delete(path).await?;
        }
        tx.commit().await?;
    }
    run.log("info", format!("removed the bytes of {} versions", found.len()));
    let mut tx = engine.begin().await?;
    if found.len() == usize::try_from(MOST).unwrap_or(usize::MAX) {
        enqueue(&mut tx, &SweepFileBytes {}).await?;
    }
    run.finish(&mut tx).await.map_err(Error::internal)?;
    tx.commit().await?;
    Ok(Outcome::Settled)
}
