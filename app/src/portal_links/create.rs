//! Gives a person a link.

use chrono::{DateTime, TimeDelta, Utc};
use ledgerline_jobs::portal::SendPortalLink;
use loco_rs::app::AppContext;
use uuid::Uuid;

use super::{
    access_code,
    queries::{self, LinkRow},
    send,
    view::NewPortalLink,
};
use crate::{
    Ledgerline,
    access::{Permission, authorize},
    audit,
    error::{Error, FieldError, Result},
    tenant::{Actor, TenantTx},
};

/// How long a link works unless somebody says otherwise.
const DAYS: i64 = 90;
/// How long it may work.
const MAX_DAYS: i64 = 730;

/// Makes the link and asks for its mail.
///
/// # Errors
/// 404, 409 `link_exists` or `proposal_not_sent`, 422, 429.
pub async fn create(ctx: &AppContext, actor: &Actor, proposal_id: Uuid, new: NewPortalLink) -> Result<LinkRow> {
    authorize(actor, Permission::WorkWithClients)?;
    let ledgerline = Ledgerline::of(ctx);
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let engagement = queries::engagement(&mut tx, proposal_id).await?.ok_or_else(Error::not_found)?;
    let contact_id = new.contact_id.unwrap_or(engagement.contact_id);
    is_reachable(&mut tx, engagement.client_id, contact_id).await?;
    let now = queries::now(&mut tx).await?;
    let expires_at = until(now, new.expires_at)?;
    let code = new.access_code.as_deref().map(|code| access_code::checked("accessCode", code)).transpose()?;
    if new.send == Some(true) && !engagement.is_shown {
        return Err(send::not_sent());
    }
    if let Some(existing) = queries::living(&mut tx, proposal_id, contact_id).await? {
        let message = "This person has a link already. Send that one again, or rotate it.";
        let taken = FieldError::new("contactId", "taken", message);
        return Err(Error::conflict("link_exists", message).with_field(taken).existing(Some(existing)));
    }
    // hashing takes long: no connection waits for it
    drop(tx);
    let hash = match code {
        Some(code) => Some(ledgerline.hasher.hash(code).await?),
        None => None,
    };
    let mailed = new.send.unwrap_or(true) && engagement.is_shown;
    if mailed {
        send::take(&ledgerline, actor).await?;
    }

    let mut tx = TenantTx::begin(ctx, actor).await?;
    let id = insert(&mut tx, proposal_id, engagement.client_id, contact_id, expires_at).await?;
    if hash.is_some() {
        queries::set_code(&mut tx, id, hash.as_deref()).await?;
    }
    if mailed {
        tx.enqueue(&SendPortalLink { link_id: id }).await?;
    }
    let row = queries::find(&mut tx, proposal_id, id).await?.ok_or_else(Error::not_found)?;
    tx.commit().await?;
    Ok(row)
}

/// Makes sure that a person has a link, and asks for its mail: what sending a proposal and starting a project end with, in
/// their transaction. Whoever cannot be mailed gets none.
///
/// # Errors
/// When Postgres refuses.
pub async fn invite_in(
    tx: &mut TenantTx,
    proposal_id: Uuid,
    client_id: Uuid,
    contact_id: Uuid,
) -> Result<Option<Uuid>> {
    if queries::can_be_mailed(tx, client_id, contact_id).await? != Some(true) {
        return Ok(None);
    }
    let expires_at = until(queries::now(tx).await?, None)?;
    let id = match queries::living(tx, proposal_id, contact_id).await? {
        Some(id) => {
            queries::renew(tx, id, expires_at).await?;
            id
        }
        None => insert(tx, proposal_id, client_id, contact_id, expires_at).await?,
    };
    tx.enqueue(&SendPortalLink { link_id: id }).await?;
    Ok(Some(id))
}

async fn insert(
    tx: &mut TenantTx,
    proposal_id: Uuid,
    client_id: Uuid,
    contact_id: Uuid,
    expires_at: DateTime<Utc>,
) -> Result<Uuid> {
    let by = tx.actor().user_id().ok_or_else(|| Error::internal("only members give links"))?;
    let id = queries::insert(tx, proposal_id, client_id, contact_id, expires_at, by).await?;
    let data = serde_json::json!({ "proposalId": proposal_id, "contactId": contact_id, "expiresAt": expires_at });
    audit::record(tx, "portal_links.create", ("portal_link", id), data).await?;
    let data = serde_json::json!({ "linkId": id, "contactId": contact_id });
    audit::event(tx, "portal_link_created", ("proposal", proposal_id), data).await?;
    Ok(id)
}

/// Until when a link works.
///
/// # Errors
/// 422 for a time that has passed or is more than two years away.
pub(super) fn until(now: DateTime<Utc>, asked: Option<DateTime<Utc>>) -> Result<DateTime<Utc>> {
    let at = asked.unwrap_or(now + TimeDelta::days(DAYS));
    if at > now && at <= now + TimeDelta::days(MAX_DAYS) {
        return Ok(at);
    }
    let message = "Choose a time that is to come, and no more than two years away.";
    Err(Error::invalid(vec![FieldError::new("expiresAt", "out_of_range", message)]))
}

async fn is_reachable(tx: &mut TenantTx, client_id: Uuid, contact_id: Uuid) -> Result<()> {
    let (code, message) = match queries::can_be_mailed(tx, client_id, contact_id).await? {
        Some(true) => return Ok(()),
        Some(false) => ("no_email", "This contact has no email address. Add one first: the link goes there."),
        None => ("unknown", "Choose one of the client's contacts."),
    };
    Err(Error::invalid(vec![FieldError::new("contactId", code, message)]))
}
