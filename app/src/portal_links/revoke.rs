//! Shuts a link for good.

use loco_rs::app::AppContext;
use uuid::Uuid;

use super::{
    queries::{self, LinkRow},
    send,
};
use crate::{
    access::{Permission, authorize},
    audit,
    error::{Error, Result},
    tenant::{Actor, TenantTx},
};

/// Ends every token and session of the link. Its person may be given a new one.
///
/// # Errors
/// 404, 409 `link_revoked`.
pub async fn revoke(ctx: &AppContext, actor: &Actor, proposal_id: Uuid, id: Uuid) -> Result<LinkRow> {
    authorize(actor, Permission::WorkWithClients)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    send::living(&mut tx, proposal_id, id).await?;
    if !queries::revoke(&mut tx, proposal_id, id).await? {
        return Err(send::revoked());
    }
    audit::record(&mut tx, "portal_links.revoke", ("portal_link", id), serde_json::json!({})).await?;
    audit::event(&mut tx, "portal_link_revoked", ("proposal", proposal_id), serde_json::json!({ "linkId": id }))
        .await?;
    let link = queries::find(&mut tx, proposal_id, id).await?.ok_or_else(Error::not_found)?;
    tx.commit().await?;
    Ok(link)
}
