//! A person says that two clients may be one.

use loco_rs::app::AppContext;
use uuid::Uuid;

use super::queries::{self, MergeRow};
use crate::{
    access::{Permission, authorize},
    audit,
    error::{Error, FieldError, Result},
    tenant::{Actor, TenantTx},
};

/// Suggests it, also when it was ignored before. When the suggestion stands already, that is the answer.
///
/// # Errors
/// 404 for either client, 409 `client_archived`, 422 for twice the same.
pub async fn suggest(ctx: &AppContext, actor: &Actor, client: Uuid, other: Uuid) -> Result<MergeRow> {
    authorize(actor, Permission::WorkWithClients)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    // before the clients, as whoever decides about it
    queries::lock_standing(&mut tx, client, other).await?;
    let found = queries::lock_clients(&mut tx, &[client, other]).await?;
    if found.iter().all(|each| each.id != client) {
        return Err(Error::not_found());
    }
    if client == other {
        let message = "Choose another client: this one is the same.";
        return Err(Error::invalid(vec![FieldError::new("otherId", "same_client", message)]));
    }
    if found.len() != 2 {
        return Err(Error::not_found());
    }
    if let Some(archived) = found.iter().find(|each| each.archived_at.is_some()) {
        return Err(super::accept::archived(archived));
    }
    let id = queries::suggest(&mut tx, client, other, actor.user_id()).await?;
    audit::record(&mut tx, "merges.suggest", ("merge", id), serde_json::json!({ "clients": [client, other] })).await?;
    let row = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    tx.commit().await?;
    Ok(row)
}
