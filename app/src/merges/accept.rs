//! Makes one client of two: who is kept gets the chosen fields, the other is archived and points to them.

use loco_rs::app::AppContext;
use uuid::Uuid;

use super::{
    fields::{Field, merged},
    queries::{self, MergeRow, Merged},
};
use crate::{
    access::{Permission, authorize},
    audit,
    clients::queries::{self as clients, ClientRow, Fields},
    error::{Error, FieldError, Result},
    tenant::{Actor, TenantTx},
};

/// What was chosen.
#[derive(Clone, Debug)]
pub struct Choice {
    /// The client who is left.
    pub keep: Uuid,
    /// Fields that come from the other.
    pub take: Vec<Field>,
    /// The version of the first client that was looked at.
    pub client_version: i32,
    /// That of the other.
    pub other_version: i32,
}

/// Merges them.
///
/// # Errors
/// 404; 409 `already_merged`, `already_ignored`, `client_archived`, `stale_version` or `duplicate_email`; 422 for a client
/// who is neither.
pub async fn accept(ctx: &AppContext, actor: &Actor, id: Uuid, choice: &Choice) -> Result<MergeRow> {
    authorize(actor, Permission::WorkWithClients)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let seen = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    queries::lock_of(&mut tx, &[seen.client_id, seen.other_id]).await?;
    let merge = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    if merge.state != "suggested" {
        return Err(decided(&merge));
    }
    if (merge.client_id, merge.other_id) != (seen.client_id, seen.other_id) {
        let detail = "One of them was merged into another client meanwhile. Look at both again, then merge them.";
        return Err(Error::conflict("stale_version", detail));
    }
    let found = queries::lock_clients(&mut tx, &[merge.client_id, merge.other_id]).await?;
    let (kept, gone) = sides(&found, choice.keep)?;
    for client in [kept, gone] {
        if client.archived_at.is_some() {
            return Err(archived(client));
        }
        let seen = if client.id == merge.client_id { choice.client_version } else { choice.other_version };
        if client.version != seen {
            let detail = format!("{} was changed meanwhile. Look at both again, then merge them.", client.name);
            return Err(Error::conflict("stale_version", detail));
        }
    }
    let before = Fields::from(kept);
    let mut other = Fields::from(gone);
    if merge.email.is_some() && gone.id == merge.other_id && other.email.is_none() {
        // the address that it could not have while the first had it
        other.email.clone_from(&merge.email);
    }
    let after = merged(&before, &other, &choice.take);
    // first, so that the address is free
    let gone_version = queries::put_away(&mut tx, gone.id, kept.id).await?;
    let kept_version = clients::update(&mut tx, kept.id, &after).await?.version;
    let written = Merged { kept: kept.id, before: &before, after: &after, kept_version, gone_version };
    queries::accept(&mut tx, id, &written, actor.user_id()).await?;
    let moved = queries::move_suggestions(&mut tx, id, gone.id, kept.id).await?;
    let changed = Field::differing(&before, &after);
    let data = serde_json::json!({
        "mergeId": id, "kept": kept.id, "gone": gone.id, "fields": changed, "suggestionsMoved": moved,
    });
    audit::record(&mut tx, "merges.accept", ("merge", id), data.clone()).await?;
    audit::event(&mut tx, "client_merged", ("client", kept.id), data.clone()).await?;
    audit::event(&mut tx, "client_merged_into", ("client", gone.id), data).await?;
    let row = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    tx.commit().await?;
    Ok(row)
}

fn sides(found: &[ClientRow], keep: Uuid) -> Result<(&ClientRow, &ClientRow)> {
    match found {
        [one, other] if one.id == keep => Ok((one, other)),
        [other, one] if one.id == keep => Ok((one, other)),
        [_, _] => {
            let message = "Keep one of the two clients.";
            Err(Error::invalid(vec![FieldError::new("keep", "not_of_the_pair", message)]))
        }
        _ => Err(Error::not_found()),
    }
}

/// 409: one of two is archived.
pub(super) fn archived(client: &ClientRow) -> Error {
    let detail = match client.merged_into {
        Some(_) => format!("{} was merged into another client meanwhile. Merge that one instead.", client.name),
        None => format!("{} was archived meanwhile. Restore them first.", client.name),
    };
    Error::conflict("client_archived", detail).existing(client.merged_into.or(Some(client.id)))
}

/// 409: somebody has decided already.
pub(super) fn decided(merge: &MergeRow) -> Error {
    let who = merge.decided_by_name.as_deref().unwrap_or("Somebody");
    match merge.state.as_str() {
        "ignored" => {
            Error::conflict("already_ignored", format!("{who} has said that these are two. Suggest the merge again."))
        }
        "undone" => Error::conflict("already_undone", format!("{who} has undone this merge.")),
        _ => Error::conflict("already_merged", format!("{who} has merged these clients already.")),
    }
}
