//! What follows when a part of a bulk action has been acted on: the canary is watched until it is known how its jobs
//! went; then the rest goes, or the operator decides; and at the end the action is closed.

use chrono::TimeDelta;
use ledgerline_jobs::{
    console::{Part, StepInBulk},
    engine::{outcome::Outcome, run::Run},
};
use serde_json::json;
use sqlx::{PgConnection, PgPool};

use super::{
    queries::{
        self, BulkRow,
        items::{self, CanaryRow},
    },
    release, start,
};
use crate::{
    Ledgerline,
    console::{jobs::queries::names, queries::acts},
    error::{Error, Result},
};

/// Pause between two looks at a canary.
const LOOK: TimeDelta = TimeDelta::seconds(2);
/// A canary that is not known by then is the operator's to judge.
const PATIENCE: TimeDelta = TimeDelta::hours(1);

/// Looks how it went.
///
/// # Errors
/// When Postgres fails; may be repeated.
pub async fn step(ledgerline: &Ledgerline, engine: &PgPool, run: &Run, job: StepInBulk) -> Result<Outcome> {
    let mut tx = engine.begin().await?;
    let Some(bulk) = queries::lock(&mut tx, job.bulk_id).await? else {
        return Ok(Outcome::Cancel("there is no such bulk action".to_owned()));
    };
    // what goes on by itself goes on for the request that started it
    acts::name_request(&mut tx, bulk.request_id.as_deref().unwrap_or_default()).await?;
    match (job.part, bulk.state.as_str()) {
        (Part::Canary, "canary") => {
            let canary = items::canary(&mut tx, bulk.id, &bulk.verb, bulk.canary_until).await?;
            let now = names::now(&mut tx).await?;
            let is_late = bulk.released_at.is_none_or(|released| now - released > PATIENCE);
            let Some(verdict) = verdict(&canary, is_late) else { return Ok(Outcome::Snooze(now + LOOK)) };
            if verdict == "green" && bulk.continues {
                queries::judge(&mut tx, bulk.id, verdict).await?;
                release::release(&mut tx, bulk.id, Part::Rest, i32::MAX).await?;
            } else {
                queries::wait(&mut tx, bulk.id, verdict).await?;
            }
        }
        (Part::Rest, "running") => close(&mut tx, &bulk).await?,
        // it was ended, or has gone on already
        _ => {}
    }
    run.finish(&mut tx).await.map_err(Error::internal)?;
    tx.commit().await?;
    ledgerline.wake.nudge();
    Ok(Outcome::Settled)
}

/// What is to be said of a canary; `None` while it is not known.
fn verdict(canary: &CanaryRow, is_late: bool) -> Option<&'static str> {
    let pending = canary.jobs - canary.succeeded - canary.failed - canary.skipped;
    if canary.failed > 0 {
        Some("red")
    } else if canary.left > 0 || is_late && pending > 0 {
        Some("undecided")
    } else if pending > 0 {
        None
    } else if canary.succeeded > 0 {
        Some("green")
    } else {
        Some("undecided")
    }
}

/// All of it has a result, or jobs of ours did not get to theirs: then the operator may let the rest go once more.
async fn close(conn: &mut PgConnection, bulk: &BulkRow) -> Result<()> {
    let counts = items::counts(conn, bulk.id).await?;
    if counts.left > 0 {
        return queries::wait(conn, bulk.id, bulk.verdict.as_deref().unwrap_or("undecided")).await;
    }
    queries::finish(conn, bulk.id).await?;
    let data = json!({
        "name": start::name(bulk), "verb": bulk.verb, "done": counts.done, "skipped": counts.skipped,
        "before": { "state": "running" }, "after": { "state": "done" },
    });
    queries::record_end(conn, bulk, data).await
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn canary(left: i64, succeeded: i64, failed: i64, skipped: i64) -> CanaryRow {
        CanaryRow { jobs: 10, left, succeeded, failed, skipped }
    }

    #[test]
    fn one_failure_is_enough_and_green_needs_all() {
        for (row, is_late, expected) in [
            (canary(0, 10, 0, 0), false, Some("green")),
            (canary(0, 9, 0, 1), false, Some("green")),
            (canary(0, 9, 0, 0), false, None),
            (canary(0, 9, 0, 0), true, Some("undecided")),
            (canary(0, 0, 1, 0), false, Some("red")),
            (canary(0, 0, 0, 10), false, Some("undecided")),
            (canary(3, 7, 0, 0), false, Some("undecided")),
        ] {
            assert_eq!(verdict(&row, is_late), expected, "{row:?}");
        }
    }
}
