//! Stops an import. Rows that are clients by then stay.

use ledgerline_jobs::{Options, Priority, engine::batch, imports::FinishImport};
use loco_rs::app::AppContext;
use uuid::Uuid;

use super::queries::{self, ImportRow};
use crate::{
    access::{Permission, authorize},
    audit,
    error::{Error, Result},
    tenant::{Actor, TenantTx},
};

/// Marks the import, so that no chunk is written any more, and asks for the end of its jobs: a request may not end jobs
/// itself. Cancelling twice changes nothing.
///
/// # Errors
/// 404, 409 `already_finished`.
pub async fn cancel(ctx: &AppContext, actor: &Actor, id: Uuid) -> Result<ImportRow> {
    authorize(actor, Permission::ImportClients)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    // so that the numbers of the answer are the last ones
    queries::close(&mut tx, id).await?;
    let import = queries::lock(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    if import.state != "cancelled" {
        if !queries::cancel(&mut tx, id).await? {
            let detail = "This import has ended already. To take back what it did, undo it.";
            return Err(Error::conflict("already_finished", detail));
        }
        // before the chunks that wait in the same queue
        let urgent = Options { priority: Some(Priority::Urgent), ..Options::default() };
        tx.enqueue_with(&FinishImport { import_id: id }, &urgent).await?;
        let data = serde_json::json!({ "state": import.state });
        audit::record(&mut tx, "imports.cancel", ("import", id), data.clone()).await?;
        audit::event(&mut tx, "import_cancelled", ("import", id), data).await?;
    }
    let row = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    tx.commit().await?;
    Ok(row)
}

/// Ends the jobs of a cancelled import: what waits never starts, what runs is asked to stop.
pub(super) async fn end_jobs(tx: &mut TenantTx, batch: Uuid) -> Result<()> {
    queries::lock_jobs(tx, batch).await?;
    batch::cancel(tx, batch, "the import was cancelled").await?;
    Ok(())
}
