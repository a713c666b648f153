//! Acts on jobs of a bulk action, each in a transaction of its own together with its result.

use ledgerline_jobs::{
    console::ActInBulk,
    engine::{
        control::{self, Cancelled, Retried},
        outcome::Outcome,
        run::Run,
    },
};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::queries::{
    self, BulkRow,
    items::{self, Item},
};
use crate::{Ledgerline, console::queries::acts, error::Result};

/// What was done to one job.
struct Acted {
    done: bool,
    note: Option<String>,
    copy: Option<Uuid>,
}

impl Acted {
    const fn done() -> Self {
        Self { done: true, note: None, copy: None }
    }

    fn skipped(note: impl Into<String>) -> Self {
        Self { done: false, note: Some(note.into()), copy: None }
    }
}

/// Acts on what has no result yet between two places. May be repeated.
///
/// # Errors
/// When Postgres fails; what has a result keeps it.
pub async fn act(ledgerline: &Ledgerline, engine: &PgPool, run: &Run, job: ActInBulk) -> Result<Outcome> {
    let mut conn = engine.acquire().await?;
    let Some(bulk) = queries::find(&mut conn, job.bulk_id).await? else {
        return Ok(Outcome::Cancel("there is no such bulk action".to_owned()));
    };
    let places = items::left_between(&mut conn, job.bulk_id, job.first, job.last).await?;
    drop(conn);
    let total = i64::try_from(places.len()).unwrap_or(i64::MAX);
    for (done, place) in (1..).zip(places) {
        if !one(engine, &bulk, place).await? {
            return Ok(Outcome::Cancel("the bulk action was ended by an operator".to_owned()));
        }
        run.progress(done, Some(total), Some("jobs"));
    }
    ledgerline.wake.nudge();
    Ok(Outcome::Done)
}

/// Acts on one; answers false when the bulk action does not go on.
async fn one(engine: &PgPool, bulk: &BulkRow, place: i32) -> Result<bool> {
    let mut tx = engine.begin().await?;
    let state = queries::share(&mut tx, bulk.id).await?;
    if !matches!(state.as_deref(), Some("canary" | "running")) {
        return Ok(false);
    }
    // a copy that is asked for tells the operator's request as its cause
    acts::name_request(&mut tx, bulk.request_id.as_deref().unwrap_or_default()).await?;
    if let Some(item) = items::take(&mut tx, bulk.id, place).await? {
        let acted = match bulk.verb.as_str() {
            "retry" => retry(&mut tx, &item).await?,
            "cancel" => cancel(&mut tx, &item, &bulk.created_by_name).await?,
            _ => delete(&mut tx, &item, &bulk.created_by_name).await?,
        };
        let result = if acted.done { "done" } else { "skipped" };
        items::settle(&mut tx, bulk.id, place, result, acted.note.as_deref(), acted.copy).await?;
    }
    tx.commit().await?;
    Ok(true)
}

const CHANGED: &str = "It changed after the preview: somebody retried or deleted it.";

async fn retry(conn: &mut PgConnection, item: &Item) -> Result<Acted> {
    if !items::is_still_dead(conn, item.job_id, item.epoch).await? {
        return Ok(Acted::skipped(CHANGED));
    }
    Ok(match control::retry(conn, item.job_id).await? {
        Retried::Again(_) => Acted::done(),
        Retried::Copy(copy) => {
            let note = Some("Its batch has ended, so a linked copy does the work.".to_owned());
            Acted { note, copy: Some(copy), ..Acted::done() }
        }
        Retried::KeyHeld(Some(holder)) => Acted::skipped(format!("Job {holder} does the same work and is live.")),
        Retried::KeyHeld(None) => Acted::skipped("Another job does the same work and is live."),
        Retried::NotDead => Acted::skipped(CHANGED),
    })
}

async fn cancel(conn: &mut PgConnection, item: &Item, by: &str) -> Result<Acted> {
    Ok(match control::cancel(conn, item.job_id, &format!("cancelled by {by}")).await? {
        Cancelled::Ended => Acted::done(),
        Cancelled::Requested => Acted { note: Some("It runs and was asked to stop.".to_owned()), ..Acted::done() },
        Cancelled::EffectIntended => Acted::skipped("It has begun to act on the outside world since the preview."),
        Cancelled::NotLive => Acted::skipped("It has ended since the preview."),
    })
}

async fn delete(conn: &mut PgConnection, item: &Item, by: &str) -> Result<Acted> {
    let dead = items::is_still_dead(conn, item.job_id, item.epoch).await?;
    if dead && control::discard(conn, item.job_id, &format!("deleted by {by}")).await? {
        return Ok(Acted::done());
    }
    Ok(Acted::skipped(CHANGED))
}
