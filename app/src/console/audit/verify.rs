//! Computes the seals anew: an entry that was changed, taken out or put in behind the log's back is found.

use std::time::Duration;

use ledgerline_jobs::engine::{outcome::Outcome, run::Run};
use sqlx::{PgConnection, PgPool};
use tokio::time::Instant;
use uuid::Uuid;

use super::{
    queries::{
        self, Checked,
        checks::{self, KnownSeal},
    },
    seal,
};
use crate::error::Result;

/// Seals computed with one statement.
const AT_ONCE: i32 = 5_000;
/// Entries accounted for with one statement.
const RANGE: i32 = 20_000;
/// The job's check ends itself by then, and says so, before the engine ends it.
const PATIENCE: Duration = Duration::from_secs(50 * 60);

/// What a check came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// The last seal that holds.
    pub number: i64,
    /// Its hash.
    pub hash: Option<Vec<u8>>,
    /// What does not hold, in a sentence.
    pub finding: Option<String>,
    /// Whether that is because seals are gone, or are other ones than before.
    pub breaks_off: bool,
    /// Why not all was looked at, in a sentence.
    pub failure: Option<String>,
}

/// Checks the whole log and keeps the result, also that there is none.
///
/// # Errors
/// When Postgres fails.
pub async fn run(engine: &PgPool, run: &Run) -> Result<Outcome> {
    let mut reached = 0;
    let checked = check(engine, run, &mut reached).await;
    let mut conn = engine.acquire().await?;
    let verified = match checked {
        Ok(verified) => verified,
        Err(error) => {
            let failure = format!("The check failed at seal {reached}; the page of its job says why.");
            checks::note(&mut conn, &Verified { number: reached, failure: Some(failure), ..Verified::default() })
                .await?;
            return Err(error);
        }
    };
    checks::note(&mut conn, &verified).await?;
    match (&verified.finding, &verified.failure) {
        (None, None) => run.log("info", format!("{} seals hold", verified.number)),
        (None, Some(failure)) => {
            tracing::error!(failure, "the check of the audit log came to no end");
            run.log("error", failure.clone());
        }
        (Some(finding), _) => {
            tracing::error!(finding, "the audit log does not hold");
            run.log("error", finding.clone());
        }
    }
    Ok(Outcome::Done)
}

async fn check(engine: &PgPool, run: &Run, reached: &mut i64) -> Result<Verified> {
    seal::seal(engine, run).await?;
    let mut conn = engine.acquire().await?;
    let progress = |number, total| {
        *reached = number;
        run.progress(number, Some(total), Some("seals checked"));
    };
    verify(&mut conn, Some(Instant::now() + PATIENCE), progress).await
}

/// Checks the whole log, a part at a time, until a time if one is given, and writes nothing.
///
/// # Errors
/// When Postgres fails.
pub async fn verify(
    conn: &mut PgConnection,
    until: Option<Instant>,
    mut progress: impl FnMut(i64, i64),
) -> Result<Verified> {
    let total = queries::seals(conn).await?;
    let known = checks::known(conn).await?;
    let mut verified = Verified::default();
    loop {
        let Checked { checked, number, hash, finding } = queries::check(conn, verified.number, AT_ONCE).await?;
        let passed = |known: &&KnownSeal| (verified.number + 1..=number).contains(&known.number);
        let known = known.as_ref().filter(passed);
        verified = Verified { number, hash, finding, ..verified };
        if let Some(known) = known.filter(|_| verified.finding.is_none()) {
            let now = queries::seal_hash(conn, known.number).await?;
            if now != known.hash {
                verified.finding = Some(format!("Seal {} is not the one that held at the check before.", known.number));
                verified.breaks_off = true;
            }
        }
        progress(number, total.max(number));
        if verified.finding.is_some() {
            return Ok(verified);
        }
        if checked < i64::from(AT_ONCE) {
            break;
        }
        if is_over(until) {
            let failure = format!("The check ran out of time at seal {number} of {}.", total.max(number));
            return Ok(Verified { failure: Some(failure), ..verified });
        }
    }
    if let Some(known) = known.filter(|known| known.number > verified.number) {
        let (number, known) = (verified.number, known.number);
        let finding = format!("The seals after {number} are gone; {known} were there at the check before.");
        return Ok(Verified { finding: Some(finding), breaks_off: true, ..verified });
    }
    account(conn, until, verified).await
}

fn is_over(until: Option<Instant>) -> bool {
    until.is_some_and(|until| Instant::now() >= until)
}

/// What no single seal tells: entries went past the log's trigger, or were taken away before they had a seal.
async fn account(conn: &mut PgConnection, until: Option<Instant>, verified: Verified) -> Result<Verified> {
    let (mut put_in, mut taken_out) = (0, 0);
    let mut next = Some(Uuid::nil());
    while let Some(beginning) = next {
        if is_over(until) {
            let failure = "The check ran out of time: all seals hold, yet not every entry was looked for among them.";
            return Ok(Verified { failure: Some(failure.to_owned()), ..verified });
        }
        let part = checks::unnoted(conn, beginning, RANGE).await?;
        put_in += part.found;
        next = behind(part.reached.filter(|_| part.looked == i64::from(RANGE)));
    }
    let mut next = Some(Uuid::nil());
    while let Some(beginning) = next {
        let part = checks::orphans(conn, beginning, RANGE).await?;
        taken_out += part.found;
        next = behind(part.reached.filter(|_| part.looked == i64::from(RANGE)));
    }
    let finding = match (put_in, taken_out) {
        (0, 0) => None,
        (0, out) => Some(format!("{out} entries were taken out before they were sealed.")),
        (put_in, _) => Some(format!("{put_in} entries were put in without being noted for a seal.")),
    };
    Ok(Verified { finding, ..verified })
}

/// The id behind one.
fn behind(id: Option<Uuid>) -> Option<Uuid> {
    id?.as_u128().checked_add(1).map(Uuid::from_u128)
}
