//! Invites an address.

use ledgerline_jobs::invitations::SendInvitation;
use loco_rs::app::AppContext;

use super::queries::{self, InvitationRow};
use crate::{
    Ledgerline,
    access::{Permission, authorize},
    accounts::attempts,
    audit,
    error::{Error, FieldError, Result},
    input::Checks,
    tenant::{Actor, Role, TenantTx},
};

/// Makes the invitation and asks for its mail. Only owners invite owners.
///
/// # Errors
/// 403, 409 `already_member` or `already_invited`, 422, 429.
pub async fn invite(ctx: &AppContext, actor: &Actor, email: &str, role: Role) -> Result<InvitationRow> {
    authorize(actor, Permission::Invite)?;
    if role == Role::Owner {
        authorize(actor, Permission::InviteOwners)?;
    }
    let mut checks = Checks::new();
    let email = checks.email("email", email);
    checks.done()?;
    let inviter = actor.user_id().ok_or_else(|| Error::internal("only people invite people"))?;
    let ledgerline = Ledgerline::of(ctx);
    let limit = ledgerline.settings.limits.invite_per_workspace;
    attempts::take(&ledgerline.databases.app, "invite_workspace", &actor.workspace_id.to_string(), limit).await?;

    let mut tx = TenantTx::begin(ctx, actor).await?;
    if queries::is_member(&mut tx, &email).await? {
        let message = "This address belongs to a member of the workspace.";
        return Err(Error::conflict("already_member", message).with_field(FieldError::new("email", "taken", message)));
    }
    queries::withdraw_expired(&mut tx, &email).await?;
    let row = queries::insert(&mut tx, &email, role, inviter).await?;
    tx.enqueue(&SendInvitation { invitation_id: row.id }).await?;
    let data = serde_json::json!({ "role": role });
    audit::record(&mut tx, "invitations.create", ("invitation", row.id), data.clone()).await?;
    audit::event(&mut tx, "member_invited", ("invitation", row.id), data).await?;
    tx.commit().await?;
    Ok(row)
}
