//! The steps of a project that a producer takes. It begins with its first work, and is completed with its submission.

use loco_rs::app::AppContext;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    input::Cancellation,
    queries::{self, ProjectRow},
    record::{Deed, locked, record, settle},
    state::{ARCHIVE, CANCEL, OPEN, ProjectState, UNARCHIVE},
};
use crate::{
    access::{Permission, authorize},
    error::Result,
    input::Checks,
    states::Step,
    tenant::{Actor, TenantTx},
};

/// draft → open.
///
/// # Errors
/// 404; 409 `wrong_state`.
pub async fn open(ctx: &AppContext, actor: &Actor, id: Uuid) -> Result<ProjectRow> {
    take(ctx, actor, id, &OPEN, Deed::both("projects.open", "project_opened"), json!({})).await
}

/// completed → archived.
///
/// # Errors
/// 404; 409 `wrong_state`.
pub async fn archive(ctx: &AppContext, actor: &Actor, id: Uuid) -> Result<ProjectRow> {
    take(ctx, actor, id, &ARCHIVE, Deed::producer("projects.archive", "project_archived"), json!({})).await
}

/// archived → completed.
///
/// # Errors
/// 404; 409 `wrong_state`.
pub async fn unarchive(ctx: &AppContext, actor: &Actor, id: Uuid) -> Result<ProjectRow> {
    take(ctx, actor, id, &UNARCHIVE, Deed::producer("projects.unarchive", "project_unarchived"), json!({})).await
}

/// any → cancelled. What was to be paid is no longer; what was paid stays paid.
///
/// # Errors
/// 404; 409 `wrong_state`; 422.
pub async fn cancel(ctx: &AppContext, actor: &Actor, id: Uuid, why: Cancellation) -> Result<ProjectRow> {
    let mut checks = Checks::new();
    let reason = checks.text("reason", "The reason", why.reason.as_deref(), 4_000);
    checks.done()?;
    let deed = Deed::both("projects.cancel", "project_cancelled");
    take(ctx, actor, id, &CANCEL, deed, json!({ "reason": reason })).await
}

async fn take(
    ctx: &AppContext,
    actor: &Actor,
    id: Uuid,
    step: &Step<ProjectState>,
    deed: Deed,
    data: Value,
) -> Result<ProjectRow> {
    authorize(actor, Permission::WorkOnProjects)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let before = locked(&mut tx, id).await?;
    if !queries::advance(&mut tx, id, step).await? {
        return Err(step.refused(before.state));
    }
    if step.to == ProjectState::Cancelled {
        queries::waive_payments(&mut tx, id).await?;
    }
    record(&mut tx, id, deed, ("project", id), data).await?;
    let row = settle(&mut tx, &before).await?;
    tx.commit().await?;
    Ok(row)
}
