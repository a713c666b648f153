//! Takes back one chunk; what it does and the end of its job are one transaction, so it happens once whatever is killed.

use ledgerline_jobs::{
    engine::{outcome::Outcome, run::Run},
    enqueue,
    imports::{FinishImport, UndoChunk},
};
use sqlx::PgPool;
use uuid::Uuid;

use super::{
    actor,
    queries::{self, Touched},
};
use crate::{
    clients::queries::Fields,
    error::{Error, Result},
    merges::queries as merges,
    tenant::TenantTx,
};

/// See the module. A chunk that is undone already changes nothing.
///
/// # Errors
/// When Postgres fails, or the lease was lost; nothing is written then, and the attempt can be repeated.
pub async fn undo(engine: &PgPool, run: &Run, job: UndoChunk) -> Result<Outcome> {
    let UndoChunk { import_id: id, chunk } = job;
    let mut tx = TenantTx::begin_on(engine, &actor(run)?).await?;
    queries::hold_open(&mut tx, id).await?;
    let Some(queries::Taken { created: mut clients, has_failed }) = queries::take_for_undo(&mut tx, id, chunk).await?
    else {
        return Ok(Outcome::Cancel("this chunk is undone already, or its import is not being undone".to_owned()));
    };
    clients.extend(queries::updated_by(&mut tx, id, chunk).await?);
    merges::lock_of(&mut tx, &clients).await?;
    let (mut removed, mut restored, mut kept) = (Vec::new(), Vec::new(), Vec::new());
    let touched = queries::lock_touched(&mut tx, id, &clients).await?;
    // after the lock: a chunk that has matched one of them meanwhile held it
    let matched = queries::matched_by_others(&mut tx, id, &clients).await?;
    for client in touched {
        match client {
            Touched { is_merged: true, .. } => kept.push((client.row_number, client.id, "merged")),
            Touched { is_untouched: false, is_imported: true, .. } => {
                kept.push((client.row_number, client.id, "imported"));
            }
            Touched { is_untouched: false, .. } => kept.push((client.row_number, client.id, "edited")),
            Touched { is_created: true, .. } if matched.contains(&client.id) => {
                kept.push((client.row_number, client.id, "matched"));
            }
            Touched { is_created: true, .. } => removed.push(client.id),
            Touched { before: Some(before), .. } => restored.push((client.id, before)),
            Touched { before: None, .. } => {}
        }
    }
    let addressed = queries::remove(&mut tx, &removed).await?;
    let (ids, before): (Vec<Uuid>, Vec<Fields>) = restored.into_iter().unzip();
    queries::set_fields(&mut tx, &ids, before.iter()).await?;
    queries::pass_on(&mut tx, id, &ids).await?;
    let data = serde_json::json!({ "importId": id });
    queries::client_events(&mut tx, "client_import_undone", &[ids.as_slice(), &addressed].concat(), &data).await?;
    queries::keep(&mut tx, id, &kept).await?;
    let count = |length: usize| i32::try_from(length).map_err(Error::internal);
    queries::finish_undo(&mut tx, id, chunk, count(removed.len())?, count(ids.len())?, count(kept.len())?).await?;
    if has_failed {
        // a dead chunk that an operator brought back: undoing has ended already, and this may have been what was missing
        queries::lock(&mut tx, id).await?;
        if queries::to_undo(&mut tx, id).await?.is_empty() {
            enqueue(&mut tx, &FinishImport { import_id: id }).await?;
        }
    }
    run.finish(&mut tx).await.map_err(Error::internal)?;
    tx.commit().await?;
    Ok(Outcome::Settled)
}
