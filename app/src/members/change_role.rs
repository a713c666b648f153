//! Another role for a member.

use loco_rs::app::AppContext;
use uuid::Uuid;

use super::queries::{self, MemberRow};
use crate::{
    access::{Permission, authorize},
    audit,
    error::{Error, Result},
    tenant::{Actor, Role, TenantTx},
};

/// Changes the role, unless the workspace would be left without an owner.
///
/// # Errors
/// 403 unless owner, 404, 409 `last_owner`.
pub async fn change_role(ctx: &AppContext, actor: &Actor, user_id: Uuid, role: Role) -> Result<MemberRow> {
    authorize(actor, Permission::ChangeMembers)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let owners = queries::lock_owners(&mut tx).await?;
    let member = queries::find(&mut tx, user_id).await?.ok_or_else(Error::not_found)?;
    still_permitted(&owners, actor)?;
    if role != Role::Owner {
        keep_an_owner(&owners, user_id)?;
    }
    queries::change_role(&mut tx, user_id, role).await?;
    let data = serde_json::json!({ "from": member.role, "to": role });
    audit::record(&mut tx, "members.change_role", ("user", user_id), data.clone()).await?;
    audit::event(&mut tx, "member_role_changed", ("user", user_id), data).await?;
    tx.commit().await?;
    Ok(MemberRow { role: role.as_str().to_owned(), ..member })
}

/// The session's role was read before the owners were locked; another owner may have taken it away since.
pub(super) fn still_permitted(owners: &[Uuid], actor: &Actor) -> Result<()> {
    match actor.user_id() {
        Some(id) if !owners.contains(&id) => Err(Error::forbidden("Only an owner of the workspace may do this.")),
        _ => Ok(()),
    }
}

pub(super) fn keep_an_owner(owners: &[Uuid], leaving: Uuid) -> Result<()> {
    if owners == [leaving] {
        return Err(Error::conflict(
            "last_owner",
            "This is the only owner of the workspace. Make someone else an owner first.",
        ));
    }
    Ok(())
}
