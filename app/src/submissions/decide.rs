//! The client accepts the work or asks for changes; a producer may note down what the client has said elsewhere.

use loco_rs::app::AppContext;
use serde_json::json;
use uuid::Uuid;

use super::{
    complete,
    input::{Approval, RevisionRequest},
    queries::{self, SubmissionRow},
    within::Within,
};
use crate::{
    access::authorize_decision,
    error::{Error, Result},
    input::Checks,
    projects::{
        record::Deed,
        state::{APPROVE, REQUEST_REVISIONS, REVERT_APPROVAL},
    },
    tenant::Actor,
};

/// ready_for_review → approved. When nothing is to be paid, it is completed with it.
///
/// # Errors
/// 403 when the client's access does not include it; 404; 409 `wrong_state`, `stale_round`; 422.
pub async fn approve(ctx: &AppContext, actor: &Actor, id: Uuid, approval: Approval) -> Result<SubmissionRow> {
    authorize_decision(actor)?;
    let mut within = Within::begin(ctx, actor, id).await?;
    let mut checks = Checks::new();
    let note = checks.text("note", "The note", approval.note.as_deref(), 4_000);
    checks.done()?;
    within.take(&APPROVE).await?;
    within.is_of_round(approval.round)?;
    queries::end_round(&mut within.tx, &within.submission, Some("approved"), note.as_deref()).await?;
    let data = json!({ "round": approval.round, "note": note, "onBehalf": actor.visit().is_none() });
    within.record(Deed::both("submissions.approve", "submission_approved"), data).await?;
    if within.project.amount_minor == 0 {
        complete::complete_in(&mut within).await?;
    }
    within.end().await
}

/// ready_for_review → client_revisions_requested.
///
/// # Errors
/// 403 when the client's access does not include it; 404; 409 `wrong_state`, `stale_round`; 422 without a note.
pub async fn request_revisions(
    ctx: &AppContext,
    actor: &Actor,
    id: Uuid,
    request: RevisionRequest,
) -> Result<SubmissionRow> {
    authorize_decision(actor)?;
    let mut within = Within::begin(ctx, actor, id).await?;
    let note = required_note(&request.note)?;
    within.take(&REQUEST_REVISIONS).await?;
    within.is_of_round(request.round)?;
    queries::end_round(&mut within.tx, &within.submission, Some("revisions_requested"), Some(&note)).await?;
    let data = json!({ "round": request.round, "note": note, "onBehalf": actor.visit().is_none() });
    within.record(Deed::both("submissions.request_revisions", "revisions_requested"), data).await?;
    within.end().await
}

/// approved → ready_for_review, as long as nothing is paid or being paid.
///
/// # Errors
/// 403 when the client's access does not include it; 404; 409 `wrong_state`, `already_paid`.
pub async fn revert_approval(ctx: &AppContext, actor: &Actor, id: Uuid) -> Result<SubmissionRow> {
    authorize_decision(actor)?;
    let mut within = Within::begin(ctx, actor, id).await?;
    within.take(&REVERT_APPROVAL).await?;
    if within.project.is_paying {
        let detail = "Something was paid already, or is being paid. The approval stands.";
        return Err(Error::conflict("already_paid", detail));
    }
    queries::end_round(&mut within.tx, &within.submission, None, None).await?;
    let data = json!({ "round": within.submission.round, "onBehalf": actor.visit().is_none() });
    within.record(Deed::both("submissions.revert_approval", "approval_reverted"), data).await?;
    within.end().await
}

/// What is to be changed; without it nobody knows.
pub(crate) fn required_note(note: &str) -> Result<String> {
    let mut checks = Checks::new();
    let text = checks.text("note", "The note", Some(note), 4_000);
    if text.is_none() {
        checks.wrong("note", "required", "Say what is to be changed.");
    }
    checks.done()?;
    Ok(text.unwrap_or_default())
}
