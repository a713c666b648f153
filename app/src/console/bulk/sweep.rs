//! Removes what nobody needs any more.

use sqlx::PgPool;

use super::queries;
use crate::error::Result;

/// Previews that were not started go a day after they ran out.
const PREVIEW_DAYS: i32 = 1;
/// What was done stays listed by job for so long; the audit log keeps its numbers for good.
const ENDED_DAYS: i32 = 90;
/// Rounds of one run.
const ROUNDS: usize = 100;

/// Removes them; answers how many.
///
/// # Errors
/// When Postgres fails.
pub async fn sweep(engine: &PgPool) -> Result<u64> {
    let mut removed = 0;
    for _ in 0..ROUNDS {
        let mut conn = engine.acquire().await?;
        match queries::sweep(&mut conn, PREVIEW_DAYS, ENDED_DAYS).await? {
            0 => break,
            more => removed += more,
        }
    }
    Ok(removed)
}
