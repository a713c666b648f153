//! Changes a contact, if nobody else has meanwhile.

use loco_rs::app::AppContext;
use uuid::Uuid;

use super::{
    input::ContactChange,
    queries::{self, ContactRow, Fields},
    upsert,
};
use crate::{
    access::{Permission, authorize},
    error::{Error, Result},
    tenant::{Actor, TenantTx},
};

/// Applies the change to the version that was read.
///
/// # Errors
/// 404, 409 `stale_version` or `duplicate_email` with the contact who has the address, 422.
pub async fn update(ctx: &AppContext, actor: &Actor, id: Uuid, change: ContactChange) -> Result<ContactRow> {
    authorize(actor, Permission::WorkWithClients)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    queries::lock_people(&mut tx).await?;
    let before = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    if before.version != change.version {
        return Err(Error::conflict(
            "stale_version",
            "Someone has changed this contact meanwhile. Load it again, then make your change.",
        ));
    }
    let (fields, company) = change.onto(&before)?.checked()?;
    if before.archived_at.is_none() {
        check_address(&mut tx, id, fields.email.as_deref()).await?;
    }
    let row = upsert::write(&mut tx, &before, &fields, company.as_deref()).await?;
    tx.commit().await?;
    Ok(row)
}

/// Refuses an address that belongs to another contact. Nobody can take it meanwhile: see [`queries::lock_people`].
pub(super) async fn check_address(tx: &mut TenantTx, id: Uuid, email: Option<&str>) -> Result<()> {
    let Some(email) = email else { return Ok(()) };
    match queries::holder_of(tx, email).await? {
        Some(holder) if holder != id => {
            Err(Error::conflict("duplicate_email", "Another contact has this address.").existing(Some(holder)))
        }
        _ => Ok(()),
    }
}

/// Names of the fields that differ.
pub(super) fn differing(row: &ContactRow, fields: &Fields, company: Option<&str>) -> Vec<&'static str> {
    let same_company = match (row.company.as_deref(), company) {
        (Some(before), Some(after)) => before.to_lowercase() == after.to_lowercase(),
        (before, after) => before == after,
    };
    let pairs = [
        ("name", row.name == fields.name),
        ("email", row.email == fields.email),
        ("phone", row.phone == fields.phone),
        ("title", row.title == fields.title),
        ("access", row.access == fields.access),
        ("company", same_company),
    ];
    pairs.into_iter().filter(|(_, same)| !same).map(|(name, _)| name).collect()
}
