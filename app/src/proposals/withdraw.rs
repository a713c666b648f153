//! Takes a proposal back.

use loco_rs::app::AppContext;
use serde_json::json;
use uuid::Uuid;

use super::{
    create::{record, written},
    queries::{self, ProposalRow},
    state::WITHDRAW,
};
use crate::{
    access::{Permission, authorize},
    error::Result,
    tenant::{Actor, TenantTx},
};

/// Withdraws the proposal: nobody can decide on it any more.
///
/// # Errors
/// 404, 409 `wrong_state`.
pub async fn withdraw(ctx: &AppContext, actor: &Actor, id: Uuid) -> Result<ProposalRow> {
    authorize(actor, Permission::WorkOnProjects)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let before = queries::lock(&mut tx, id).await?;
    if !queries::step(&mut tx, id, &WITHDRAW).await? {
        return Err(WITHDRAW.refused(before.state));
    }
    record(&mut tx, "withdraw", "proposal_withdrawn", id, json!({})).await?;
    let row = written(&mut tx, id).await?;
    tx.commit().await?;
    Ok(row)
}
