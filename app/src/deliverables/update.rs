//! Changes a deliverable and how far it is.

use loco_rs::app::AppContext;
use serde_json::json;
use uuid::Uuid;

use super::{
    create::{DELIVERED_IN, written},
    input::DeliverableChange,
    queries::{self, DeliverableRow, Fields},
};
use crate::{
    access::{Permission, authorize},
    error::{Error, Result},
    projects::record::{Deed, locked, require},
    tenant::{Actor, TenantTx},
};

/// Applies the change.
///
/// # Errors
/// 403 for a client; 404; 409 `stale_version`, `wrong_state`; 422.
pub async fn update(ctx: &AppContext, actor: &Actor, id: Uuid, change: DeliverableChange) -> Result<DeliverableRow> {
    authorize(actor, Permission::WorkOnProjects)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let seen = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    let project = match seen.project_id {
        Some(project) => Some(locked(&mut tx, project).await?),
        None => None,
    };
    let before = queries::lock(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    if change.version.is_some_and(|version| version != before.version) {
        return Err(Error::conflict(
            "stale_version",
            "Someone has changed this deliverable meanwhile. Load it again, then make your change.",
        ));
    }
    if let Some(project) = &project {
        require(project, "Changing a deliverable", DELIVERED_IN)?;
    }
    let (status, completed_at) = (change.status, change.completed_at);
    let fields = change.onto(&before)?;
    let is_edited = fields != Fields::from(&before);
    if is_edited {
        queries::update(&mut tx, id, &fields).await?;
        let data = json!({ "title": fields.title });
        let deed = Deed::producer("deliverables.update", "deliverable_updated");
        written(&mut tx, project.as_ref(), deed, id, data).await?;
    }
    let moved = status.filter(|status| *status != before.state);
    if let Some(status) = moved {
        let step = status.step_to();
        if !queries::advance(&mut tx, id, &step, completed_at).await? {
            return Err(step.refused(before.state));
        }
        let data = json!({ "title": fields.title, "from": before.state, "status": status });
        let deed = Deed::both("deliverables.move", "deliverable_moved");
        written(&mut tx, project.as_ref(), deed, id, data).await?;
    }
    let row = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    if is_edited || moved.is_some() {
        tx.commit().await?;
    }
    Ok(row)
}
