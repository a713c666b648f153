//! A new name for the workspace.

use loco_rs::app::AppContext;

use super::queries::{self, WorkspaceRow};
use crate::{
    access::{Permission, authorize},
    audit,
    error::Result,
    input::Checks,
    tenant::{Actor, TenantTx},
};

/// Renames the actor's workspace.
///
/// # Errors
/// 403 for members, 422 for the name.
pub async fn rename(ctx: &AppContext, actor: &Actor, name: &str) -> Result<WorkspaceRow> {
    authorize(actor, Permission::ChangeWorkspace)?;
    let mut checks = Checks::new();
    let name = checks.required("name", "The workspace's name", name, 255);
    checks.done()?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let row = queries::rename(&mut tx, &name).await?;
    audit::record(&mut tx, "workspaces.rename", ("workspace", row.id), serde_json::json!({ "name": name })).await?;
    audit::event(&mut tx, "workspace_renamed", ("workspace", row.id), serde_json::json!({ "name": name })).await?;
    tx.commit().await?;
    Ok(row)
}
