//! Closes an import when its last job has ended, or ends what is left of a cancelled one. Doing it again changes
//! nothing.

use ledgerline_jobs::{
    engine::{outcome::Outcome, run::Run},
    enqueue,
    imports::{FinishImport, SuggestMerges},
};
use sqlx::PgPool;
use uuid::Uuid;

use super::{
    actor, cancel,
    queries::{self, Locked, Missing},
    quotes::Fault,
    sweep_files, undo,
};
use crate::{
    Ledgerline, audit,
    error::{Error, Result},
    tenant::TenantTx,
};

/// Sets the last state of an import.
///
/// # Errors
/// When storage or Postgres fail; the attempt can be repeated.
pub async fn finish(ledgerline: &Ledgerline, engine: &PgPool, run: &Run, job: FinishImport) -> Result<Outcome> {
    let id = job.import_id;
    let mut tx = TenantTx::begin_on(engine, &actor(run)?).await?;
    // a chunk that is being written is not missing, and one that comes later sees how the import has ended
    queries::close(&mut tx, id).await?;
    let Some(import) = queries::lock(&mut tx, id).await? else {
        return Ok(Outcome::Dead("there is no such import".to_owned()));
    };
    match import.state.as_str() {
        "cancelled" => {
            if let Some(batch) = import.batch_id {
                cancel::end_jobs(&mut tx, batch).await?;
            } else if import.started_at.is_none() {
                // nobody will ever ask for a file that was discarded, or for what was copied out of it
                ledgerline.storage.delete(&import.storage_path).await?;
                sweep_files::forget(&mut tx, id).await?;
            }
        }
        "undoing" => undo::close(&mut tx, id, &import).await?,
        // undoing it has failed, and an operator brought back what was missing
        "failed" if import.undo_started_at.is_some() => undo::close(&mut tx, id, &import).await?,
        "planning" => unplanned(&mut tx, id, &import).await?,
        // one that failed before its rows were counted has said why
        "running" | "failed" if import.total_rows.is_some() => close(&mut tx, id, &import).await?,
        _ => {}
    }
    let has_ended = matches!(import.state.as_str(), "running" | "failed" | "cancelled") && import.total_rows.is_some();
    if has_ended && import.undo_started_at.is_none() {
        queries::begin_suggesting(&mut tx, id).await?;
        enqueue(&mut tx, &SuggestMerges { import_id: id, from_chunk: 0 }).await?;
    }
    run.finish(&mut tx).await.map_err(Error::internal)?;
    tx.commit().await?;
    Ok(Outcome::Settled)
}

/// The job that plans has ended without a plan.
async fn unplanned(tx: &mut TenantTx, id: Uuid, import: &Locked) -> Result<()> {
    let cancelled = has_cancelled_jobs(tx, import).await?;
    let failure = if cancelled {
        "An operator stopped this import before any row was imported. Upload the file again."
    } else {
        "The rows of this file could not be counted because of a fault on our side, so none was imported. Upload the file again."
    };
    if queries::fail(tx, id, failure).await? {
        audit::event(tx, "import_failed", ("import", id), serde_json::json!({})).await?;
    }
    Ok(())
}

async fn has_cancelled_jobs(tx: &mut TenantTx, import: &Locked) -> Result<bool> {
    match import.batch_id {
        Some(batch) => queries::has_cancelled_jobs(tx, batch).await,
        None => Ok(false),
    }
}

async fn close(tx: &mut TenantTx, id: Uuid, import: &Locked) -> Result<()> {
    let missing = queries::missing(tx, id).await?;
    let cancelled = has_cancelled_jobs(tx, import).await?;
    let failure = match import.open_quote_line {
        _ if missing.chunks > 0 => Some(sentence(missing, cancelled)),
        Some(opened) => Some(Fault::NeverClosed { opened }.sentence()),
        None => None,
    };
    let (event, changed) = match failure {
        None => ("import_completed", queries::complete(tx, id).await?),
        Some(failure) => ("import_failed", queries::fail(tx, id, &failure).await?),
    };
    if changed {
        audit::event(tx, event, ("import", id), serde_json::json!({ "rowsMissing": missing.rows })).await?;
    }
    Ok(())
}

fn sentence(missing: Missing, cancelled: bool) -> String {
    let rows = if missing.rows == 1 { "1 row".to_owned() } else { format!("{} rows", missing.rows) };
    let why = if cancelled { "an operator cancelled jobs of this import" } else { "of a fault on our side" };
    let from = missing.first_row.map(|row| format!(", beginning with row {row}")).unwrap_or_default();
    format!(
        "{rows} could not be imported because {why}{from}. All other rows are here. Import the file again, with the rule that skips who is here already."
    )
}
