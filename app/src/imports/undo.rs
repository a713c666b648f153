//! Takes back what an import did, chunk by chunk: who it created and nobody has changed since is removed, who it changed
//! gets back what stood there before. Whoever was changed since stays and is listed.

use ledgerline_jobs::{
    Options,
    engine::batch,
    enqueue_many,
    imports::{FinishImport, UndoChunk},
};
use loco_rs::app::AppContext;
use uuid::Uuid;

use super::{
    cancel,
    queries::{self, Forecast, ImportRow, Locked},
    rejects,
};
use crate::{
    access::{Permission, authorize},
    audit,
    error::{Error, Result},
    tenant::{Actor, TenantTx},
};

/// Jobs asked for with one statement.
const JOBS_AT_ONCE: usize = 5_000;

/// What undoing would do now. Others may change clients between this and that.
///
/// # Errors
/// As [`undo`].
pub(super) async fn forecast(ctx: &AppContext, actor: &Actor, id: Uuid) -> Result<Forecast> {
    authorize(actor, Permission::ImportClients)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let import = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    check(&import.state, &import)?;
    queries::forecast(&mut tx, id).await
}

fn check(state: &str, import: &ImportRow) -> Result<()> {
    match state {
        "uploaded" => return Err(nothing()),
        "planning" | "running" => {
            let detail = "This import is still running. Cancel it first; then it can be undone.";
            return Err(Error::conflict("still_running", detail));
        }
        _ if import.started_at.is_none() => return Err(nothing()),
        _ => {}
    }
    is_known(import)?;
    rejects::still_there(import).map_err(|error| {
        let detail = "What stood in the clients before this import is kept as long as its file, which was deleted. \
                      Archive or change the clients one by one.";
        Error::new(error.status, "undo_expired", detail)
    })
}

/// Refuses what an earlier release imported: it wrote down how many clients a chunk has made, and not which.
fn is_known(import: &ImportRow) -> Result<()> {
    if import.outcomes_kept {
        return Ok(());
    }
    let detail = "This import was made by an earlier release, which did not write down what became of each row, so it \
                  cannot be undone. Archive its clients one by one.";
    Err(Error::conflict("undo_unknown", detail))
}

fn nothing() -> Error {
    Error::conflict("nothing_to_undo", "This import has created and changed no client.")
}

/// Asks for it. Asking twice changes nothing; an import that failed half-way through being undone goes on where it
/// stopped.
///
/// # Errors
/// 404, 409 `still_running`, `nothing_to_undo`, `undo_unknown`, or `undo_running` while another import is being undone,
/// 410 `undo_expired`.
pub async fn undo(ctx: &AppContext, actor: &Actor, id: Uuid) -> Result<ImportRow> {
    authorize(actor, Permission::ImportClients)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    // chunks that are being written are waited for, and none is written from here on
    queries::close(&mut tx, id).await?;
    // and none is started
    queries::hold_starts(&mut tx).await?;
    let Locked { state, batch_id, .. } = queries::lock(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    let import = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    if matches!(state.as_str(), "undoing" | "undone") {
        return Ok(import);
    }
    check(&state, &import)?;
    // who was changed by both is theirs who came last; undone at the same time, each would keep clients for the other
    if let Some((undone, filename)) = queries::being_undone(&mut tx).await? {
        let detail =
            format!("The import of {filename} is being undone. Wait until that has ended, then undo this one.");
        return Err(Error::conflict("undo_running", detail).existing(Some(undone)));
    }
    let chunks = queries::to_undo(&mut tx, id).await?;
    if chunks.is_empty() {
        return Err(nothing());
    }
    let batch = batch::open(&mut tx, "imports.undo", Some(&FinishImport { import_id: id })).await?;
    if !queries::undo(&mut tx, id, batch).await? {
        return Err(Error::internal("a locked import changed its state"));
    }
    for some in chunks.chunks(JOBS_AT_ONCE) {
        let jobs: Vec<UndoChunk> = some.iter().map(|chunk| UndoChunk { import_id: id, chunk: *chunk }).collect();
        enqueue_many(&mut tx, &jobs, &Options { batch: Some(batch), ..Options::default() }).await?;
    }
    batch::seal(&mut tx, batch).await?;
    let data = serde_json::json!({ "state": state, "created": import.created, "updated": import.updated, "batchId": batch_id });
    audit::record(&mut tx, "imports.undo", ("import", id), data.clone()).await?;
    audit::event(&mut tx, "import_undo_started", ("import", id), data).await?;
    let row = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    tx.commit().await?;
    Ok(row)
}

/// The last job of undoing has ended, or one of the import that was cancelled before it.
pub(super) async fn close(tx: &mut TenantTx, id: Uuid, import: &Locked) -> Result<()> {
    if let Some(batch) = import.batch_id {
        cancel::end_jobs(tx, batch).await?;
    }
    let left = queries::to_undo(tx, id).await?.len();
    if left == 0 {
        queries::end_undo(tx, id, None).await?;
        return audit::event(tx, "import_undone", ("import", id), serde_json::json!({})).await;
    }
    let ended = match import.undo_batch_id {
        Some(batch) => queries::has_ended(tx, batch).await?,
        None => true,
    };
    if ended && import.state == "undoing" {
        let failure = "Not everything could be undone because of a fault on our side. Undo the import again: it goes on where it stopped.";
        queries::end_undo(tx, id, Some(failure)).await?;
        audit::event(tx, "import_undo_failed", ("import", id), serde_json::json!({ "chunksLeft": left })).await?;
    }
    Ok(())
}
