//! Cancels a batch: what has not started ends as cancelled, what runs is asked to stop, nothing can be added. Its last
//! job is still asked for, so that whoever opened it hears of its end.

use ledgerline_jobs::engine::{
    activity::{self, News},
    batch,
};
use serde_json::json;
use uuid::Uuid;

use super::{
    queries, read,
    view::{BatchState, BatchView},
};
use crate::{
    Ledgerline,
    console::act::{self, Deed, FullOperator},
    error::{Error, Result},
};

/// Cancels it.
///
/// # Errors
/// 404, 409 `batch_ended`, 503 `no_worker`.
pub async fn cancel(ledgerline: &Ledgerline, operator: &FullOperator, request_id: &str, id: Uuid) -> Result<BatchView> {
    let mut tx = act::begin(ledgerline, operator, request_id).await?;
    let found = queries::one(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    if found.state == BatchState::Done || found.finished_at.is_some() {
        return Err(Error::conflict(
            "batch_ended",
            "All jobs of this batch have ended, so there is nothing to cancel.",
        ));
    }
    let reason = format!("its batch was cancelled by {}", operator.name);
    let running = batch::cancel(&mut tx, id, &reason).await.map_err(act::without_room)?;
    let deed = Deed {
        operator,
        request_id,
        action: "console.cancel_batch",
        subject_kind: "batch",
        subject_id: Some(id),
        workspace_id: found.workspace_id,
    };
    let data =
        json!({ "kind": found.kind, "changed": found.state != BatchState::Cancelled, "askedToStop": running.len() });
    deed.record(&mut tx, data).await?;
    activity::tell(&mut tx, &News::about("batch_cancelled", &found.kind).id(id).by(&operator.name)).await?;
    tx.commit().await?;
    // the last of the batch asks for another job
    ledgerline.wake.nudge();
    read::one(ledgerline, id).await
}
