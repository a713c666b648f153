//! Ends a proposal that was not decided in time.

use chrono::{DateTime, Utc};
use ledgerline_jobs::{
    Options,
    engine::{outcome::Outcome, run::Run},
    proposals::ExpireProposal,
};
use serde_json::json;
use sqlx::PgPool;
use uuid::Uuid;

use super::{create::record, queries, state::EXPIRE};
use crate::{
    error::{Error, Result},
    tenant::{Actor, TenantTx},
};

/// Asks for the end of a proposal at a time. Whoever sets another time asks again: a job that comes too early, or for one
/// that is decided, changes nothing.
pub(super) async fn ask(tx: &mut TenantTx, id: Uuid, at: DateTime<Utc>) -> Result<()> {
    let options = Options { run_at: Some(at), ..Options::default() };
    tx.enqueue_with(&ExpireProposal { proposal_id: id }, &options).await?;
    Ok(())
}

/// See the module.
///
/// # Errors
/// When Postgres fails, or the lease was lost; nothing is written then, and the attempt can be repeated.
pub async fn expire(engine: &PgPool, run: &Run, job: &ExpireProposal) -> Result<Outcome> {
    let workspace = run.workspace_id().ok_or_else(|| Error::internal("a proposal without a workspace"))?;
    let actor = Actor::job(workspace, run.id(), run.cause_request().map(str::to_owned));
    let mut tx = TenantTx::begin_on(engine, &actor).await?;
    if !queries::expire(&mut tx, job.proposal_id, &EXPIRE).await? {
        return Ok(Outcome::Cancel("the proposal is decided, or there is time left".to_owned()));
    }
    record(&mut tx, "expire", "proposal_expired", job.proposal_id, json!({})).await?;
    run.finish(&mut tx).await.map_err(Error::internal)?;
    tx.commit().await?;
    Ok(Outcome::Settled)
}
