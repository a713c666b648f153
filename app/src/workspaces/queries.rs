//! Every statement of the slice.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    error::Result,
    tenant::{Role, TenantTx},
};

/// One row.
#[derive(Debug)]
pub struct WorkspaceRow {
    /// The workspace.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// Inserts the transaction's own workspace.
pub(crate) async fn insert(tx: &mut TenantTx, name: &str) -> Result<()> {
    sqlx::query!(
        "insert into workspaces (id, name, created_at, updated_at) values (current_workspace(), $1, app_now(), app_now())",
        name
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(crate) async fn insert_member(tx: &mut TenantTx, user_id: Uuid, role: Role) -> Result<()> {
    sqlx::query!(
        "insert into members (workspace_id, user_id, role, created_at) values (current_workspace(), $1, $2, app_now())",
        user_id,
        role.as_str(),
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(crate) async fn find(tx: &mut TenantTx) -> Result<WorkspaceRow> {
    Ok(sqlx::query_as!(WorkspaceRow, "select id, name, created_at from workspaces where id = current_workspace()")
        .fetch_one(&mut **tx)
        .await?)
}

pub(crate) async fn rename(tx: &mut TenantTx, name: &str) -> Result<WorkspaceRow> {
    Ok(sqlx::query_as!(
        WorkspaceRow,
        "update workspaces set name = $1, updated_at = app_now() where id = current_workspace()
         returning id, name, created_at",
        name
    )
    .fetch_one(&mut **tx)
    .await?)
}
