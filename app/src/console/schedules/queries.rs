//! What the console reads and writes of schedules.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use ledgerline_jobs::NewJob;

use crate::error::Result;

/// Recurring work.
#[derive(Debug)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct ScheduleRow {
    pub name: String,
    pub cron: String,
    pub timezone: String,
    pub kind: String,
    pub catch_up: String,
    pub jitter_seconds: i32,
    pub known_since: DateTime<Utc>,
    pub paused_at: Option<DateTime<Utc>>,
    pub paused_by: Option<String>,
    pub paused_reason: Option<String>,
    pub last_slot: Option<DateTime<Utc>>,
    pub last_outcome: Option<String>,
    pub last_job: Option<Uuid>,
    pub missed: i64,
    pub now: DateTime<Utc>,
}

/// All schedules, or the one of a name.
pub(crate) async fn schedules(conn: &mut PgConnection, name: Option<&str>) -> Result<Vec<ScheduleRow>> {
    Ok(sqlx::query_as!(
        ScheduleRow,
        r#"select name, cron, timezone, kind, catch_up, jitter_seconds, known_since, paused_at, paused_by, paused_reason,
             slot.slot_at as "last_slot?", slot.outcome as "last_outcome?", slot.job_id as last_job,
             (select count(*) from schedule_slots where schedule = name and outcome = 'missed'
               and slot_at > app_now() - interval '7 days') as "missed!",
             app_now() as "now!"
           from schedules left join lateral (
             select slot_at, outcome, job_id from schedule_slots where schedule = schedules.name
             order by slot_at desc limit 1) slot on true
           where removed_at is null and ($1::text is null or name = $1) order by name"#,
        name
    )
    .fetch_all(conn)
    .await?)
}

/// A schedule that is not paused, and what it did last.
#[derive(Debug)]
#[expect(missing_docs, reason = "the columns of the tables")]
pub struct GoingRow {
    pub name: String,
    pub cron: String,
    pub timezone: String,
    pub dealt_with: DateTime<Utc>,
    pub now: DateTime<Utc>,
}

/// Schedules that are not paused.
pub(crate) async fn going(conn: &mut PgConnection) -> Result<Vec<GoingRow>> {
    Ok(sqlx::query_as!(
        GoingRow,
        r#"select name, cron, timezone, app_now() as "now!",
             greatest(known_since, (select max(slot_at) from schedule_slots where schedule = name)) as "dealt_with!"
           from schedules where removed_at is null and paused_at is null order by name"#
    )
    .fetch_all(conn)
    .await?)
}

/// A due time or a run by hand.
#[derive(Debug)]
#[expect(missing_docs, reason = "the columns of the tables")]
pub struct EntryRow {
    pub at: DateTime<Utc>,
    pub id: Uuid,
    pub outcome: String,
    pub decided_at: DateTime<Utc>,
    pub by: Option<String>,
    pub job_id: Option<Uuid>,
}

/// A page of what happened, the latest first. Slots have no id: there is one at a time.
pub(crate) async fn history(
    conn: &mut PgConnection,
    name: &str,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<EntryRow>> {
    let (at, id) = after.unzip();
    Ok(sqlx::query_as!(
        EntryRow,
        r#"select at as "at!", id as "id!", outcome as "outcome!", decided_at as "decided_at!", by, job_id from (
             (select slot_at as at, '00000000-0000-0000-0000-000000000000'::uuid as id, outcome,
                fired_at as decided_at, null as by, job_id
              from schedule_slots
              where schedule = $1 and ($2::timestamptz is null
                or slot_at < $2 or slot_at = $2 and $3::uuid > '00000000-0000-0000-0000-000000000000')
              order by slot_at desc limit $4)
             union all
             (select asked_at, id, 'by_hand', asked_at, asked_by, job_id from schedule_runs
              where schedule = $1 and ($2::timestamptz is null or (asked_at, id) < ($2, $3::uuid))
              order by asked_at desc, id desc limit $4)
           ) entries order by at desc, id desc limit $4"#,
        name,
        at,
        id,
        limit
    )
    .fetch_all(conn)
    .await?)
}

/// A schedule that somebody is about to act on.
#[derive(Debug)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct LockedRow {
    pub paused: bool,
    pub job: Option<Json<NewJob>>,
}

/// The schedule of a name, locked until the transaction ends.
pub(crate) async fn lock(conn: &mut PgConnection, name: &str) -> Result<Option<LockedRow>> {
    Ok(sqlx::query_as!(
        LockedRow,
        r#"select paused_at is not null as "paused!", job as "job: Json<NewJob>" from schedules
           where name = $1 and removed_at is null for no key update"#,
        name
    )
    .fetch_optional(conn)
    .await?)
}

/// Pauses, or with no name resumes.
pub(crate) async fn set_paused(
    conn: &mut PgConnection,
    name: &str,
    by: Option<&str>,
    reason: Option<&str>,
) -> Result<()> {
    sqlx::query!(
        "update schedules set paused_at = case when $2::text is null then null else app_now() end, paused_by = $2,
           paused_reason = $3
         where name = $1",
        name,
        by,
        reason
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The schedule and the job of a run by hand.
pub(crate) async fn run(conn: &mut PgConnection, id: Uuid) -> Result<Option<(String, Uuid)>> {
    let run = sqlx::query!("select schedule, job_id from schedule_runs where id = $1", id).fetch_optional(conn).await?;
    Ok(run.map(|run| (run.schedule, run.job_id)))
}

/// Writes down a run by hand; answers false when it was written down already.
pub(crate) async fn note_run(conn: &mut PgConnection, id: Uuid, name: &str, job: Uuid, by: &str) -> Result<bool> {
    let noted = sqlx::query!(
        "insert into schedule_runs (id, schedule, job_id, asked_by, asked_at) values ($1, $2, $3, $4, app_now())
         on conflict (id) do nothing",
        id,
        name,
        job,
        by
    )
    .execute(conn)
    .await?
    .rows_affected();
    Ok(noted == 1)
}
