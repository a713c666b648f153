//! The steps of a milestone.

use loco_rs::app::AppContext;
use serde_json::json;
use uuid::Uuid;

use super::{
    change::{end, in_schedule, within},
    input::MilestoneRevision,
    queries::{self, MilestoneRow},
};
use crate::{
    access::{Permission, authorize, authorize_decision},
    error::Result,
    projects::{
        record::{Deed, begin_work, record, require},
        state::{
            APPROVE_MILESTONE, CANCEL_MILESTONE, MilestoneState, ProjectState, REQUEST_REVISION, RESUME_MILESTONE,
            SUBMIT_MILESTONE,
        },
    },
    states::Step,
    submissions::decide::required_note,
    tenant::Actor,
};

/// pending → submitted. The first work begins the project.
///
/// # Errors
/// 403 for a client; 404; 409 `wrong_state`.
pub async fn submit(ctx: &AppContext, actor: &Actor, id: Uuid) -> Result<MilestoneRow> {
    authorize(actor, Permission::WorkOnProjects)?;
    take(ctx, actor, id, &SUBMIT_MILESTONE, Deed::both("milestones.submit", "milestone_submitted"), None).await
}

/// submitted → approved.
///
/// # Errors
/// 403 when the client's access does not include it; 404; 409 `wrong_state`.
pub async fn approve(ctx: &AppContext, actor: &Actor, id: Uuid) -> Result<MilestoneRow> {
    authorize_decision(actor)?;
    take(ctx, actor, id, &APPROVE_MILESTONE, Deed::both("milestones.approve", "milestone_approved"), None).await
}

/// submitted → revision, with what is to be changed.
///
/// # Errors
/// 403 when the client's access does not include it; 404; 409 `wrong_state`; 422 without a note.
pub async fn request_revision(
    ctx: &AppContext,
    actor: &Actor,
    id: Uuid,
    revision: MilestoneRevision,
) -> Result<MilestoneRow> {
    authorize_decision(actor)?;
    let note = required_note(&revision.note);
    let deed = Deed::both("milestones.request_revision", "milestone_revision_requested");
    take(ctx, actor, id, &REQUEST_REVISION, deed, Some(note)).await
}

/// revision → pending.
///
/// # Errors
/// 403 for a client; 404; 409 `wrong_state`.
pub async fn resume(ctx: &AppContext, actor: &Actor, id: Uuid) -> Result<MilestoneRow> {
    authorize(actor, Permission::WorkOnProjects)?;
    take(ctx, actor, id, &RESUME_MILESTONE, Deed::both("milestones.resume", "milestone_resumed"), None).await
}

/// pending | submitted → cancelled.
///
/// # Errors
/// 403 for a client; 404; 409 `wrong_state`, `milestone_in_schedule`.
pub async fn cancel(ctx: &AppContext, actor: &Actor, id: Uuid) -> Result<MilestoneRow> {
    authorize(actor, Permission::WorkOnProjects)?;
    take(ctx, actor, id, &CANCEL_MILESTONE, Deed::both("milestones.cancel", "milestone_cancelled"), None).await
}

async fn take(
    ctx: &AppContext,
    actor: &Actor,
    id: Uuid,
    step: &Step<MilestoneState>,
    deed: Deed,
    note: Option<Result<String>>,
) -> Result<MilestoneRow> {
    let (mut tx, project, before) = within(ctx, actor, id).await?;
    // a milestone that does not exist is not found, whatever is said about it
    let note = note.transpose()?;
    let is_cancelled = step.to == MilestoneState::Cancelled;
    require(&project, "This", if is_cancelled { ProjectState::PLANNED } else { ProjectState::WORKED_ON })?;
    if is_cancelled && before.is_in_schedule {
        return Err(in_schedule());
    }
    if !queries::advance(&mut tx, id, step, note.as_deref()).await? {
        return Err(step.refused(before.state));
    }
    if step.to == MilestoneState::Submitted {
        begin_work(&mut tx, &project).await?;
    }
    let data = json!({ "title": before.name, "note": note, "onBehalf": actor.visit().is_none() });
    record(&mut tx, project.id, deed, ("milestone", id), data).await?;
    end(tx, &project, id).await
}
