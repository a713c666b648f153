//! Suggests merges after an import: who has another first key than a client who is here, but the same phone number, or
//! the same name and company. Chunk by chunk, each in a transaction of its own, and some chunks with one job: so nobody
//! waits long, however large the import and the workspace are.

use ledgerline_jobs::{
    engine::{outcome::Outcome, run::Run},
    enqueue,
    imports::SuggestMerges,
};
use sqlx::PgPool;

use super::{actor, queries};
use crate::{
    error::{Error, Result},
    tenant::TenantTx,
};

/// A number that more clients share is a switchboard, and such a name is no name.
const MOST: i32 = 10;
/// Chunks of one job; the next job goes on behind them.
const CHUNKS: usize = 100;

/// Suggests what was not suggested before; an import that is being undone suggests nothing.
///
/// # Errors
/// When Postgres fails; the attempt can be repeated.
pub async fn suggest(engine: &PgPool, run: &Run, job: SuggestMerges) -> Result<Outcome> {
    let SuggestMerges { import_id: id, from_chunk: mut next } = job;
    let actor = actor(run)?;
    let mut suggested = 0;
    let mut tx = TenantTx::begin_on(engine, &actor).await?;
    queries::refresh_statistics(&mut tx).await?;
    tx.commit().await?;
    for _ in 0..CHUNKS {
        let mut tx = TenantTx::begin_on(engine, &actor).await?;
        // whoever undoes it waits for this chunk, and finds what was suggested
        queries::hold_open(&mut tx, id).await?;
        let Some(chunk) = queries::next_with_clients(&mut tx, id, next).await? else {
            queries::end_suggesting(&mut tx, id).await?;
            return finish(tx, run, suggested).await;
        };
        suggested += queries::suggest_weak(&mut tx, id, chunk, MOST).await?;
        tx.commit().await?;
        next = chunk + 1;
    }
    let mut tx = TenantTx::begin_on(engine, &actor).await?;
    queries::begin_suggesting(&mut tx, id).await?;
    enqueue(&mut tx, &SuggestMerges { import_id: id, from_chunk: next }).await?;
    finish(tx, run, suggested).await
}

async fn finish(mut tx: TenantTx, run: &Run, suggested: u64) -> Result<Outcome> {
    run.log("info", format!("suggested {suggested} merges"));
    run.finish(&mut tx).await.map_err(Error::internal)?;
    tx.commit().await?;
    Ok(Outcome::Settled)
}
