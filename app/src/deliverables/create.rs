//! A new deliverable.

use loco_rs::app::AppContext;
use serde_json::json;
use uuid::Uuid;

use super::{
    input::NewDeliverable,
    queries::{self, DeliverableRow, Place},
};
use crate::{
    access::{Permission, authorize},
    audit,
    error::{Error, Result},
    projects::{
        self,
        queries::ProjectRow,
        record::{Deed, locked, record, require, settle},
        state::ProjectState,
    },
    tenant::{Actor, TenantTx},
};

/// Projects that something can be delivered in.
pub(super) const DELIVERED_IN: &[ProjectState] =
    &[ProjectState::Draft, ProjectState::Open, ProjectState::InProgress, ProjectState::Completed];

/// Adds the deliverable. One of a project belongs to the project's proposal, too.
///
/// # Errors
/// 403 for a client; 404 when there is no such contact, project or proposal; 409 `wrong_state`, `other_proposal`; 422.
pub async fn create(ctx: &AppContext, actor: &Actor, new: NewDeliverable) -> Result<DeliverableRow> {
    authorize(actor, Permission::WorkOnProjects)?;
    let fields = new.checked()?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let project = project_of(&mut tx, &new).await?;
    projects::queries::contact(&mut tx, new.contact_id).await?.ok_or_else(Error::not_found)?;
    let place = Place {
        contact_id: new.contact_id,
        proposal_id: project.as_ref().map(|project| project.proposal_id).or(new.proposal_id),
        project_id: project.as_ref().map(|project| project.id),
        milestone_id: new.milestone_id,
        phase_id: new.phase_id,
    };
    let id = queries::insert(&mut tx, place, new.status, new.completed_at, &fields).await?;
    let data = json!({ "title": fields.title, "status": new.status });
    written(&mut tx, project.as_ref(), Deed::both("deliverables.create", "deliverable_added"), id, data).await?;
    let row = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    tx.commit().await?;
    Ok(row)
}

/// The project that it is part of, locked.
async fn project_of(tx: &mut TenantTx, new: &NewDeliverable) -> Result<Option<ProjectRow>> {
    let id = match (new.project_id, new.proposal_id) {
        (Some(id), _) => Some(id),
        (None, Some(proposal)) => queries::project_of_proposal(tx, proposal).await?.ok_or_else(Error::not_found)?,
        (None, None) => None,
    };
    let Some(id) = id else { return Ok(None) };
    let project = locked(tx, id).await?;
    require(&project, "Adding a deliverable", DELIVERED_IN)?;
    if new.proposal_id.is_some_and(|proposal| proposal != project.proposal_id) {
        return Err(Error::conflict(
            "other_proposal",
            "The project belongs to another proposal. Leave the proposal out.",
        ));
    }
    Ok(Some(project))
}

/// The audit row and the event: in the project's timeline, when it is part of one, which then follows.
pub(super) async fn written(
    tx: &mut TenantTx,
    project: Option<&ProjectRow>,
    deed: Deed,
    id: Uuid,
    data: serde_json::Value,
) -> Result<()> {
    match project {
        Some(project) => {
            record(tx, project.id, deed, ("deliverable", id), data).await?;
            settle(tx, project).await?;
            Ok(())
        }
        None => {
            audit::record(tx, deed.action, ("deliverable", id), data.clone()).await?;
            audit::event(tx, deed.event, ("deliverable", id), data).await
        }
    }
}
