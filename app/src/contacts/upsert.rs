//! A contact with the company and the client they belong to: found, changed or added.

use loco_rs::app::AppContext;
use serde_json::json;
use uuid::Uuid;

pub use super::input::NewContact;
use super::{
    queries::{self, ContactRow, Fields},
    update::differing,
};
use crate::{
    access::{Permission, authorize},
    audit, clients, companies,
    error::{Error, FieldError, Result},
    tenant::{Actor, TenantTx},
};

/// Whether the contact is a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upserted {
    /// Added.
    Added,
    /// Known by the email address, and changed if anything was different.
    Known,
}

/// Finds or adds the contact.
///
/// # Errors
/// As [`upsert_in`].
pub async fn upsert(ctx: &AppContext, actor: &Actor, contact: NewContact) -> Result<(ContactRow, Upserted)> {
    authorize(actor, Permission::WorkWithClients)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let answer = find_or_add(&mut tx, contact).await?;
    tx.commit().await?;
    Ok(answer)
}

/// The contact with this address, in the caller's transaction: a known one gets what is said anew and keeps what is not
/// said. The company is found by its name or added, its first contact is its primary one. A new contact belongs to the
/// client that is given, else to the one with their address, else to that of the company's primary contact, else to a
/// new one. Whoever does this at once waits for the other, so nobody is added twice.
///
/// # Errors
/// 422; 409 `contact_of_another_client` when the address belongs to a contact of a client other than the given one.
pub async fn upsert_in(tx: &mut TenantTx, contact: NewContact) -> Result<ContactRow> {
    Ok(find_or_add(tx, contact).await?.0)
}

async fn find_or_add(tx: &mut TenantTx, contact: NewContact) -> Result<(ContactRow, Upserted)> {
    let (fields, company) = contact.checked()?;
    queries::lock_people(tx).await?;
    if let Some(client) = contact.client_id {
        check_client(tx, client).await?;
    }
    let holder = match fields.email.as_deref() {
        Some(email) => queries::holder_of(tx, email).await?,
        None => None,
    };
    match holder {
        Some(id) => Ok((change(tx, id, &contact, fields, company).await?, Upserted::Known)),
        None => Ok((add(tx, contact.client_id, &fields, company.as_deref()).await?, Upserted::Added)),
    }
}

/// A client to whom a contact can belong: there, and neither archived nor merged.
async fn check_client(tx: &mut TenantTx, id: Uuid) -> Result<()> {
    let wrong = |code, message: &str| Err(Error::invalid(vec![FieldError::new("clientId", code, message)]));
    match clients::queries::find(tx, id).await? {
        None => wrong("unknown", "There is no such client."),
        Some(client) if client.archived_at.is_some() => {
            wrong("archived", "This client is archived. Restore them first.")
        }
        Some(_) => Ok(()),
    }
}

async fn change(
    tx: &mut TenantTx,
    id: Uuid,
    contact: &NewContact,
    said: Fields,
    company: Option<String>,
) -> Result<ContactRow> {
    let before = queries::written(tx, id).await?;
    if contact.client_id.is_some_and(|client| client != before.client_id) {
        let detail = format!("{} is a contact of another client. Use another address, or that client.", before.name);
        return Err(Error::conflict("contact_of_another_client", detail).existing(Some(id)));
    }
    let fields = Fields {
        name: said.name,
        email: before.email.clone(),
        phone: said.phone.or_else(|| before.phone.clone()),
        title: said.title.or_else(|| before.title.clone()),
        access: if contact.access.is_some() { said.access } else { before.access.clone() },
    };
    write(tx, &before, &fields, company.or_else(|| before.company.clone()).as_deref()).await
}

/// Writes what a contact is now, if that differs from what they were.
pub(super) async fn write(
    tx: &mut TenantTx,
    before: &ContactRow,
    fields: &Fields,
    company: Option<&str>,
) -> Result<ContactRow> {
    let changed = differing(before, fields, company);
    if changed.is_empty() {
        return Ok(before.clone());
    }
    let company_id = match company {
        Some(name) => Some(companies::create::find_or_add(tx, name).await?),
        None => None,
    };
    queries::update(tx, before.id, company_id, fields).await?;
    if before.company_id != company_id {
        for id in before.company_id.into_iter().chain(company_id) {
            companies::queries::choose_primary(tx, id).await?;
        }
    }
    // the audit log says what was touched, and holds no copy of personal data
    audit::record(tx, "contacts.update", ("contact", before.id), json!({ "fields": changed })).await?;
    audit::event(tx, "contact_updated", ("contact", before.id), json!({ "fields": changed })).await?;
    queries::written(tx, before.id).await
}

async fn add(tx: &mut TenantTx, client_id: Option<Uuid>, fields: &Fields, company: Option<&str>) -> Result<ContactRow> {
    let company_id = match company {
        Some(name) => Some(companies::create::find_or_add(tx, name).await?),
        None => None,
    };
    let client_id = match client_id {
        Some(id) => id,
        None => client_of(tx, fields, company_id, company).await?,
    };
    queries::keep_client(tx, client_id).await?;
    let id = queries::insert(tx, client_id, company_id, fields).await?;
    if let Some(company) = company_id {
        companies::queries::choose_primary(tx, company).await?;
    }
    let data = json!({ "clientId": client_id, "companyId": company_id });
    audit::record(tx, "contacts.create", ("contact", id), data.clone()).await?;
    audit::event(tx, "contact_created", ("contact", id), data).await?;
    queries::written(tx, id).await
}

/// The client a new contact belongs to when none is given.
async fn client_of(
    tx: &mut TenantTx,
    fields: &Fields,
    company_id: Option<Uuid>,
    company: Option<&str>,
) -> Result<Uuid> {
    if let Some(email) = fields.email.as_deref()
        && let Some(client) = clients::queries::holder_of(tx, email).await?
    {
        return Ok(client);
    }
    if let Some(company) = company_id
        && let Some(client) = companies::queries::client_of_primary(tx, company).await?
    {
        return Ok(client);
    }
    let client = clients::input::NewClient {
        name: fields.name.clone(),
        email: fields.email.clone(),
        company: company.map(str::to_owned),
        phone: fields.phone.clone(),
        ..clients::input::NewClient::default()
    };
    let client = client.checked()?;
    // imports and forms add clients without waiting for us: then the client with the address is there by now
    sqlx::query("savepoint client").execute(&mut **tx).await?;
    match clients::create::create_in(tx, &client).await {
        Ok(row) => {
            sqlx::query("release savepoint client").execute(&mut **tx).await?;
            Ok(row.id)
        }
        Err(error) if error.code == "duplicate_email" => {
            sqlx::query("rollback to savepoint client").execute(&mut **tx).await?;
            let email = client.email.as_deref().unwrap_or_default();
            clients::queries::holder_of(tx, email).await?.ok_or(error)
        }
        Err(error) => Err(error),
    }
}
