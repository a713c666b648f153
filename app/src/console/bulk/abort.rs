//! Ends a bulk action. What was done stays and is listed; when this returns nothing more is done.

use ledgerline_jobs::engine::batch;
use serde_json::json;
use uuid::Uuid;

use super::{
    queries::{self, items},
    start::{deed, name},
};
use crate::{
    Ledgerline,
    console::act::{self, FullOperator},
    error::{Error, Result},
};

/// Ends it.
///
/// # Errors
/// 404, 409 `already_ended`, 503 `no_worker`.
pub async fn abort(ledgerline: &Ledgerline, operator: &FullOperator, request_id: &str, id: Uuid) -> Result<()> {
    let mut tx = act::begin(ledgerline, operator, request_id).await?;
    // whoever acts on a job of it shares this lock, so they are waited for and nobody begins
    let bulk = queries::lock(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    if matches!(bulk.state.as_str(), "done" | "aborted") {
        return Err(Error::conflict("already_ended", "This bulk action has ended already."));
    }
    queries::abort(&mut tx, id, &operator.name).await?;
    let counts = items::counts(&mut tx, id).await?;
    let data = json!({
        "name": name(&bulk), "verb": bulk.verb, "done": counts.done, "skipped": counts.skipped, "left": counts.left,
        "before": { "state": bulk.state }, "after": { "state": "aborted" },
    });
    deed(operator, request_id, "console.abort_bulk_action", id).record(&mut tx, data).await?;
    tx.commit().await?;
    // from here on its jobs do nothing when they run; ending those that wait only spares their turns
    if let Some(batch) = bulk.batch_id {
        let mut tx = act::begin(ledgerline, operator, request_id).await?;
        batch::cancel(&mut tx, batch, "the bulk action was ended by an operator").await.map_err(act::without_room)?;
        tx.commit().await?;
        ledgerline.wake.nudge();
    }
    Ok(())
}
