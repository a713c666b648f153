//! The client's decision, by themselves in the portal or written down by a member on their behalf. Approving makes the
//! project in the same transaction.

use loco_rs::app::AppContext;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    create::{record, written},
    input::Decision,
    queries::{self, ProposalRow},
    state::{APPROVE, DECLINE, ProposalState},
};
use crate::{
    access::{Permission, authorize},
    audit::{self, Audience},
    error::{Error, Result},
    input::Checks,
    projects,
    states::Step,
    tenant::{Actor, TenantTx, Who},
};

/// The client approves the version that they have seen.
///
/// # Errors
/// 403 when it is not theirs to decide; 404; 409 `stale_version` when a newer one was sent, `wrong_state`, `expired`.
pub async fn approve(ctx: &AppContext, actor: &Actor, id: Uuid, sent_version: i32) -> Result<ProposalRow> {
    decides(actor, id)?;
    decide(ctx, actor, id, &APPROVE, sent_version, None).await
}

/// The client declines the version that they have seen, and may say why.
///
/// # Errors
/// As [`approve`], and 422.
pub async fn decline(
    ctx: &AppContext,
    actor: &Actor,
    id: Uuid,
    sent_version: i32,
    note: Option<String>,
) -> Result<ProposalRow> {
    decides(actor, id)?;
    let mut checks = Checks::new();
    let note = checks.text("note", "The note", note.as_deref(), 4_000);
    checks.done()?;
    decide(ctx, actor, id, &DECLINE, sent_version, note.as_deref()).await
}

/// A member writes down that the client has approved it otherwise, and how.
///
/// # Errors
/// 404; 409 as [`approve`]; 422 without a note.
pub async fn approve_on_behalf(ctx: &AppContext, actor: &Actor, id: Uuid, decision: &Decision) -> Result<ProposalRow> {
    on_behalf(ctx, actor, id, &APPROVE, decision).await
}

/// A member writes down that the client has declined it otherwise, and how.
///
/// # Errors
/// As [`approve_on_behalf`].
pub async fn decline_on_behalf(ctx: &AppContext, actor: &Actor, id: Uuid, decision: &Decision) -> Result<ProposalRow> {
    on_behalf(ctx, actor, id, &DECLINE, decision).await
}

async fn on_behalf(
    ctx: &AppContext,
    actor: &Actor,
    id: Uuid,
    step: &Step<ProposalState>,
    decision: &Decision,
) -> Result<ProposalRow> {
    authorize(actor, Permission::WorkOnProjects)?;
    // what does not exist is not found, whatever is said about it
    queries::find(&mut TenantTx::begin(ctx, actor).await?, id).await?.ok_or_else(Error::not_found)?;
    let mut checks = Checks::new();
    let note = checks.text("note", "The note", Some(&decision.note), 4_000);
    if note.is_none() {
        checks.wrong("note", "required", "Say how the client decided, such as: by phone, on Monday.");
    }
    checks.done()?;
    decide(ctx, actor, id, step, decision.sent_version, note.as_deref()).await
}

/// Only the client whom it was sent to decides, and only who may.
fn decides(actor: &Actor, id: Uuid) -> Result<()> {
    match actor.who {
        Who::Client(visit) if visit.proposal_id != id => Err(Error::not_found()),
        Who::Client(visit) if visit.access.decides() => Ok(()),
        Who::Client(_) => Err(Error::forbidden("You may look at this proposal. Deciding on it is for others of you.")),
        Who::User(..) | Who::Job(_) => Err(Error::forbidden("Only the client decides on a proposal.")),
    }
}

async fn decide(
    ctx: &AppContext,
    actor: &Actor,
    id: Uuid,
    step: &Step<ProposalState>,
    sent_version: i32,
    note: Option<&str>,
) -> Result<ProposalRow> {
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let before = queries::lock(&mut tx, id).await?;
    if !queries::decide(&mut tx, id, step, sent_version, note).await? {
        return Err(refused(&before, step, sent_version));
    }
    let on_behalf_of = actor.user_id().map(|_| before.contact_id);
    let data = json!({ "version": sent_version, "note": note, "onBehalfOf": on_behalf_of });
    if step.to == ProposalState::Approved {
        let project_id = projects::create::from_proposal(&mut tx, id, sent_version).await?;
        approved(&mut tx, id, project_id, data).await?;
    } else {
        record(&mut tx, step.name, "proposal_declined", id, data).await?;
    }
    let row = written(&mut tx, id).await?;
    tx.commit().await?;
    Ok(row)
}

/// Approval stands in the history of the project that it makes, where both sides see it.
async fn approved(tx: &mut TenantTx, id: Uuid, project_id: Uuid, data: Value) -> Result<()> {
    audit::record(tx, "proposals.approve", ("proposal", id), data.clone()).await?;
    audit::project_event(tx, project_id, Audience::Both, "proposal_approved", ("proposal", id), data).await?;
    Ok(())
}

fn refused(before: &ProposalRow, step: &Step<ProposalState>, sent_version: i32) -> Error {
    if !step.begins_in(before.state) {
        return step.refused(before.state);
    }
    if before.sent_version != Some(sent_version) {
        let detail = "A newer version of this proposal was sent meanwhile. Load it again, then decide.";
        return Error::conflict("stale_version", detail);
    }
    Error::conflict("expired", "The time to decide on this proposal is over. Ask for it once more.")
}
