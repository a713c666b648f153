//! What is asked for beside the link.

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
    error::{Error, FieldError, Result},
    tenant::{Actor, TenantTx},
};

/// Sets the access code, or takes it away. Who is in must give the new one.
///
/// # Errors
/// 404, 409 `link_revoked`, 422.
pub async fn set(ctx: &AppContext, actor: &Actor, proposal_id: Uuid, id: Uuid, code: Option<&str>) -> Result<LinkRow> {
    authorize(actor, Permission::WorkWithClients)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    send::living(&mut tx, proposal_id, id).await?;
    // hashing takes long: no connection waits for it
    drop(tx);
    let hash = match code {
        Some(code) => Some(Ledgerline::of(ctx).hasher.hash(checked("code", code)?).await?),
        None => None,
    };
    let mut tx = TenantTx::begin(ctx, actor).await?;
    if !queries::lock_living(&mut tx, proposal_id, id).await? {
        return Err(send::revoked());
    }
    queries::set_code(&mut tx, id, hash.as_deref()).await?;
    let (verb, event) = match hash {
        Some(_) => ("portal_links.set_code", "portal_code_set"),
        None => ("portal_links.remove_code", "portal_code_removed"),
    };
    audit::record(&mut tx, verb, ("portal_link", id), serde_json::json!({})).await?;
    audit::event(&mut tx, event, ("proposal", proposal_id), serde_json::json!({ "linkId": id })).await?;
    let link = queries::find(&mut tx, proposal_id, id).await?.ok_or_else(Error::not_found)?;
    tx.commit().await?;
    Ok(link)
}

/// An access code as it is compared: without spaces around it.
///
/// # Errors
/// 422.
pub(super) fn checked(field: &str, code: &str) -> Result<String> {
    let code = code.trim();
    if (4..=64).contains(&code.chars().count()) {
        return Ok(code.to_owned());
    }
    let message = "Use 4 to 64 characters.";
    Err(Error::invalid(vec![FieldError::new(field, "wrong_length", message)]))
}
