//! Closes an import when its last chunk has ended, or ends what is left of a cancelled one. Doing it again changes
//! nothing.

use ledgerline_jobs::{
    engine::{outcome::Outcome, run::Run},
    imports::FinishImport,
};
use sqlx::PgPool;
use uuid::Uuid;

use super::{
    actor, cancel,
    queries::{self, Missing},
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
    let Some(import) = queries::lock(&mut tx, id).await? else {
        return Ok(Outcome::Dead("there is no such import".to_owned()));
    };
    match import.state.as_str() {
        "cancelled" => {
            if let Some(batch) = import.batch_id {
                cancel::end_jobs(&mut tx, batch).await?;
            } else if import.started_at.is_none() {
                // nobody will ever ask for a file that was discarded
                ledgerline.storage.delete(&import.storage_path).await.map_err(Error::internal)?;
            }
        }
        "running" | "failed" => close(&mut tx, id).await?,
        _ => {}
    }
    run.finish(&mut tx).await.map_err(Error::internal)?;
    tx.commit().await?;
    Ok(Outcome::Settled)
}

async fn close(tx: &mut TenantTx, id: Uuid) -> Result<()> {
    let missing = queries::missing(tx, id).await?;
    let (event, changed) = if missing.chunks == 0 {
        ("import_completed", queries::complete(tx, id).await?)
    } else {
        ("import_failed", queries::fail(tx, id, &sentence(missing)).await?)
    };
    if changed {
        audit::event(tx, event, ("import", id), serde_json::json!({ "rowsMissing": missing.rows })).await?;
    }
    Ok(())
}

fn sentence(missing: Missing) -> String {
    let from = missing.first_row.map(|row| format!(", beginning with row {row}")).unwrap_or_default();
    format!(
        "{} rows could not be imported because of a fault on our side{from}. All other rows are here. Import the file again: rows whose mail address is here already are skipped.",
        missing.rows
    )
}
