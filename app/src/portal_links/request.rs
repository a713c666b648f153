//! "Send me a new link": for clients who have lost theirs.

use std::time::Duration;

use ledgerline_jobs::portal::SendPortalLink;
use tokio::time::Instant;
use uuid::Uuid;

use super::queries::{self, LostLink};
use crate::{
    Ledgerline,
    accounts::attempts,
    audit,
    error::{Error, FieldError, Result},
    http::extract::Peer,
    input::Checks,
    tenant::{Actor, TenantTx, Visit, Who},
};

/// Every answer takes at least this long, so that its time does not tell whether there is a link.
const FLOOR: Duration = Duration::from_millis(150);

/// Mails the links of an address, or of an engagement, to the addresses that their producers know, and tells nobody whether
/// there are any. Of a link that has run out the producer is told instead.
///
/// # Errors
/// 422 when neither is given, 429 `too_many_attempts`.
pub async fn request(
    ledgerline: &Ledgerline,
    email: Option<&str>,
    proposal_id: Option<Uuid>,
    peer: Peer,
    request_id: &str,
) -> Result<()> {
    let answer_at = Instant::now() + FLOOR;
    let email = match (email, proposal_id) {
        (Some(email), _) => {
            let mut checks = Checks::new();
            let email = checks.email("email", email);
            checks.done()?;
            Some(email)
        }
        (None, Some(_)) => None,
        (None, None) => {
            let message = "Enter the email address that the link was sent to.";
            return Err(Error::invalid(vec![FieldError::new("email", "required", message)]));
        }
    };
    let pool = &ledgerline.databases.app;
    let limits = &ledgerline.settings.limits;
    attempts::take(pool, "portal_link_address", &peer.limit_key(), limits.portal_link_per_address).await?;
    for key in [email.clone(), proposal_id.map(|id| id.to_string())].into_iter().flatten() {
        attempts::take(pool, "portal_link_email", &key, limits.portal_link_per_email).await?;
    }
    for link in queries::lost(pool, proposal_id, email.as_deref()).await? {
        ask(ledgerline, &link, request_id).await?;
    }
    tokio::time::sleep_until(answer_at).await;
    Ok(())
}

async fn ask(ledgerline: &Ledgerline, link: &LostLink, request_id: &str) -> Result<()> {
    let visit = Visit {
        proposal_id: link.proposal_id,
        project_id: link.project_id,
        client_id: link.client_id,
        contact_id: link.contact_id,
        access: link.access.parse().map_err(Error::internal)?,
    };
    let actor =
        Actor { workspace_id: link.workspace_id, who: Who::Client(visit), request_id: Some(request_id.to_owned()) };
    let mut tx = TenantTx::begin_on(&ledgerline.databases.app, &actor).await?.waking(&ledgerline.wake);
    if link.is_open {
        tx.enqueue(&SendPortalLink { link_id: link.link_id }).await?;
    }
    audit::record(&mut tx, "portal_links.request", ("portal_link", link.link_id), serde_json::json!({})).await?;
    let kind = if link.is_open { "portal_link_requested" } else { "portal_access_requested" };
    let data = serde_json::json!({ "linkId": link.link_id, "contactId": link.contact_id });
    audit::event(&mut tx, kind, ("proposal", link.proposal_id), data).await?;
    tx.commit().await
}
