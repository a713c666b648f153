//! Puts a contact away and takes them out again. Doing it twice changes nothing.

use loco_rs::app::AppContext;
use serde_json::json;
use uuid::Uuid;

use super::{
    queries::{self, ContactRow},
    update::check_address,
};
use crate::{
    access::{Permission, authorize},
    audit, companies,
    error::{Error, Result},
    tenant::{Actor, TenantTx},
};

/// Archives the contact. The company's primary contact is then the next one.
///
/// # Errors
/// 404.
pub async fn archive(ctx: &AppContext, actor: &Actor, id: Uuid) -> Result<ContactRow> {
    set(ctx, actor, id, true).await
}

/// Restores the contact.
///
/// # Errors
/// 404, 409 `duplicate_email` when another contact has the address by now.
pub async fn restore(ctx: &AppContext, actor: &Actor, id: Uuid) -> Result<ContactRow> {
    set(ctx, actor, id, false).await
}

async fn set(ctx: &AppContext, actor: &Actor, id: Uuid, archived: bool) -> Result<ContactRow> {
    authorize(actor, Permission::WorkWithClients)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    queries::lock_people(&mut tx).await?;
    let before = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    if !archived {
        check_address(&mut tx, id, before.email.as_deref()).await?;
    }
    if !queries::set_archived(&mut tx, id, archived).await? {
        return Ok(before);
    }
    if let Some(company) = before.company_id {
        companies::queries::choose_primary(&mut tx, company).await?;
    }
    let (verb, event) = if archived { ("archive", "contact_archived") } else { ("restore", "contact_restored") };
    audit::record(&mut tx, &format!("contacts.{verb}"), ("contact", id), json!({})).await?;
    audit::event(&mut tx, event, ("contact", id), json!({})).await?;
    let row = queries::written(&mut tx, id).await?;
    tx.commit().await?;
    Ok(row)
}
