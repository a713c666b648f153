//! Batches as they are shown.

use uuid::Uuid;

use super::{
    queries,
    view::{BatchList, BatchQuery, BatchView},
};
use crate::{
    Ledgerline,
    console::queries::look,
    error::{Error, Result},
    page,
};

/// A page of batches, the latest first.
///
/// # Errors
/// 400 for a wrong limit or cursor.
pub async fn page(ledgerline: &Ledgerline, query: &BatchQuery) -> Result<BatchList> {
    let mut tx = look(&ledgerline.databases.platform).await?;
    let (batches, next_cursor) = page::read(
        query.cursor.as_deref(),
        query.limit,
        |after, most| queries::page(&mut tx, query.state, after, most),
        |batch| (batch.created_at, batch.id),
    )
    .await?;
    Ok(BatchList { batches, next_cursor })
}

/// One batch.
///
/// # Errors
/// 404.
pub async fn one(ledgerline: &Ledgerline, id: Uuid) -> Result<BatchView> {
    let mut tx = look(&ledgerline.databases.platform).await?;
    queries::one(&mut tx, id).await?.ok_or_else(Error::not_found)
}
