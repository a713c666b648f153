//! Makes two clients of one again.
//!
//! The one who was kept is as before, but for fields that somebody has changed since: those edits stay. The other one
//! comes back as they were when they were put away, with the suggestions that were about them. Merges are undone in the opposite order: while the one who was kept
//! is merged into a third, this one waits.

use loco_rs::app::AppContext;
use uuid::Uuid;

use super::{
    fields::{Field, unmerged},
    queries::{self, MergeRow},
};
use crate::{
    access::{Permission, authorize},
    audit,
    clients::queries::{self as clients, Fields},
    error::{Error, Result},
    tenant::{Actor, TenantTx},
};

/// Undoes a merge. Undoing twice changes nothing.
///
/// # Errors
/// 404; 409 `not_merged`, `merged_further` with the client to begin with, or `duplicate_email` when an address that is
/// needed again belongs to another client by now.
pub async fn undo(ctx: &AppContext, actor: &Actor, id: Uuid) -> Result<MergeRow> {
    authorize(actor, Permission::WorkWithClients)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let seen = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    // also those that moved, since they are about the one who was kept
    queries::lock_of(&mut tx, &[seen.client_id, seen.other_id]).await?;
    let merge = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    match (merge.state.as_str(), merge.kept_id) {
        ("undone", _) => return Ok(merge),
        ("merged", Some(kept)) => {
            let gone = if kept == merge.client_id { merge.other_id } else { merge.client_id };
            let data = write(&mut tx, &merge, kept, gone).await?;
            queries::undo(&mut tx, id, actor.user_id()).await?;
            queries::give_back(&mut tx, id, kept, gone).await?;
            audit::record(&mut tx, "merges.undo", ("merge", id), data.clone()).await?;
            for client in [kept, gone] {
                audit::event(&mut tx, "client_merge_undone", ("client", client), data.clone()).await?;
            }
        }
        _ => return Err(Error::conflict("not_merged", "These two clients are not merged.")),
    }
    let row = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    tx.commit().await?;
    Ok(row)
}

async fn write(tx: &mut TenantTx, merge: &MergeRow, kept: Uuid, gone: Uuid) -> Result<serde_json::Value> {
    let found = queries::lock_clients(tx, &[kept, gone]).await?;
    let row = found.iter().find(|client| client.id == kept).ok_or_else(Error::not_found)?;
    if let Some(further) = row.merged_into {
        let detail = format!("{} was merged into another client since. Undo that merge first.", row.name);
        return Err(Error::conflict("merged_further", detail).existing(Some(further)));
    }
    let stored = |value: &Option<serde_json::Value>| -> Result<Fields> {
        serde_json::from_value(value.clone().unwrap_or_default()).map_err(Error::internal)
    };
    let (before, after) = (stored(&merge.before)?, stored(&merge.after)?);
    let now = Fields::from(row);
    let fields = unmerged(&now, &before, &after);
    let stay = Field::differing(&now, &after);
    // first, so that the address is free for the one who had it
    if fields != now {
        clients::update(tx, kept, &fields).await?;
    }
    queries::take_out(tx, gone).await?;
    Ok(serde_json::json!({ "mergeId": merge.id, "kept": kept, "gone": gone, "editsThatStay": stay }))
}
