//! Gives an upload up.

use loco_rs::app::AppContext;
use uuid::Uuid;

use super::{By, queries};
use crate::{
    Ledgerline,
    error::{Error, Result},
    tenant::TenantTx,
};

/// Deletes the upload and what has arrived of it. One that has become a file stays: files are deleted as files.
///
/// # Errors
/// 404; 409 `already_completed`.
pub(super) async fn end(ctx: &AppContext, by: &By, id: Uuid) -> Result<()> {
    let mut tx = TenantTx::begin(ctx, &by.actor).await?;
    queries::find(&mut tx, by, id).await?.ok_or_else(Error::not_found)?;
    let paths = queries::paths(&mut tx, id).await?;
    if !queries::delete(&mut tx, id).await? {
        let detail = "This upload is complete and has become a file. Delete the file instead.";
        return Err(Error::conflict("already_completed", detail));
    }
    tx.commit().await?;
    let storage = &Ledgerline::of(ctx).storage;
    for path in paths {
        if let Err(error) = storage.delete(&path).await {
            tracing::warn!(path, error = %error, "a piece of an upload is left to the sweeper");
        }
    }
    Ok(())
}
