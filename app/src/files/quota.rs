//! How much a workspace may store.

use serde::Serialize;
use utoipa::ToSchema;

use super::queries;
use crate::{
    error::{Error, Result},
    tenant::TenantTx,
    tiers::Tier,
};

/// What a workspace stores, and what its tier allows.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = StorageUse)]
pub struct Use {
    /// Bytes of all versions of all files, and of uploads that are under way.
    pub used_bytes: i64,
    /// What the tier allows.
    pub limit_bytes: i64,
    /// The workspace's tier.
    pub tier: Tier,
}

/// What is used and allowed now.
///
/// # Errors
/// When Postgres cannot be reached.
pub async fn of(tx: &mut TenantTx) -> Result<Use> {
    let (used_bytes, tier) = queries::storage(tx).await?;
    let tier: Tier = tier.parse().map_err(Error::internal)?;
    Ok(Use { used_bytes, limit_bytes: tier.storage_bytes(), tier })
}

/// Makes sure that so many bytes more may come. Whoever asks at the same time waits for the end of this transaction, so
/// that two do not take the same room.
///
/// # Errors
/// 413 `storage_full`.
pub async fn reserve(tx: &mut TenantTx, bytes: i64) -> Result<()> {
    queries::lock_storage(tx).await?;
    let Use { used_bytes, limit_bytes, .. } = of(tx).await?;
    if used_bytes.saturating_add(bytes) <= limit_bytes {
        return Ok(());
    }
    let detail = if tx.actor().visit().is_some() {
        "There is no room for this file. Tell whoever sent you the link."
    } else {
        "The storage of your workspace is full. Delete files, or choose a larger tier."
    };
    Err(Error::new(axum::http::StatusCode::PAYLOAD_TOO_LARGE, "storage_full", detail))
}
