//! Two clients are two: the suggestion goes, and an import does not make it again.

use loco_rs::app::AppContext;
use uuid::Uuid;

use super::queries::{self, MergeRow};
use crate::{
    access::{Permission, authorize},
    audit,
    error::{Error, Result},
    tenant::{Actor, TenantTx},
};

/// Ignores a suggestion. Ignoring twice changes nothing.
///
/// # Errors
/// 404, 409 `already_merged`.
pub async fn ignore(ctx: &AppContext, actor: &Actor, id: Uuid) -> Result<MergeRow> {
    authorize(actor, Permission::WorkWithClients)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    queries::lock(&mut tx, id).await?;
    let merge = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    match merge.state.as_str() {
        "ignored" => return Ok(merge),
        "suggested" => {}
        _ => return Err(super::accept::decided(&merge)),
    }
    queries::ignore(&mut tx, id, actor.user_id()).await?;
    audit::record(&mut tx, "merges.ignore", ("merge", id), serde_json::json!({})).await?;
    let row = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    tx.commit().await?;
    Ok(row)
}
