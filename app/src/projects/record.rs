//! The audit row and the event of a change in a project, and what follows from every change.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    queries::{self, ProjectRow},
    state::{COMPLETE, ProjectState, START},
};
use crate::{
    audit::{self, Audience},
    error::{Error, Result},
    states::not_while,
    tenant::TenantTx,
};

/// What happened: as the audit log names it, and as the project's events do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deed {
    /// Such as `submissions.approve`.
    pub(crate) action: &'static str,
    /// Such as `submission_approved`.
    pub(crate) event: &'static str,
    /// Who sees the event.
    pub(crate) audience: Audience,
}

impl Deed {
    /// Something that both sides see.
    pub(crate) const fn both(action: &'static str, event: &'static str) -> Self {
        Self { action, event, audience: Audience::Both }
    }

    /// Something between members.
    pub(crate) const fn producer(action: &'static str, event: &'static str) -> Self {
        Self { action, event, audience: Audience::Producer }
    }
}

/// Writes both rows.
pub(crate) async fn record(
    tx: &mut TenantTx,
    project_id: Uuid,
    deed: Deed,
    subject: (&str, Uuid),
    data: Value,
) -> Result<()> {
    audit::record(tx, deed.action, subject, data.clone()).await?;
    audit::project_event(tx, project_id, deed.audience, deed.event, subject, data).await?;
    Ok(())
}

/// Locks a project until the end of the transaction.
///
/// # Errors
/// 404.
pub(crate) async fn locked(tx: &mut TenantTx, id: Uuid) -> Result<ProjectRow> {
    queries::lock(tx, id).await?.ok_or_else(Error::not_found)
}

/// Refuses what the project's state does not allow.
///
/// # Errors
/// 409 `wrong_state`.
pub(crate) fn require(project: &ProjectRow, what: &str, allowed: &[ProjectState]) -> Result<()> {
    if allowed.contains(&project.state) { Ok(()) } else { Err(not_while(what, project.state, allowed)) }
}

/// The first work on a project begins it; its proposal becomes active with it.
pub(crate) async fn begin_work(tx: &mut TenantTx, project: &ProjectRow) -> Result<()> {
    if !queries::advance(tx, project.id, &START).await? {
        return Ok(());
    }
    let deed = Deed::both("projects.start", "project_started");
    record(tx, project.id, deed, ("project", project.id), json!({})).await?;
    if queries::activate_proposal(tx, project.proposal_id).await? {
        let deed = Deed::both("proposals.activate", "proposal_activated");
        record(tx, project.id, deed, ("proposal", project.proposal_id), json!({})).await?;
    }
    Ok(())
}

/// Completes a project whose submission is completed.
pub(crate) async fn complete(tx: &mut TenantTx, project: &ProjectRow) -> Result<()> {
    if !queries::advance(tx, project.id, &COMPLETE).await? {
        return Err(COMPLETE.refused(project.state));
    }
    let deed = Deed::both("projects.complete", "project_completed");
    record(tx, project.id, deed, ("project", project.id), json!({})).await
}

/// Ends a change of a locked project: answers what it is now, notes since when it stands in its stage, and completes the
/// engagement when everything is delivered and paid.
pub(crate) async fn settle(tx: &mut TenantTx, before: &ProjectRow) -> Result<ProjectRow> {
    let after = locked(tx, before.id).await?;
    let is_moved = after.stage() != before.stage();
    if is_moved {
        queries::stage_begins(tx, after.id).await?;
    }
    let is_delivered = after.state == ProjectState::Completed
        && after.open_minor() == 0
        && after.deliverables_completed == after.deliverables;
    if is_delivered && queries::complete_proposal(tx, after.proposal_id).await? {
        let deed = Deed::both("proposals.complete", "proposal_completed");
        record(tx, after.id, deed, ("proposal", after.proposal_id), json!({})).await?;
    }
    if is_moved { locked(tx, before.id).await } else { Ok(after) }
}
