//! Seals new entries. Nobody who writes the log takes a lock for it: the database notes each new id, and this takes the
//! notes, the oldest first.

use ledgerline_jobs::engine::{outcome::Outcome, run::Run};
use sqlx::PgPool;

use super::queries::{self, Sealed};
use crate::error::Result;

/// Entries sealed with one statement.
const AT_ONCE: i32 = 1_000;
/// Statements of one run; what is left then is the next run's.
const ROUNDS: usize = 200;

/// Seals what waits.
///
/// # Errors
/// When Postgres fails; what was sealed stays sealed.
pub async fn run(engine: &PgPool, run: &Run) -> Result<Outcome> {
    seal(engine, run).await?;
    Ok(Outcome::Done)
}

/// Seals what waits, and says so in the job's log and in the program's: whoever can write to the database cannot write
/// there, so a chain that was made anew from the beginning is told by its hashes.
///
/// # Errors
/// When Postgres fails.
pub(super) async fn seal(engine: &PgPool, run: &Run) -> Result<()> {
    let mut all = 0;
    for _ in 0..ROUNDS {
        let Sealed { sealed, number, hash } = queries::seal(engine, AT_ONCE).await?;
        all += sealed;
        if sealed < i64::from(AT_ONCE) {
            if all > 0 {
                let head = hash.map(|hash| queries::hex(&hash)).unwrap_or_default();
                tracing::info!(seal = number, hash = head, "the audit log is sealed");
                run.log("info", format!("sealed {all} entries; the last seal is number {number}, hash {head}"));
            }
            break;
        }
    }
    Ok(())
}
