//! Takes an invitation back: its link stops working.

use loco_rs::app::AppContext;
use uuid::Uuid;

use super::queries;
use crate::{
    access::{Permission, authorize},
    audit,
    error::{Error, Result},
    tenant::{Actor, Role, TenantTx},
};

/// Withdraws an open invitation. Only owners withdraw what makes an owner.
///
/// # Errors
/// 403, 404.
pub async fn withdraw(ctx: &AppContext, actor: &Actor, id: Uuid) -> Result<()> {
    authorize(actor, Permission::Invite)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let role: Role =
        queries::withdraw(&mut tx, id).await?.ok_or_else(Error::not_found)?.parse().map_err(Error::internal)?;
    if role == Role::Owner {
        authorize(actor, Permission::InviteOwners)?;
    }
    audit::record(&mut tx, "invitations.withdraw", ("invitation", id), serde_json::json!({})).await?;
    audit::event(&mut tx, "invitation_withdrawn", ("invitation", id), serde_json::json!({})).await?;
    tx.commit().await
}
