//! Gives a dead job up: nobody will retry it. It leaves the dead and is kept with the finished until retention ends it.

use ledgerline_jobs::engine::control;
use serde_json::json;
use uuid::Uuid;

use crate::{
    Ledgerline,
    console::act::{self, Deed, FullOperator},
    error::{Error, Result},
};

/// Deletes a dead or quarantined job. Jobs that waited for it are cancelled.
///
/// # Errors
/// 404, 409 `not_dead`, 503 `no_worker`.
pub async fn delete(ledgerline: &Ledgerline, operator: &FullOperator, request_id: &str, id: Uuid) -> Result<()> {
    let mut tx = act::begin(ledgerline, operator, request_id).await?;
    let subject = act::subject(&mut tx, id).await?;
    let reason = format!("deleted by {}", operator.name);
    if !control::discard(&mut tx, id, &reason).await.map_err(act::without_room)? {
        let detail = match subject.state.as_str() {
            "dead" => "This job was decided on already; it goes by itself 30 days after that.".to_owned(),
            "succeeded" | "cancelled" => {
                format!(
                    "Only dead and quarantined jobs are deleted. This one is {}; it goes by itself after 30 days.",
                    subject.state
                )
            }
            state => format!("Only dead and quarantined jobs are deleted. This one is {state}: cancel it instead."),
        };
        return Err(Error::conflict("not_dead", detail));
    }
    let deed = Deed {
        operator,
        request_id,
        action: "console.delete_job",
        subject_kind: "job",
        subject_id: Some(id),
        workspace_id: subject.workspace_id,
    };
    deed.record(&mut tx, json!({ "kind": subject.kind, "was": subject.state })).await?;
    tx.commit().await?;
    // jobs that waited for it may have been the last of their batch
    ledgerline.wake.nudge();
    Ok(())
}
