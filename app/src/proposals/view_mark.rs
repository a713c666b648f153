//! The client has looked at a proposal.

use serde_json::json;

use super::{create::record, queries, state::VIEW};
use crate::{error::Result, tenant::TenantTx};

/// Notes the first look of a client at what was sent, in the transaction of their visit. Anyone else's look is none.
///
/// # Errors
/// When Postgres refuses.
pub async fn view_mark(tx: &mut TenantTx) -> Result<()> {
    let Some(visit) = tx.actor().visit().copied() else { return Ok(()) };
    if let Some(version) = queries::mark_viewed(tx, visit.proposal_id, &VIEW).await? {
        record(tx, "view", "proposal_viewed", visit.proposal_id, json!({ "version": version })).await?;
    }
    Ok(())
}
