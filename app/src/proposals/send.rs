//! Sends a proposal: from now on its version stays as it is, and the client can decide on it.

use chrono::{DateTime, Utc};
use loco_rs::app::AppContext;
use serde_json::json;
use uuid::Uuid;

use super::{
    create::{record, written},
    expire,
    queries::{self, ProposalRow},
    state::SEND,
};
use crate::{
    Ledgerline,
    access::{Permission, authorize},
    contacts,
    error::{Error, FieldError, Result},
    page::is_our_time,
    portal_links,
    tenant::{Actor, TenantTx},
};

/// Sends the version that was written last, and mails the contact the link to it.
///
/// # Errors
/// 404; 409 `wrong_state`, `stale_version`, `nothing_to_send` when the client has the last version; 422 when sums do not
/// fit, the contact cannot be written to, or the time to decide is over; 429.
pub async fn send(ctx: &AppContext, actor: &Actor, id: Uuid, version: i32) -> Result<ProposalRow> {
    authorize(actor, Permission::WorkOnProjects)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let before = queries::lock(&mut tx, id).await?;
    if !SEND.begins_in(before.state) {
        return Err(SEND.refused(before.state));
    }
    check_version(&before, version)?;
    if before.sent_version == Some(before.current_version) {
        let detail = "The client has this version already. Change the proposal to send a new one.";
        return Err(Error::conflict("nothing_to_send", detail));
    }
    portal_links::send::take(&Ledgerline::of(ctx), actor).await?;
    let plan = queries::plan::read(&mut tx, id, before.current_version).await?.unwrap_or_default();
    plan.sendable(reachable(&mut tx, &before).await?)?;
    if let Some(at) = before.valid_until {
        check_time(&mut tx, at).await?;
        expire::ask(&mut tx, id, at).await?;
    }
    let title = title_of(&mut tx, &before).await?;
    if !queries::send(&mut tx, id, &SEND, &title, before.valid_until).await? {
        return Err(SEND.refused(before.state));
    }
    let data = json!({
        "version": before.current_version, "contactId": before.contact_id,
        "totalMinor": plan.total_minor, "currency": before.currency,
    });
    record(&mut tx, "send", "proposal_sent", id, data).await?;
    portal_links::create::invite_in(&mut tx, id, before.client_id, before.contact_id).await?;
    let row = written(&mut tx, id).await?;
    tx.commit().await?;
    Ok(row)
}

/// What is in the way of writing to the contact.
async fn reachable(tx: &mut TenantTx, proposal: &ProposalRow) -> Result<Vec<FieldError>> {
    let contact = contacts::queries::find(tx, proposal.contact_id).await?.ok_or_else(Error::not_found)?;
    let wrong = |code, message: &str| vec![FieldError::new("contactId", code, message)];
    Ok(if contact.archived_at.is_some() {
        wrong("archived", "The contact is archived. Restore them, or choose another.")
    } else if contact.email.is_none() {
        wrong("no_email", "The contact has no email address. Add one, or choose another contact.")
    } else {
        Vec::new()
    })
}

/// The title as the current version has it.
pub(super) async fn title_of(tx: &mut TenantTx, proposal: &ProposalRow) -> Result<String> {
    let versions = queries::plan::versions(tx, proposal.id, proposal.current_version).await?;
    Ok(versions.into_iter().next().and_then(|current| current.title).unwrap_or_else(|| proposal.title.clone()))
}

/// 409 when somebody has changed it since.
pub(super) fn check_version(before: &ProposalRow, version: i32) -> Result<()> {
    if before.version == version {
        return Ok(());
    }
    let detail = "Someone has changed this proposal meanwhile. Load it again, then make your change.";
    Err(Error::conflict("stale_version", detail))
}

/// 422 for a time to decide that is over, or that no calendar has.
pub(super) async fn check_time(tx: &mut TenantTx, at: DateTime<Utc>) -> Result<()> {
    let message = if !is_our_time(&at) {
        "Choose a day that is to come."
    } else if queries::is_ahead(tx, at).await? {
        return Ok(());
    } else {
        "The time to decide must be ahead."
    };
    Err(Error::invalid(vec![FieldError::new("validUntil", "past", message)]))
}
