//! A new project: made by a producer, or out of an approved proposal.

use loco_rs::app::AppContext;
use serde_json::json;
use uuid::Uuid;

use super::{
    input::{NewProject, ProjectContact},
    queries::{self, Fields, For, ProjectRow},
    record::{Deed, locked, record},
    state::ProjectState,
};
use crate::{
    Ledgerline,
    access::{Permission, authorize},
    clients,
    contacts::upsert::{self, NewContact},
    error::{Error, FieldError, Result},
    portal_links,
    tenant::{Actor, TenantTx},
};

/// Adds the project with the implicit proposal that stands for it, its first submission and its one payment. The contact
/// is found or added first, with their company and client.
///
/// # Errors
/// 404 when there is no such contact or client; 409 `contact_archived`, `contact_of_another_client`; 422; 429.
pub async fn create(ctx: &AppContext, actor: &Actor, new: NewProject) -> Result<ProjectRow> {
    authorize(actor, Permission::WorkOnProjects)?;
    let by = actor.user_id().ok_or_else(|| Error::forbidden("Only a member of the workspace may do this."))?;
    let (fields, currency) = new.checked()?;
    if new.invite {
        portal_links::send::take(&Ledgerline::of(ctx), actor).await?;
    }
    let state = if new.is_draft { ProjectState::Draft } else { ProjectState::Open };
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let people = people(&mut tx, new.contact, new.contact_id, new.client_id).await?;
    let proposal_id =
        queries::insert_implicit_proposal(&mut tx, people, &fields.title, fields.amount_minor, &currency, by).await?;
    let id = add(&mut tx, people, proposal_id, state, &fields, &currency, by).await?;
    queries::insert_whole_payment(&mut tx, id).await?;
    if new.invite {
        let invited =
            portal_links::create::invite_in(&mut tx, proposal_id, people.client_id, people.contact_id).await?;
        if invited.is_none() {
            let message = "This person has no email address, so no link can be mailed.";
            return Err(Error::invalid(vec![FieldError::new("invite", "no_email", message)]));
        }
    }
    let row = locked(&mut tx, id).await?;
    tx.commit().await?;
    Ok(row)
}

/// Makes the project of a proposal's version, in the transaction that approves it: milestones, deliverables and payments
/// follow the plan. Answers the project's id.
///
/// # Errors
/// 404 when there is no such version.
pub async fn from_proposal(tx: &mut TenantTx, proposal_id: Uuid, version: i32) -> Result<Uuid> {
    let approved = queries::approved(tx, proposal_id, version).await?;
    let people = For { client_id: approved.client_id, contact_id: approved.contact_id };
    let fields = Fields {
        title: approved.title,
        description: String::new(),
        project_type: None,
        amount_minor: approved.total_minor,
        deadline: None,
        estimated_days: None,
        licence_required: false,
        originals_open: "full_payment".to_owned(),
        pays_milestones_in_order: false,
    };
    let by = approved.created_by;
    let id = add(tx, people, proposal_id, ProjectState::Open, &fields, &approved.currency, by).await?;
    queries::copy_plan(tx, id, proposal_id, version).await?;
    Ok(id)
}

async fn add(
    tx: &mut TenantTx,
    people: For,
    proposal_id: Uuid,
    state: ProjectState,
    fields: &Fields,
    currency: &str,
    by: Uuid,
) -> Result<Uuid> {
    let id = queries::insert(tx, people, proposal_id, state, fields, currency, by).await?;
    let data = json!({ "proposalId": proposal_id, "state": state });
    record(tx, id, Deed::both("projects.create", "project_created"), ("project", id), data).await?;
    Ok(id)
}

/// Whom the project is for.
async fn people(
    tx: &mut TenantTx,
    contact: Option<ProjectContact>,
    contact_id: Option<Uuid>,
    client_id: Option<Uuid>,
) -> Result<For> {
    if let Some(id) = contact_id {
        let contact = queries::contact(tx, id).await?.ok_or_else(Error::not_found)?;
        if contact.is_archived {
            let detail = "This contact is archived. Restore them first, or choose another.";
            return Err(Error::conflict("contact_archived", detail).existing(Some(id)));
        }
        return Ok(For { client_id: contact.client_id, contact_id: contact.id });
    }
    let new = match (contact, client_id) {
        (Some(contact), client_id) => NewContact {
            name: contact.name,
            email: contact.email,
            phone: contact.phone,
            title: contact.title,
            company: contact.company,
            client_id,
            ..NewContact::default()
        },
        (None, Some(client_id)) => {
            if let Some(contact_id) = queries::contact_of_client(tx, client_id).await? {
                return Ok(For { client_id, contact_id });
            }
            let client = clients::queries::find(tx, client_id).await?.ok_or_else(Error::not_found)?;
            NewContact {
                name: client.name,
                email: client.email,
                phone: client.phone,
                company: client.company,
                client_id: Some(client_id),
                ..NewContact::default()
            }
        }
        // the input's checks have refused it
        (None, None) => return Err(Error::not_found()),
    };
    let contact = upsert::upsert_in(tx, new).await.map_err(of_contact)?;
    Ok(For { client_id: contact.client_id, contact_id: contact.id })
}

/// Names fields of the contact as they stand in the project's form.
fn of_contact(mut error: Error) -> Error {
    for wrong in error.errors.iter_mut().filter(|wrong| wrong.field != "clientId") {
        wrong.field = format!("contact.{}", wrong.field);
    }
    error
}
