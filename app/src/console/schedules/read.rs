//! Schedules with when they are due, and their history.

use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    queries::{self, EntryRow, ScheduleRow},
    times::{next_slots, overdue},
    view::{CatchUp, ScheduleEntry, ScheduleHistory, ScheduleOutcome, ScheduleView},
};
use crate::{
    console::{alarms::Overdue, jobs::queries::rows, view::JobRef},
    error::{Error, Result},
    page,
};

/// Due times that are told ahead.
const AHEAD: usize = 5;

/// All schedules.
///
/// # Errors
/// When Postgres cannot be reached.
pub async fn all(conn: &mut PgConnection) -> Result<Vec<ScheduleView>> {
    let found = queries::schedules(conn, None).await?;
    views(conn, found).await
}

/// One schedule.
///
/// # Errors
/// 404.
pub async fn one(conn: &mut PgConnection, name: &str) -> Result<ScheduleView> {
    let found = queries::schedules(conn, Some(name)).await?;
    views(conn, found).await?.pop().ok_or_else(Error::not_found)
}

/// Schedules whose time passed without anybody dealing with it.
///
/// # Errors
/// When Postgres cannot be reached.
pub async fn overdue_now(conn: &mut PgConnection) -> Result<Vec<Overdue>> {
    let going = queries::going(conn).await?.into_iter();
    let overdue = going.filter_map(|row| {
        let slot = overdue(&row.cron, &row.timezone, row.dealt_with, row.now)?;
        Some(Overdue { name: row.name, slot, seconds: (row.now - slot).num_seconds() })
    });
    Ok(overdue.collect())
}

async fn views(conn: &mut PgConnection, found: Vec<ScheduleRow>) -> Result<Vec<ScheduleView>> {
    let jobs: Vec<Uuid> = found.iter().filter_map(|row| row.last_job).collect();
    let jobs = rows::refs(conn, &jobs).await?;
    Ok(found.into_iter().map(|row| view(row, &jobs)).collect())
}

fn view(row: ScheduleRow, jobs: &[JobRef]) -> ScheduleView {
    let next_slots = next_slots(&row.cron, &row.timezone, row.now, AHEAD);
    let paused = row.paused_at.is_some();
    let dealt_with = row.last_slot.map_or(row.known_since, |slot| slot.max(row.known_since));
    ScheduleView {
        overdue: overdue(&row.cron, &row.timezone, dealt_with, row.now).filter(|_| !paused),
        next_slot: next_slots.first().copied().filter(|_| !paused),
        next_slots,
        catch_up: match row.catch_up.as_str() {
            "skip" => CatchUp::Skip,
            "all" => CatchUp::All,
            _ => CatchUp::Last,
        },
        last_outcome: row.last_outcome.as_deref().map(outcome),
        last_job: job(jobs, row.last_job),
        name: row.name,
        cron: row.cron,
        timezone: row.timezone,
        kind: row.kind,
        jitter_seconds: row.jitter_seconds,
        last_slot: row.last_slot,
        missed: row.missed,
        paused,
        paused_by: row.paused_by.filter(|_| paused),
        paused_at: row.paused_at,
        paused_reason: row.paused_reason.filter(|_| paused),
    }
}

fn job(jobs: &[JobRef], id: Option<Uuid>) -> Option<JobRef> {
    jobs.iter().find(|job| Some(job.id) == id).cloned()
}

fn outcome(stored: &str) -> ScheduleOutcome {
    match stored {
        "fired" => ScheduleOutcome::Fired,
        "caught_up" => ScheduleOutcome::CaughtUp,
        "missed" => ScheduleOutcome::Missed,
        "paused" => ScheduleOutcome::Paused,
        "by_hand" => ScheduleOutcome::ByHand,
        _ => ScheduleOutcome::Skipped,
    }
}

/// A page of what happened, the latest first.
///
/// # Errors
/// 400 for a wrong limit or cursor, 404.
pub async fn history(
    conn: &mut PgConnection,
    name: &str,
    cursor: Option<&str>,
    limit: Option<i64>,
) -> Result<ScheduleHistory> {
    one(conn, name).await?;
    let (entries, next_cursor) = page::read(
        cursor,
        limit,
        |after, most| queries::history(&mut *conn, name, after, most),
        |entry| (entry.at, entry.id),
    )
    .await?;
    let jobs: Vec<Uuid> = entries.iter().filter_map(|entry| entry.job_id).collect();
    let jobs = rows::refs(conn, &jobs).await?;
    let entries = entries.into_iter().map(|row| entry(row, &jobs)).collect();
    Ok(ScheduleHistory { entries, next_cursor })
}

fn entry(row: EntryRow, jobs: &[JobRef]) -> ScheduleEntry {
    ScheduleEntry {
        at: row.at,
        outcome: outcome(&row.outcome),
        decided_at: row.decided_at,
        by: row.by,
        job: job(jobs, row.job_id),
        job_id: row.job_id,
    }
}
