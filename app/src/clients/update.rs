//! Changes a client, if nobody else has meanwhile.

use loco_rs::app::AppContext;
use uuid::Uuid;

use super::{
    archive::is_themselves,
    create::name_holder,
    history,
    input::ClientChange,
    queries::{self, ClientRow, Fields},
};
use crate::{
    access::{Permission, authorize},
    audit,
    error::{Error, Result},
    tenant::{Actor, TenantTx},
};

/// Applies the change to the version that was read.
///
/// # Errors
/// 404, 409 `stale_version`, `duplicate_email` or `merged`, 422.
pub async fn update(ctx: &AppContext, actor: &Actor, id: Uuid, change: ClientChange) -> Result<ClientRow> {
    authorize(actor, Permission::WorkWithClients)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let before = queries::lock(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    is_themselves(&before)?;
    if before.version != change.version {
        return Err(Error::conflict(
            "stale_version",
            "Someone has changed this client meanwhile. Load it again, then make your change.",
        ));
    }
    let fields = change.onto(&before).checked_beside(&before)?;
    let shown = Fields::from(&before);
    let changed = differing(&shown, &fields);
    if changed.is_empty() {
        return Ok(before);
    }
    let row = match queries::update(&mut tx, id, &fields).await {
        Ok(row) => row,
        Err(error) => {
            drop(tx);
            return Err(name_holder(ctx, actor, error, fields.email.as_deref()).await);
        }
    };
    // the audit log says what was touched, and holds no copy of personal data; the client's own history does
    audit::record(&mut tx, "clients.update", ("client", id), serde_json::json!({ "fields": changed })).await?;
    audit::event(&mut tx, "client_updated", ("client", id), history::kept(&changed, &shown, &fields)).await?;
    tx.commit().await?;
    Ok(row)
}

/// Names of the fields that differ: the audit log says what was touched, and holds no copy of personal data.
pub(crate) fn differing(row: &Fields, fields: &Fields) -> Vec<&'static str> {
    let pairs = [
        ("name", row.name == fields.name),
        ("email", row.email == fields.email),
        ("company", row.company == fields.company),
        ("phone", (&row.phone, &row.phone_e164) == (&fields.phone, &fields.phone_e164)),
        ("timezone", row.timezone == fields.timezone),
        ("genres", row.genres == fields.genres),
        (
            "budgetMinor",
            (row.budget_min_minor, row.budget_max_minor) == (fields.budget_min_minor, fields.budget_max_minor),
        ),
        ("budgetCurrency", row.budget_currency == fields.budget_currency),
        (
            "communication",
            (row.contact_by_email, row.contact_by_sms, row.contact_by_phone)
                == (fields.contact_by_email, fields.contact_by_sms, fields.contact_by_phone),
        ),
        ("satisfaction", row.satisfaction == fields.satisfaction),
        ("referralSource", row.referral_source == fields.referral_source),
        ("notes", row.notes == fields.notes),
    ];
    pairs.into_iter().filter(|(_, same)| !same).map(|(name, _)| name).collect()
}
