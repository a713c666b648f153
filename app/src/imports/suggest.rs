//! Suggests merges after an import: who has another first key than a client who is here, but the same phone number, or
//! the same name and company. All rows of the import at once, which no index has to serve: a look-up per row would cost
//! every import, and an index every client.

use ledgerline_jobs::{
    engine::{outcome::Outcome, run::Run},
    imports::SuggestMerges,
};
use sqlx::PgPool;

use super::{actor, queries};
use crate::{
    error::{Error, Result},
    tenant::TenantTx,
};

/// A number that more clients share is a switchboard, and such a name is no name.
const MOST: i64 = 10;

/// Suggests what was not suggested before; an import that is being undone suggests nothing.
///
/// # Errors
/// When Postgres fails; the attempt can be repeated.
pub async fn suggest(engine: &PgPool, run: &Run, job: SuggestMerges) -> Result<Outcome> {
    let id = job.import_id;
    let mut tx = TenantTx::begin_on(engine, &actor(run)?).await?;
    // whoever undoes it waits, and finds what was suggested
    queries::hold_open(&mut tx, id).await?;
    let Some(import) = queries::lock(&mut tx, id).await? else {
        return Ok(Outcome::Dead("there is no such import".to_owned()));
    };
    if !matches!(import.state.as_str(), "undoing" | "undone") {
        let suggested = queries::suggest_weak(&mut tx, id, MOST).await?;
        run.log("info", format!("suggested {suggested} merges"));
    }
    run.finish(&mut tx).await.map_err(Error::internal)?;
    tx.commit().await?;
    Ok(Outcome::Settled)
}
