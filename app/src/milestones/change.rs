//! Planning: milestones are added, changed, ordered and removed while their project is worked on.

use std::collections::BTreeSet;

use loco_rs::app::AppContext;
use serde_json::json;
use uuid::Uuid;

use super::{
    input::{MilestoneChange, MilestoneOrder, NewMilestone},
    queries::{self, Fields, MilestoneRow},
};
use crate::{
    access::{Permission, authorize},
    error::{Error, FieldError, Result},
    projects::{
        queries::ProjectRow,
        record::{Deed, locked, record, require, settle},
        state::{MilestoneState, ProjectState},
    },
    states::not_while,
    tenant::{Actor, TenantTx},
};

/// The most milestones of a project: all of them stand on one page.
const MOST: usize = 200;

/// Adds a milestone at the end.
///
/// # Errors
/// 404; 409 `wrong_state`, `too_many_milestones`; 422, also when the milestones add up to more than the project's amount.
pub async fn add(ctx: &AppContext, actor: &Actor, project_id: Uuid, new: NewMilestone) -> Result<MilestoneRow> {
    authorize(actor, Permission::WorkOnProjects)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let project = locked(&mut tx, project_id).await?;
    require(&project, "Adding a milestone", ProjectState::PLANNED)?;
    let fields = new.checked()?;
    if queries::of_project(&mut tx, project_id).await?.len() >= MOST {
        return Err(Error::conflict("too_many_milestones", format!("A project has at most {MOST} milestones.")));
    }
    fits(&project, project.milestones_minor, fields.amount_minor)?;
    let id = queries::insert(&mut tx, project_id, &fields).await?;
    let deed = Deed::producer("milestones.create", "milestone_added");
    record(&mut tx, project_id, deed, ("milestone", id), json!({ "title": fields.name })).await?;
    end(tx, &project, id).await
}

/// Changes the version that was read.
///
/// # Errors
/// 404; 409 `stale_version`, `wrong_state`, `milestone_in_schedule`; 422.
pub async fn update(ctx: &AppContext, actor: &Actor, id: Uuid, change: MilestoneChange) -> Result<MilestoneRow> {
    authorize(actor, Permission::WorkOnProjects)?;
    let (mut tx, project, before) = within(ctx, actor, id).await?;
    if before.version != change.version {
        return Err(Error::conflict(
            "stale_version",
            "Someone has changed this milestone meanwhile. Load it again, then make your change.",
        ));
    }
    require(&project, "Changing a milestone", ProjectState::PLANNED)?;
    let fields = change.onto(&before)?;
    if fields == Fields::from(&before) {
        return Ok(before);
    }
    if fields.amount_minor != before.amount_minor {
        if before.is_in_schedule {
            return Err(in_schedule());
        }
        fits(&project, project.milestones_minor - before.amount_minor, fields.amount_minor)?;
    }
    let edited: Vec<String> = MilestoneState::EDITED.iter().map(|state| state.as_str().to_owned()).collect();
    if !queries::update(&mut tx, id, &edited, &fields).await? {
        return Err(not_while("Changing it", before.state, MilestoneState::EDITED));
    }
    let deed = Deed::producer("milestones.update", "milestone_updated");
    record(&mut tx, project.id, deed, ("milestone", id), json!({ "title": fields.name })).await?;
    end(tx, &project, id).await
}

/// Puts all milestones of a project into an order.
///
/// # Errors
/// 404; 409 `stale_order` when these are not all of them, `wrong_state`.
pub async fn order(
    ctx: &AppContext,
    actor: &Actor,
    project_id: Uuid,
    order: MilestoneOrder,
) -> Result<Vec<MilestoneRow>> {
    authorize(actor, Permission::WorkOnProjects)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let project = locked(&mut tx, project_id).await?;
    require(&project, "Ordering milestones", ProjectState::PLANNED)?;
    let there: BTreeSet<Uuid> = queries::of_project(&mut tx, project_id).await?.iter().map(|row| row.id).collect();
    let wanted: BTreeSet<Uuid> = order.ids.iter().copied().collect();
    if there != wanted || order.ids.len() != wanted.len() {
        let detail = "These are not all milestones of the project, each once. Load them again, then order them.";
        return Err(Error::conflict("stale_order", detail));
    }
    queries::set_order(&mut tx, project_id, &order.ids).await?;
    let deed = Deed::producer("milestones.order", "milestones_ordered");
    record(&mut tx, project_id, deed, ("project", project_id), json!({})).await?;
    let rows = queries::of_project(&mut tx, project_id).await?;
    tx.commit().await?;
    Ok(rows)
}

/// Removes a milestone that was added by hand and not handed in.
///
/// # Errors
/// 404; 409 `wrong_state`, `milestone_in_schedule`, `milestone_in_plan`.
pub async fn remove(ctx: &AppContext, actor: &Actor, id: Uuid) -> Result<()> {
    authorize(actor, Permission::WorkOnProjects)?;
    let (mut tx, project, before) = within(ctx, actor, id).await?;
    require(&project, "Removing a milestone", ProjectState::PLANNED)?;
    if before.plan_milestone_id.is_some() {
        let detail = "This milestone was agreed in the proposal. Cancel it instead.";
        return Err(Error::conflict("milestone_in_plan", detail));
    }
    if before.is_in_schedule {
        return Err(in_schedule());
    }
    if !queries::delete(&mut tx, id).await? {
        return Err(not_while("Removing it", before.state, &[MilestoneState::Pending]));
    }
    let deed = Deed::producer("milestones.remove", "milestone_removed");
    record(&mut tx, project.id, deed, ("milestone", id), json!({ "title": before.name })).await?;
    settle(&mut tx, &project).await?;
    tx.commit().await
}

/// A milestone with its project, which is locked first.
pub(super) async fn within(ctx: &AppContext, actor: &Actor, id: Uuid) -> Result<(TenantTx, ProjectRow, MilestoneRow)> {
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let project_id = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?.project_id;
    let project = locked(&mut tx, project_id).await?;
    let milestone = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    Ok((tx, project, milestone))
}

/// Settles the project and makes it true.
pub(super) async fn end(mut tx: TenantTx, project: &ProjectRow, id: Uuid) -> Result<MilestoneRow> {
    settle(&mut tx, project).await?;
    let row = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    tx.commit().await?;
    Ok(row)
}

/// 409: a payment that was agreed on is due with it.
pub(super) fn in_schedule() -> Error {
    Error::conflict("milestone_in_schedule", "A payment that was agreed on is due with this milestone.")
}

/// Milestones never add up to more than the project's amount.
fn fits(project: &ProjectRow, others: i64, minor: i64) -> Result<()> {
    let left = project.amount_minor - others;
    if minor <= left {
        return Ok(());
    }
    let message = format!(
        "The milestones would add up to more than the project's amount: {left} minor units of {} are left.",
        project.currency
    );
    Err(Error::invalid(vec![FieldError::new("amountMinor", "above_project", message)]))
}
