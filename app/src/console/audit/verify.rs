//! Computes the seals anew: an entry that was changed, taken out or put in behind the log's back is found.

use ledgerline_jobs::engine::{outcome::Outcome, run::Run};
use sqlx::{PgConnection, PgPool};

use super::{
    queries::{self, Checked},
    seal,
};
use crate::error::Result;

/// Seals computed with one statement.
const AT_ONCE: i32 = 5_000;

/// What a check came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The last seal that holds.
    pub number: i64,
    /// Its hash.
    pub hash: Option<Vec<u8>>,
    /// What does not hold, in a sentence.
    pub finding: Option<String>,
}

/// Checks the whole log and keeps the result.
///
/// # Errors
/// When Postgres fails.
pub async fn run(engine: &PgPool, run: &Run) -> Result<Outcome> {
    seal::seal(engine, run).await?;
    let mut conn = engine.acquire().await?;
    let verified = verify(&mut conn, |number, total| run.progress(number, Some(total), Some("seals checked"))).await?;
    queries::note_check(&mut conn, &verified).await?;
    match &verified.finding {
        None => run.log("info", format!("{} seals hold", verified.number)),
        Some(finding) => {
            tracing::error!(finding, "the audit log does not hold");
            run.log("error", finding.clone());
        }
    }
    Ok(Outcome::Done)
}

/// Checks the whole log, a part at a time, and writes nothing.
///
/// # Errors
/// When Postgres fails.
pub async fn verify(conn: &mut PgConnection, mut progress: impl FnMut(i64, i64)) -> Result<Verified> {
    let total = queries::seals(conn).await?;
    let before = queries::last_check(conn).await?;
    let mut verified = Verified { number: 0, hash: None, finding: None };
    loop {
        let Checked { checked, number, hash, finding } = queries::check(conn, verified.number, AT_ONCE).await?;
        let known = before.as_ref().filter(|before| before.finding.is_none() && before.number > verified.number);
        verified = Verified { number, hash, finding };
        if let Some(known) = known.filter(|known| known.number <= number && verified.finding.is_none()) {
            let now = queries::seal_hash(conn, known.number).await?;
            if now != known.hash {
                verified.finding = Some(format!("Seal {} is not the one that held at the check before.", known.number));
            }
        }
        progress(number, total.max(number));
        if verified.finding.is_some() || checked < i64::from(AT_ONCE) {
            break;
        }
    }
    if verified.finding.is_none() {
        verified.finding = incomplete(conn, before.as_ref().map(|before| before.number), verified.number).await?;
    }
    Ok(verified)
}

/// What no single seal tells: the end was cut off, or entries went past the log's trigger.
async fn incomplete(conn: &mut PgConnection, before: Option<i64>, number: i64) -> Result<Option<String>> {
    if let Some(before) = before.filter(|before| *before > number) {
        return Ok(Some(format!("The seals after {number} are gone; {before} were there at the check before.")));
    }
    let unaccounted = queries::unaccounted(conn).await?;
    Ok(match (unaccounted.put_in, unaccounted.taken_out) {
        (0, 0) => None,
        (0, out) => Some(format!("{out} entries were taken out before they were sealed.")),
        (put_in, _) => Some(format!("{put_in} entries were put in without being noted for a seal.")),
    })
}
