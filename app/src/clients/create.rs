//! A new client.

use loco_rs::app::AppContext;
use uuid::Uuid;

use super::{
    input::NewClient,
    queries::{self, ClientRow, Fields},
};
use crate::{
    access::{Permission, authorize},
    audit,
    error::{Error, Result},
    tenant::{Actor, TenantTx},
};

/// Adds the client.
///
/// # Errors
/// 409 `duplicate_email` with the client who has the address, 422.
pub async fn create(ctx: &AppContext, actor: &Actor, client: NewClient) -> Result<ClientRow> {
    authorize(actor, Permission::WorkWithClients)?;
    let fields = client.checked()?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    match create_in(&mut tx, &fields).await {
        Ok(row) => {
            tx.commit().await?;
            Ok(row)
        }
        Err(error) => {
            drop(tx);
            Err(name_holder(ctx, actor, error, fields.email.as_deref()).await)
        }
    }
}

/// Adds a client with its audit and event rows, in the caller's transaction.
///
/// # Errors
/// 409 `duplicate_email`.
pub async fn create_in(tx: &mut TenantTx, fields: &Fields) -> Result<ClientRow> {
    let row = queries::insert(tx, fields).await?;
    record(tx, "create", "client_created", row.id, serde_json::json!({})).await?;
    Ok(row)
}

/// Says which client has the address. The transaction has failed by then, so a new one looks: give the connection of
/// the old one back before.
pub(super) async fn name_holder(ctx: &AppContext, actor: &Actor, error: Error, email: Option<&str>) -> Error {
    let (true, Some(email)) = (error.code == "duplicate_email", email) else { return error };
    let holder = async {
        let mut tx = TenantTx::begin(ctx, actor).await?;
        queries::holder_of(&mut tx, email).await
    };
    match holder.await {
        Ok(id) => error.existing(id),
        Err(other) => other,
    }
}

/// The audit and the event row of a change.
pub(super) async fn record(
    tx: &mut TenantTx,
    verb: &str,
    event: &str,
    id: Uuid,
    data: serde_json::Value,
) -> Result<()> {
    audit::record(tx, &format!("clients.{verb}"), ("client", id), data.clone()).await?;
    audit::event(tx, event, ("client", id), data).await
}
