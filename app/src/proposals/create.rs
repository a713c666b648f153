//! A new proposal.

use loco_rs::app::AppContext;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    input::{self, NewProposal},
    queries::{self, NewRow, ProposalRow},
    send::check_time,
};
use crate::{
    access::{Permission, authorize},
    audit, contacts,
    contacts::{queries::ContactRow, upsert::NewContact},
    error::{Error, FieldError, Result},
    input::Checks,
    tenant::{Actor, TenantTx},
};

/// Adds the proposal as a draft.
///
/// # Errors
/// 422; 409 `contact_of_another_client`.
pub async fn create(ctx: &AppContext, actor: &Actor, proposal: NewProposal) -> Result<ProposalRow> {
    authorize(actor, Permission::WorkOnProjects)?;
    let created_by = actor.user_id().ok_or_else(|| Error::internal("a proposal that no member writes"))?;
    let mut checks = Checks::new();
    let title = checks.required("title", "The title", &proposal.title, 255);
    let currency = input::currency(&mut checks, &proposal.currency);
    let plan = proposal.plan.unwrap_or_default().checked(&mut checks);
    if proposal.contact_id.is_some() == proposal.contact.is_some() {
        checks.wrong("contactId", "required", "Choose a contact, or describe one.");
    }
    checks.done()?;

    let mut tx = TenantTx::begin(ctx, actor).await?;
    if let Some(at) = proposal.valid_until {
        check_time(&mut tx, at).await?;
    }
    let contact = match (proposal.contact, proposal.contact_id) {
        (Some(contact), _) => described(&mut tx, contact).await?,
        (None, id) => chosen(&mut tx, id.unwrap_or_default()).await?,
    };
    let new = NewRow {
        client_id: contact.client_id,
        contact_id: contact.id,
        title: &title,
        currency: &currency,
        valid_until: proposal.valid_until,
        created_by,
    };
    let id = queries::insert(&mut tx, &new).await?;
    queries::plan::write(&mut tx, id, 1, &title, &plan).await?;
    record(&mut tx, "create", "proposal_created", id, json!({})).await?;
    let row = written(&mut tx, id).await?;
    tx.commit().await?;
    Ok(row)
}

/// The contact that a form describes. What is wrong with it is named as a part of the form.
async fn described(tx: &mut TenantTx, contact: NewContact) -> Result<ContactRow> {
    contacts::upsert::upsert_in(tx, contact).await.map_err(|mut error| {
        for each in &mut error.errors {
            each.field = format!("contact.{}", each.field);
        }
        error
    })
}

/// A contact who is there and not archived.
pub(super) async fn chosen(tx: &mut TenantTx, id: Uuid) -> Result<ContactRow> {
    let wrong = |code, message: &str| Error::invalid(vec![FieldError::new("contactId", code, message)]);
    let contact =
        contacts::queries::find(tx, id).await?.ok_or_else(|| wrong("unknown", "There is no such contact."))?;
    if contact.archived_at.is_some() {
        return Err(wrong("archived", "This contact is archived. Restore them first."));
    }
    Ok(contact)
}

/// The audit and the event row of a change.
pub(super) async fn record(tx: &mut TenantTx, verb: &str, event: &str, id: Uuid, data: Value) -> Result<()> {
    audit::record(tx, &format!("proposals.{verb}"), ("proposal", id), data.clone()).await?;
    audit::event(tx, event, ("proposal", id), data).await
}

/// What was just written.
pub(super) async fn written(tx: &mut TenantTx, id: Uuid) -> Result<ProposalRow> {
    queries::find(tx, id).await?.ok_or_else(|| Error::internal("a proposal that was written and is not there"))
}
