//! Changes a company, if nobody else has meanwhile.

use loco_rs::app::AppContext;
use serde_json::json;
use uuid::Uuid;

use super::{
    create::{check_name, record, written},
    input::{CompanyChange, CompanyContract},
    queries::{self, CompanyRow, Fields},
};
use crate::{
    access::{Permission, authorize},
    contacts::queries::lock_people,
    error::{Error, FieldError, Result},
    tenant::{Actor, TenantTx},
};

/// Applies the change to the version that was read.
///
/// # Errors
/// 404, 409 `stale_version` or `duplicate_company`, 422.
pub async fn update(ctx: &AppContext, actor: &Actor, id: Uuid, change: CompanyChange) -> Result<CompanyRow> {
    authorize(actor, Permission::WorkWithClients)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    lock_people(&mut tx).await?;
    let before = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    if before.version != change.version {
        return Err(Error::conflict(
            "stale_version",
            "Someone has changed this company meanwhile. Load it again, then make your change.",
        ));
    }
    let primary = change.primary_contact_id.or(before.primary_contact_id);
    let fields = change.onto(&before).checked()?;
    if before.archived_at.is_none() {
        check_name(&mut tx, Some(id), &fields.name).await?;
    }
    if let Some(contact) = primary.filter(|_| primary != before.primary_contact_id)
        && !queries::employs(&mut tx, id, contact).await?
    {
        let message = "Choose one of the company's contacts who is not archived.";
        return Err(Error::invalid(vec![FieldError::new("primaryContactId", "unknown", message)]));
    }
    let changed = differing(&before, &fields, primary);
    if changed.is_empty() {
        return Ok(before);
    }
    queries::update(&mut tx, id, &fields, primary).await?;
    record(&mut tx, "update", "company_updated", id, json!({ "fields": changed })).await?;
    let row = written(&mut tx, id).await?;
    tx.commit().await?;
    Ok(row)
}

/// Sets the contract with the company.
///
/// # Errors
/// 404, 422 when there is no such contract.
pub async fn set_contract(ctx: &AppContext, actor: &Actor, id: Uuid, contract: CompanyContract) -> Result<CompanyRow> {
    authorize(actor, Permission::WorkWithClients)?;
    let contract_id = contract.contract_id;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    lock_people(&mut tx).await?;
    let before = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    if let Some(contract) = contract_id
        && !queries::has_contract(&mut tx, contract).await?
    {
        let error = FieldError::new("contractId", "unknown", "There is no such contract.");
        return Err(Error::invalid(vec![error]));
    }
    if !queries::set_contract(&mut tx, id, contract_id).await? {
        return Ok(before);
    }
    record(&mut tx, "set_contract", "company_contract_set", id, json!({ "contractId": contract_id })).await?;
    let row = written(&mut tx, id).await?;
    tx.commit().await?;
    Ok(row)
}

fn differing(row: &CompanyRow, fields: &Fields, primary: Option<Uuid>) -> Vec<&'static str> {
    let pairs = [
        ("name", row.name == fields.name),
        ("website", row.website == fields.website),
        ("phone", row.phone == fields.phone),
        ("notes", row.notes == fields.notes),
        ("primaryContactId", row.primary_contact_id == primary),
    ];
    pairs.into_iter().filter(|(_, same)| !same).map(|(name, _)| name).collect()
}
