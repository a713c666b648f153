//! Makes all that was mailed useless and mails anew.

use ledgerline_jobs::portal::SendPortalLink;
use loco_rs::app::AppContext;
use uuid::Uuid;

use super::{
    queries::{self, LinkRow},
    send,
};
use crate::{
    Ledgerline,
    access::{Permission, authorize},
    audit,
    error::{Error, Result},
    tenant::{Actor, TenantTx},
};

/// Ends every token and session of the link; its person gets a mail with a new address, when there is something to see and
/// the link has not run out.
///
/// # Errors
/// 404, 409 `link_revoked`, 429.
pub async fn rotate(ctx: &AppContext, actor: &Actor, proposal_id: Uuid, id: Uuid) -> Result<LinkRow> {
    authorize(actor, Permission::WorkWithClients)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    send::living(&mut tx, proposal_id, id).await?;
    drop(tx);
    send::take(&Ledgerline::of(ctx), actor).await?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    if !queries::rotate(&mut tx, proposal_id, id).await? {
        return Err(send::revoked());
    }
    let link = queries::find(&mut tx, proposal_id, id).await?.ok_or_else(Error::not_found)?;
    let engagement = queries::engagement(&mut tx, proposal_id).await?.ok_or_else(Error::not_found)?;
    if engagement.is_shown && !link.expired {
        tx.enqueue(&SendPortalLink { link_id: id }).await?;
    }
    audit::record(&mut tx, "portal_links.rotate", ("portal_link", id), serde_json::json!({})).await?;
    audit::event(&mut tx, "portal_link_rotated", ("proposal", proposal_id), serde_json::json!({ "linkId": id }))
        .await?;
    tx.commit().await?;
    Ok(link)
}
