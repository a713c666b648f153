//! Puts a client away and takes it out again. Doing it twice changes nothing.

use loco_rs::app::AppContext;
use uuid::Uuid;

use super::{
    create::{name_holder, record},
    queries::{self, ClientRow},
};
use crate::{
    access::{Permission, authorize},
    error::{Error, Result},
    tenant::{Actor, TenantTx},
};

/// Archives the client.
///
/// # Errors
/// 404.
pub async fn archive(ctx: &AppContext, actor: &Actor, id: Uuid) -> Result<ClientRow> {
    set(ctx, actor, id, true).await
}

/// Restores the client.
///
/// # Errors
/// 404, 409 `duplicate_email` when another client has the address by now, `merged`.
pub async fn restore(ctx: &AppContext, actor: &Actor, id: Uuid) -> Result<ClientRow> {
    set(ctx, actor, id, false).await
}

/// Refuses a client who was merged into another: all there is to do with them is to undo that.
///
/// # Errors
/// 409 `merged` with the other client.
pub(super) fn is_themselves(client: &ClientRow) -> Result<()> {
    match client.merged_into {
        None => Ok(()),
        into => {
            let detail = "This client was merged into another one. Change that one, or undo the merge.";
            Err(Error::conflict("merged", detail).existing(into))
        }
    }
}

async fn set(ctx: &AppContext, actor: &Actor, id: Uuid, archived: bool) -> Result<ClientRow> {
    authorize(actor, Permission::WorkWithClients)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let before = queries::lock(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    if before.archived_at.is_some() == archived {
        return Ok(before);
    }
    is_themselves(&before)?;
    let row = match queries::set_archived(&mut tx, id, archived).await {
        Ok(row) => row,
        Err(error) => {
            drop(tx);
            return Err(name_holder(ctx, actor, error, before.email.as_deref()).await);
        }
    };
    let (verb, event) = if archived { ("archive", "client_archived") } else { ("restore", "client_restored") };
    record(&mut tx, verb, event, id, serde_json::json!({})).await?;
    tx.commit().await?;
    Ok(row)
}
