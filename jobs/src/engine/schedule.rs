//! Recurring work: a slot is one due time of one schedule, and its row's primary key makes it fire once over any
//! number of nodes.

use chrono::{DateTime, Utc};
use sqlx::{Connection as _, PgConnection, types::Json};
use uuid::Uuid;

use super::enqueue::{EnqueueError, NewJob, Options, enqueue_row};

/// What to do about due times that passed while nobody looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CatchUp {
    /// None of them fires.
    Skip,
    /// Only the latest fires.
    Last,
    /// Each fires.
    All,
}

impl CatchUp {
    const fn name(self) -> &'static str {
        match self {
            Self::Skip => "skip",
            Self::Last => "last",
            Self::All => "all",
        }
    }
}

/// A schedule as the settings define it.
#[derive(Clone, Debug)]
pub struct Definition {
    /// Unique name.
    pub name: String,
    /// Cron expression.
    pub cron: String,
    /// IANA time zone of the expression.
    pub timezone: String,
    /// Kind of the job.
    pub kind: String,
    /// Policy for missed due times.
    pub catch_up: CatchUp,
    /// Jobs start up to this many seconds after their slot.
    pub jitter_seconds: i32,
    /// What it asks for.
    pub job: NewJob,
}

/// What became of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotOutcome {
    /// Its job was asked for in time.
    Fired,
    /// Its job was asked for late.
    CaughtUp,
    /// Nobody was there in time, and it is not made up for.
    Missed,
    /// An operator had paused the schedule.
    Paused,
}

impl SlotOutcome {
    const fn name(self) -> &'static str {
        match self {
            Self::Fired => "fired",
            Self::CaughtUp => "caught_up",
            Self::Missed => "missed",
            Self::Paused => "paused",
        }
    }

    /// Whether it asks for the job.
    #[must_use]
    pub const fn fires(self) -> bool {
        matches!(self, Self::Fired | Self::CaughtUp)
    }
}

/// What Postgres knows of a schedule.
#[derive(Clone, Debug)]
pub struct Known {
    /// Its name.
    pub name: String,
    /// Its latest slot, fired or skipped, or when it was first seen, or came back: earlier slots are nobody's.
    pub dealt_with: DateTime<Utc>,
    /// Whether an operator paused it.
    pub paused: bool,
    /// The app's time.
    pub now: DateTime<Utc>,
}

/// Makes Postgres know exactly these schedules; those no longer defined are marked removed and keep their history.
///
/// # Errors
/// When Postgres fails.
pub async fn define(conn: &mut PgConnection, definitions: &[Definition]) -> Result<(), sqlx::Error> {
    let mut tx = conn.begin().await?;
    for schedule in definitions {
        sqlx::query!(
            "insert into schedules (name, cron, timezone, kind, catch_up, jitter_seconds, job, known_since)
             values ($1, $2, $3, $4, $5, $6, $7, app_now())
             on conflict (name) do update set cron = excluded.cron, timezone = excluded.timezone, kind = excluded.kind,
               catch_up = excluded.catch_up, jitter_seconds = excluded.jitter_seconds, job = excluded.job,
               removed_at = null,
               known_since = case when schedules.removed_at is null then schedules.known_since else app_now() end",
            schedule.name,
            schedule.cron,
            schedule.timezone,
            schedule.kind,
            schedule.catch_up.name(),
            schedule.jitter_seconds,
            Json(&schedule.job) as _
        )
        .execute(&mut *tx)
        .await?;
    }
    let names: Vec<String> = definitions.iter().map(|schedule| schedule.name.clone()).collect();
    sqlx::query!("update schedules set removed_at = app_now() where removed_at is null and name <> all($1)", &names)
        .execute(&mut *tx)
        .await?;
    tx.commit().await
}

/// All defined schedules with their latest slot.
///
/// # Errors
/// When Postgres fails.
pub async fn known(conn: &mut PgConnection) -> Result<Vec<Known>, sqlx::Error> {
    sqlx::query_as!(
        Known,
        r#"select name, paused_at is not null as "paused!", app_now() as "now!",
             greatest(known_since, (select max(slot_at) from schedule_slots where schedule = schedules.name))
               as "dealt_with!"
           from schedules where removed_at is null order by name"#
    )
    .fetch_all(conn)
    .await
}

/// Writes what becomes of a slot, and asks for its job when it fires. Answers the job, or `None` when it does not fire
/// or the slot was taken already (by another node, or before).
///
/// # Errors
/// When Postgres fails.
pub async fn fire(
    conn: &mut PgConnection,
    node: Uuid,
    schedule: &str,
    slot: DateTime<Utc>,
    outcome: SlotOutcome,
    job: &NewJob,
    options: &Options,
) -> Result<Option<Uuid>, EnqueueError> {
    let mut tx = conn.begin().await?;
    let mine = sqlx::query!(
        "insert into schedule_slots (schedule, slot_at, outcome, node_id, fired_at)
         values ($1, $2, $3, $4, app_now()) on conflict do nothing",
        schedule,
        slot,
        outcome.name(),
        node
    )
    .execute(&mut *tx)
    .await?
    .rows_affected();
    if mine == 0 {
        return Ok(None);
    }
    let mut fired = None;
    if outcome.fires() {
        fired = enqueue_row(&mut tx, job, options).await?.id();
        sqlx::query!(
            "update schedule_slots set job_id = $3 where schedule = $1 and slot_at = $2",
            schedule,
            slot,
            fired
        )
        .execute(&mut *tx)
        .await?;
    }
    tx.commit().await?;
    Ok(fired)
}
