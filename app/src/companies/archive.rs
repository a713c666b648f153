//! Puts a company away and takes it out again. Doing it twice changes nothing; its contacts stay as they are.

use loco_rs::app::AppContext;
use serde_json::json;
use uuid::Uuid;

use super::{
    create::{check_name, record, written},
    queries::{self, CompanyRow},
};
use crate::{
    access::{Permission, authorize},
    contacts::queries::lock_people,
    error::{Error, Result},
    tenant::{Actor, TenantTx},
};

/// Archives the company.
///
/// # Errors
/// 404.
pub async fn archive(ctx: &AppContext, actor: &Actor, id: Uuid) -> Result<CompanyRow> {
    set(ctx, actor, id, true).await
}

/// Restores the company.
///
/// # Errors
/// 404, 409 `duplicate_company` when another company has the name by now.
pub async fn restore(ctx: &AppContext, actor: &Actor, id: Uuid) -> Result<CompanyRow> {
    set(ctx, actor, id, false).await
}

async fn set(ctx: &AppContext, actor: &Actor, id: Uuid, archived: bool) -> Result<CompanyRow> {
    authorize(actor, Permission::WorkWithClients)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    lock_people(&mut tx).await?;
    let before = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    if !archived {
        check_name(&mut tx, Some(id), &before.name).await?;
    }
    if !queries::set_archived(&mut tx, id, archived).await? {
        return Ok(before);
    }
    let (verb, event) = if archived { ("archive", "company_archived") } else { ("restore", "company_restored") };
    record(&mut tx, verb, event, id, json!({})).await?;
    let row = written(&mut tx, id).await?;
    tx.commit().await?;
    Ok(row)
}
