//! Changes a project, if nobody else has meanwhile.

use loco_rs::app::AppContext;
use serde_json::json;
use uuid::Uuid;

use super::{
    input::ProjectChange,
    queries::{self, Fields, ProjectRow},
    record::{Deed, locked, record, require, settle},
    state::{ProjectState, SubmissionState},
};
use crate::{
    access::{Permission, authorize},
    error::{Error, FieldError, Result},
    tenant::{Actor, TenantTx},
};

/// Applies the change to the version that was read.
///
/// # Errors
/// 404; 409 `stale_version`, `wrong_state`, `amount_agreed`; 422.
pub async fn update(ctx: &AppContext, actor: &Actor, id: Uuid, change: ProjectChange) -> Result<ProjectRow> {
    authorize(actor, Permission::WorkOnProjects)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let before = locked(&mut tx, id).await?;
    if before.version != change.version {
        return Err(Error::conflict(
            "stale_version",
            "Someone has changed this project meanwhile. Load it again, then make your change.",
        ));
    }
    require(&before, "Changing it", ProjectState::PLANNED)?;
    let fields = change.onto(&before)?;
    let shown = Fields::from(&before);
    let changed = differing(&shown, &fields);
    if changed.is_empty() {
        return Ok(before);
    }
    if fields.amount_minor != before.amount_minor {
        check_amount(&before, fields.amount_minor)?;
    }
    queries::update(&mut tx, id, &fields).await?;
    if fields.amount_minor != before.amount_minor {
        queries::carry_amount(&mut tx, id).await?;
    }
    let deed = Deed::producer("projects.update", "project_updated");
    record(&mut tx, id, deed, ("project", id), json!({ "fields": changed })).await?;
    let row = settle(&mut tx, &before).await?;
    tx.commit().await?;
    Ok(row)
}

/// The amount is free until somebody has agreed to it: in a proposal, by approving, or by paying.
fn check_amount(project: &ProjectRow, minor: i64) -> Result<()> {
    let why = if !project.is_implicit {
        Some("The amount was agreed in the proposal.")
    } else if project.is_paying {
        Some("Something was paid already, or is being paid.")
    } else if matches!(project.submission_state, SubmissionState::Approved | SubmissionState::Completed) {
        Some("The client has approved the work for this amount.")
    } else {
        None
    };
    if let Some(why) = why {
        return Err(Error::conflict("amount_agreed", why));
    }
    if minor < project.milestones_minor {
        let message = "The milestones add up to more than that. Make them smaller first.";
        return Err(Error::invalid(vec![FieldError::new("amountMinor", "below_milestones", message)]));
    }
    Ok(())
}

/// Names of the fields that differ: the audit log says what was touched, and holds no copy of it.
fn differing(before: &Fields, after: &Fields) -> Vec<&'static str> {
    let pairs = [
        ("title", before.title == after.title),
        ("description", before.description == after.description),
        ("projectType", before.project_type == after.project_type),
        ("amountMinor", before.amount_minor == after.amount_minor),
        ("deadline", before.deadline == after.deadline),
        ("estimatedDays", before.estimated_days == after.estimated_days),
        ("licenceRequired", before.licence_required == after.licence_required),
        ("originalsOpen", before.originals_open == after.originals_open),
        ("paysMilestonesInOrder", before.pays_milestones_in_order == after.pays_milestones_in_order),
    ];
    pairs.into_iter().filter(|(_, same)| !same).map(|(name, _)| name).collect()
}
