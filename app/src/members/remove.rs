//! A member leaves the workspace, in every browser at the same moment.

use loco_rs::app::AppContext;
use uuid::Uuid;

use super::{
    change_role::{keep_an_owner, still_permitted},
    queries,
};
use crate::{
    access::{Permission, authorize},
    audit,
    error::{Error, Result},
    tenant::{Actor, TenantTx},
};

/// Removes the member, unless the workspace would be left without an owner.
///
/// # Errors
/// 403 unless owner, 404, 409 `last_owner`.
pub async fn remove(ctx: &AppContext, actor: &Actor, user_id: Uuid) -> Result<()> {
    authorize(actor, Permission::ChangeMembers)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let owners = queries::lock_owners(&mut tx).await?;
    let member = queries::find(&mut tx, user_id).await?.ok_or_else(Error::not_found)?;
    still_permitted(&owners, actor)?;
    keep_an_owner(&owners, user_id)?;
    queries::delete(&mut tx, user_id).await?;
    let data = serde_json::json!({ "role": member.role });
    audit::record(&mut tx, "members.remove", ("user", user_id), data.clone()).await?;
    audit::event(&mut tx, "member_removed", ("user", user_id), data).await?;
    tx.commit().await
}
