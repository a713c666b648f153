//! Brings a dead job back.

use ledgerline_jobs::{
    JobId,
    engine::control::{self, Retried},
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    Ledgerline,
    console::act::{self, Deed, FullOperator},
    error::{Error, Result},
};

/// Retries a dead or quarantined job; answers the job that does the work now, which is a linked copy when the batch of
/// the old one has ended.
///
/// # Errors
/// 404, 409 `unique_key_held` or `not_dead`, 503 `no_worker`.
pub async fn retry(ledgerline: &Ledgerline, operator: &FullOperator, request_id: &str, id: Uuid) -> Result<JobId> {
    let mut tx = act::begin(ledgerline, operator, request_id).await?;
    let subject = act::subject(&mut tx, id).await?;
    let (retried, copy) = match control::retry(&mut tx, id).await.map_err(act::without_room)? {
        Retried::Again(id) => (id, None),
        Retried::Copy(copy) => (copy, Some(copy)),
        Retried::KeyHeld(holder) => return Err(key_held(holder)),
        Retried::NotDead => {
            let subject = act::subject(&mut tx, id).await?;
            let detail = if subject.state == "dead" && subject.ended {
                "Only dead and quarantined jobs can be retried; this one was dead and has been decided on already."
                    .to_owned()
            } else {
                format!("Only dead and quarantined jobs can be retried; this one is {}.", subject.state)
            };
            return Err(Error::conflict("not_dead", detail));
        }
    };
    let deed = Deed {
        operator,
        request_id,
        action: "console.retry_job",
        subject_kind: "job",
        subject_id: Some(id),
        workspace_id: subject.workspace_id,
    };
    deed.record(&mut tx, json!({ "kind": subject.kind, "was": subject.state, "copy": copy })).await?;
    tx.commit().await?;
    ledgerline.wake.nudge();
    Ok(retried)
}

/// 409: the work is asked for already, by the job that is named.
pub(super) fn key_held(holder: Option<Uuid>) -> Error {
    Error::conflict(
        "unique_key_held",
        "Another job that does the same work is live. Wait until it has ended, or cancel it first.",
    )
    .existing(holder)
}
