//! Takes an invitation back: its link stops working.

use loco_rs::app::AppContext;
use uuid::Uuid;

use super::queries;
use crate::{
    access::{Permission, authorize},
    audit,
    error::{Error, Result},
    tenant::{Actor, TenantTx},
};

/// Withdraws an open invitation.
///
/// # Errors
/// 403, 404.
pub async fn withdraw(ctx: &AppContext, actor: &Actor, id: Uuid) -> Result<()> {
    authorize(actor, Permission::Invite)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    if !queries::withdraw(&mut tx, id).await? {
        return Err(Error::not_found());
    }
    audit::record(&mut tx, "invitations.withdraw", ("invitation", id), serde_json::json!({})).await?;
    audit::event(&mut tx, "invitation_withdrawn", ("invitation", id), serde_json::json!({})).await?;
    tx.commit().await
}
