//! Starts an import: from here on it runs without anyone watching.

use ledgerline_jobs::{
    Options,
    engine::batch,
    imports::{FinishImport, PlanImport},
};
use loco_rs::app::AppContext;
use uuid::Uuid;

use super::{
    input::{Checked, Choices},
    memory,
    queries::{self, ImportRow},
};
use crate::{
    access::{Permission, authorize},
    audit,
    error::{Error, Result},
    tenant::{Actor, TenantTx},
};

/// Keeps the choices, for this import and for the next one with the same headings, and asks for the plan. Plan and chunks are one batch, which asks for the end of the import when the
/// last of them has ended, however it did.
///
/// # Errors
/// 404, 409 `already_started` or `already_cancelled`, 409 `undo_running` while an import is being undone, 409 `file_imported_before` unless the choices say so, 422 for the
/// choices.
pub async fn start(ctx: &AppContext, actor: &Actor, id: Uuid, sent: &Choices) -> Result<ImportRow> {
    authorize(actor, Permission::ImportClients)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    queries::hold_starts(&mut tx).await?;
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
    if let Some((undone, filename)) = queries::being_undone(&mut tx).await? {
        let detail = format!(
            "The import of {filename} is being undone. Rows of this file could be taken for clients that are about to go, so wait until that has ended, then start."
        );
        return Err(Error::conflict("undo_running", detail).existing(Some(undone)));
    }
    let Checked { mapping, budget_currency, duplicates, phone_region } = sent.checked(import.names.len())?;
    if !sent.again
        && let Some(sha256) = &import.sha256
        && let Some(earlier) = queries::earlier(&mut tx, id, sha256).await?
    {
        return Err(imported_before(&earlier));
    }
    let batch = batch::open(&mut tx, "imports", Some(&FinishImport { import_id: id })).await?;
    let by_heading = memory::by_heading(&mapping, &import.names);
    let mapping = mapping.to_json();
    let choices = queries::Choices {
        mapping: &mapping,
        budget_currency: budget_currency.as_deref(),
        duplicates,
        phone_region: phone_region.as_deref(),
    };
    if !queries::start(&mut tx, id, batch, choices, actor.user_id()).await? {
        return Err(Error::internal("a locked import changed its state"));
    }
    if let (Some(key), Some(user)) = (&import.headings_key, actor.user_id()) {
        queries::remember(&mut tx, key, &by_heading, choices, user).await?;
    }
    let in_batch = Options { batch: Some(batch), ..Options::default() };
    tx.enqueue_with(&PlanImport { import_id: id }, &in_batch).await?;
    // sealed does not mean closed: the plan adds the chunks while it runs itself
    batch::seal(&mut tx, batch).await?;
    let data = serde_json::json!({
        "mapping": mapping, "budgetCurrency": budget_currency, "duplicates": duplicates, "phoneRegion": phone_region,
        "again": sent.again,
    });
    audit::record(&mut tx, "imports.start", ("import", id), data.clone()).await?;
    audit::event(&mut tx, "import_started", ("import", id), data).await?;
    let row = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    tx.commit().await?;
    Ok(row)
}

fn imported_before(earlier: &queries::Earlier) -> Error {
    let by = earlier.by.as_deref().map(|name| format!(" by {name}")).unwrap_or_default();
    let on = earlier.started_at.map(|at| format!(" on {}", at.format("%Y-%m-%d"))).unwrap_or_default();
    let detail = format!(
        "This file was imported{by}{on}. Open that import to see what became of it, or say that you want to import it again."
    );
    Error::conflict("file_imported_before", detail).existing(Some(earlier.id))
}
