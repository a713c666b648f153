//! Gives a link more time, or less.

use loco_rs::app::AppContext;
use uuid::Uuid;

use super::{
    create,
    queries::{self, LinkRow},
    send,
    view::PortalLinkChange,
};
use crate::{
    access::{Permission, authorize},
    audit,
    error::{Error, Result},
    tenant::{Actor, TenantTx},
};

/// Changes until when the link works. One that has run out works again, with the mails that were sent for it.
///
/// # Errors
/// 404, 409 `link_revoked`, 422.
pub async fn change(
    ctx: &AppContext,
    actor: &Actor,
    proposal_id: Uuid,
    id: Uuid,
    change: PortalLinkChange,
) -> Result<LinkRow> {
    authorize(actor, Permission::WorkWithClients)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let before = send::living(&mut tx, proposal_id, id).await?;
    let Some(at) = change.expires_at else { return Ok(before) };
    let now = queries::now(&mut tx).await?;
    let at = create::until(now, Some(at))?;
    if !queries::set_expiry(&mut tx, proposal_id, id, at).await? {
        return Err(send::revoked());
    }
    let data = serde_json::json!({ "expiresAt": { "from": before.expires_at, "to": at } });
    audit::record(&mut tx, "portal_links.change", ("portal_link", id), data).await?;
    let data = serde_json::json!({ "linkId": id, "expiresAt": at });
    audit::event(&mut tx, "portal_link_changed", ("proposal", proposal_id), data).await?;
    let link = queries::find(&mut tx, proposal_id, id).await?.ok_or_else(Error::not_found)?;
    tx.commit().await?;
    Ok(link)
}
