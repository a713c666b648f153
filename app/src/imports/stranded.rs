//! Imports whose end got lost: an operator cancelled the very job that ends them. Nothing else would ever ask for it.

use ledgerline_jobs::{engine::run::Run, imports::FinishImport};
use sqlx::PgPool;

use super::queries;
use crate::{
    error::Result,
    tenant::{Actor, TenantTx},
};

/// Ends asked for by one run; the rest is left to the next.
const MOST: i64 = 1_000;

/// Asks for the end of each; answers how many there were. One that has ended by then is not changed by it.
///
/// # Errors
/// When Postgres fails; the attempt can be repeated.
pub async fn ask_again(engine: &PgPool, run: &Run) -> Result<usize> {
    let stranded = queries::stranded(engine, MOST).await?;
    for import in &stranded {
        let actor = Actor::job(import.workspace_id, run.id(), None);
        let mut tx = TenantTx::begin_on(engine, &actor).await?;
        tx.enqueue(&FinishImport { import_id: import.import_id }).await?;
        tx.commit().await?;
    }
    Ok(stranded.len())
}
