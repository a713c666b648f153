//! Cancels a job.

use ledgerline_jobs::engine::control::{self, Cancelled};
use serde_json::json;
use uuid::Uuid;

use crate::{
    Ledgerline,
    console::act::{self, Deed, FullOperator},
    error::{Error, Result},
};

/// Ends a job that has not started; asks one that runs to stop.
///
/// # Errors
/// 404, 409 `effect_intended` or `not_live`, 503 `no_worker`.
pub async fn cancel(ledgerline: &Ledgerline, operator: &FullOperator, request_id: &str, id: Uuid) -> Result<()> {
    let mut tx = act::begin(ledgerline, operator, request_id).await?;
    let subject = act::subject(&mut tx, id).await?;
    let reason = format!("cancelled by {}", operator.name);
    let outcome = match control::cancel(&mut tx, id, &reason).await.map_err(act::without_room)? {
        Cancelled::Ended => "ended",
        Cancelled::Requested => "requested",
        Cancelled::EffectIntended => {
            return Err(Error::conflict(
                "effect_intended",
                "This job has begun to act on the outside world, so it can no longer be cancelled. It will end soon.",
            ));
        }
        Cancelled::NotLive => {
            // it may have ended since it was looked at
            let state = act::subject(&mut tx, id).await?.state;
            return Err(Error::conflict(
                "not_live",
                format!("This job is {state} already, so there is nothing to cancel."),
            ));
        }
    };
    let deed = Deed {
        operator,
        request_id,
        action: "console.cancel_job",
        subject_kind: "job",
        subject_id: Some(id),
        workspace_id: subject.workspace_id,
    };
    deed.record(&mut tx, json!({ "kind": subject.kind, "outcome": outcome })).await?;
    tx.commit().await?;
    // it may have been the last of its batch, which then asks for another job
    ledgerline.wake.nudge();
    Ok(())
}
