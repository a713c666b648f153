//! A new workspace with its first owner.

use loco_rs::app::AppContext;
use uuid::Uuid;

use super::queries;
use crate::{
    accounts::session::Session,
    audit,
    error::Result,
    input::Checks,
    tenant::{Actor, Role, TenantTx, Who},
};

/// Makes a workspace of which the logged-in user is the owner.
///
/// # Errors
/// 422 for the name.
pub async fn create(ctx: &AppContext, session: &Session, name: &str, request_id: &str) -> Result<Uuid> {
    let mut checks = Checks::new();
    let name = checks.required("name", "The workspace's name", name, 255);
    checks.done()?;
    let workspace_id = Uuid::now_v7();
    let who = Who::User(session.user_id, Role::Owner);
    let actor = Actor { workspace_id, who, request_id: Some(request_id.to_owned()) };
    let mut tx = TenantTx::begin(ctx, &actor).await?;
    create_in(&mut tx, &name, session.user_id).await?;
    tx.commit().await?;
    Ok(workspace_id)
}

/// Makes the transaction's own workspace, which does not exist yet.
///
/// # Errors
/// When Postgres refuses.
pub async fn create_in(tx: &mut TenantTx, name: &str, owner: Uuid) -> Result<()> {
    queries::insert(tx, name).await?;
    queries::insert_member(tx, owner, Role::Owner).await?;
    let id = tx.workspace_id();
    audit::record(tx, "workspaces.create", ("workspace", id), serde_json::json!({ "name": name })).await?;
    audit::event(tx, "workspace_created", ("workspace", id), serde_json::json!({})).await
}
