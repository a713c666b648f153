//! A new company.

use loco_rs::app::AppContext;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    input::NewCompany,
    queries::{self, CompanyRow, Fields},
};
use crate::{
    access::{Permission, authorize},
    audit,
    contacts::queries::lock_people,
    error::{Error, FieldError, Result},
    tenant::{Actor, TenantTx},
};

/// Adds the company.
///
/// # Errors
/// 409 `duplicate_company` with the company that has the name, 422.
pub async fn create(ctx: &AppContext, actor: &Actor, company: NewCompany) -> Result<CompanyRow> {
    authorize(actor, Permission::WorkWithClients)?;
    let fields = company.checked()?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    lock_people(&mut tx).await?;
    check_name(&mut tx, None, &fields.name).await?;
    let id = add(&mut tx, &fields).await?;
    let row = written(&mut tx, id).await?;
    tx.commit().await?;
    Ok(row)
}

/// The company with this name, in the caller's transaction, which holds [`lock_people`].
pub(crate) async fn find_or_add(tx: &mut TenantTx, name: &str) -> Result<Uuid> {
    match queries::holder_of(tx, name).await? {
        Some(id) => Ok(id),
        None => add(tx, &Fields { name: name.to_owned(), website: None, phone: None, notes: None }).await,
    }
}

async fn add(tx: &mut TenantTx, fields: &Fields) -> Result<Uuid> {
    let id = queries::insert(tx, fields).await?;
    record(tx, "create", "company_created", id, json!({})).await?;
    Ok(id)
}

/// Refuses a name that belongs to another company.
pub(super) async fn check_name(tx: &mut TenantTx, id: Option<Uuid>, name: &str) -> Result<()> {
    match queries::holder_of(tx, name).await? {
        Some(holder) if Some(holder) != id => {
            let message = "Another company has this name.";
            let error = Error::conflict("duplicate_company", message).existing(Some(holder));
            Err(error.with_field(FieldError::new("name", "taken", message)))
        }
        _ => Ok(()),
    }
}

/// The audit and the event row of a change.
pub(super) async fn record(tx: &mut TenantTx, verb: &str, event: &str, id: Uuid, data: Value) -> Result<()> {
    audit::record(tx, &format!("companies.{verb}"), ("company", id), data.clone()).await?;
    audit::event(tx, event, ("company", id), data).await
}

/// What was just written.
pub(super) async fn written(tx: &mut TenantTx, id: Uuid) -> Result<CompanyRow> {
    queries::find(tx, id).await?.ok_or_else(|| Error::internal("a company that was written and is not there"))
}
