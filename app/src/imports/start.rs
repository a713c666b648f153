//! Starts an import: from here on it runs without anyone watching.

use std::collections::BTreeMap;

use ledgerline_jobs::{
    Options,
    engine::batch,
    imports::{FinishImport, PlanImport},
};
use loco_rs::app::AppContext;
use uuid::Uuid;

use super::{
    mapping::Mapping,
    queries::{self, ImportRow},
};
use crate::{
    access::{Permission, authorize},
    audit,
    error::{Error, Result},
    tenant::{Actor, TenantTx},
};

/// Keeps the mapping and asks for the plan. Plan and chunks are one batch, which asks for the end of the import when the
/// last of them has ended, however it did.
///
/// # Errors
/// 404, 409 `already_started` or `already_cancelled`, 422 for the mapping.
pub async fn start(ctx: &AppContext, actor: &Actor, id: Uuid, sent: &BTreeMap<String, String>) -> Result<ImportRow> {
    authorize(actor, Permission::ImportClients)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let import = queries::lock(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    match import.state.as_str() {
        "uploaded" => {}
        "cancelled" => {
            let detail = "This import was cancelled. Upload the file again to import it.";
            return Err(Error::conflict("already_cancelled", detail));
        }
        _ => {
            let detail = "This import has been started already. Upload the file again to import it once more.";
            return Err(Error::conflict("already_started", detail));
        }
    }
    let mapping = Mapping::checked(sent, usize::try_from(import.columns).unwrap_or_default())?.to_json();
    let batch = batch::open(&mut tx, "imports", Some(&FinishImport { import_id: id })).await?;
    if !queries::start(&mut tx, id, batch, &mapping).await? {
        return Err(Error::internal("a locked import changed its state"));
    }
    let in_batch = Options { batch: Some(batch), ..Options::default() };
    tx.enqueue_with(&PlanImport { import_id: id }, &in_batch).await?;
    // sealed does not mean closed: the plan adds the chunks while it runs itself
    batch::seal(&mut tx, batch).await?;
    let data = serde_json::json!({ "mapping": mapping });
    audit::record(&mut tx, "imports.start", ("import", id), data.clone()).await?;
    audit::event(&mut tx, "import_started", ("import", id), data).await?;
    let row = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    tx.commit().await?;
    Ok(row)
}
