//! The access code of a link.

use axum::http::StatusCode;

use super::{
    queries,
    visit::{Found, Link},
};
use crate::{
    Ledgerline,
    accounts::attempts,
    audit,
    error::{Error, FieldError, Result},
    http::extract::Peer,
    settings::Limit,
    tenant::{Actor, TenantTx},
};

const PER_LINK: &str = "portal_code";
/// The producer hears once an hour that a link is locked.
const TOLD: Limit = Limit { burst: 1, every_seconds: 3600 };

/// Lets the session in when the code is right. After some wrong ones the link takes none for a while, and the producer is
/// told.
///
/// # Errors
/// 401 `link_required`, 404, 422 for a wrong code, 429 `code_locked`.
pub(super) async fn give(ledgerline: &Ledgerline, found: Found, code: &str, peer: Peer) -> Result<()> {
    let (link, actor) = match found {
        Found::In(_) => return Ok(()),
        Found::Nobody { signed_in: true } => return Err(Error::not_found()),
        Found::Nobody { signed_in: false } => return Err(super::visit::link_required()),
        Found::Code { link, actor } => (link, actor),
    };
    // a code is for people, who come with a browser
    let Some(session) = &link.session else { return Err(super::visit::link_required()) };
    let pool = &ledgerline.databases.app;
    let limits = &ledgerline.settings.limits;
    attempts::take(pool, "token_address", &peer.limit_key(), limits.token_per_address).await?;
    let key = link.id.to_string();
    if let Err(error) = attempts::take(pool, PER_LINK, &key, limits.portal_code_per_link).await {
        return Err(locked(ledgerline, &link, &actor, error).await?);
    }
    let hash = queries::code(pool, &session.hash()).await?;
    let right = ledgerline.hasher.verify(code.trim().to_owned(), hash.clone()).await?;
    let mut conn = pool.acquire().await?;
    let admitted = match hash.filter(|_| right) {
        Some(hash) => queries::admit(&mut conn, &session.hash(), &hash).await?,
        None => false,
    };
    if !admitted {
        let message = "This is not the code. Ask the sender of the link for it.";
        return Err(Error::invalid(vec![FieldError::new("code", "wrong", message)]));
    }
    attempts::forgive(&mut conn, PER_LINK, &key).await
}

async fn locked(ledgerline: &Ledgerline, link: &Link, actor: &Actor, error: Error) -> Result<Error> {
    if error.status != StatusCode::TOO_MANY_REQUESTS {
        return Ok(error);
    }
    if attempts::take(&ledgerline.databases.app, "portal_code_told", &link.id.to_string(), TOLD).await.is_ok()
        && let Some(visit) = actor.visit()
    {
        let mut tx = TenantTx::begin_on(&ledgerline.databases.app, actor).await?;
        audit::record(&mut tx, "portal_links.lock_code", ("portal_link", link.id), serde_json::json!({})).await?;
        let data = serde_json::json!({ "linkId": link.id, "contactId": visit.contact_id });
        audit::event(&mut tx, "portal_code_locked", ("proposal", visit.proposal_id), data).await?;
        tx.commit().await?;
    }
    let minutes = error.retry_after.unwrap_or(60).div_ceil(60);
    let detail = format!("Too many wrong codes. Try again in {minutes} minutes, or ask the sender of the link.");
    Ok(Error { code: "code_locked", detail: detail.into(), ..error })
}
