//! How much there is: counts that stop at ten thousand, queues, nodes, schedules.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{error::Result, page::COUNT_CAP};

/// Jobs that wait or run at the front of a line, among which those that run are looked for.
pub(in crate::console) const FRONT: i64 = 5_000;
/// Ended jobs looked at to tell how many end in a minute.
const SAMPLE: i64 = 10_000;
/// Processes that are gone are shown for this long.
const GONE_SHOWN_SECONDS: f64 = 900.0;
/// Most processes shown.
const NODES: i64 = 200;

/// One queue and priority.
#[derive(Debug)]
pub struct LineRow {
    /// Name of the queue.
    pub queue: String,
    /// Due jobs, at most one more than the cap.
    pub queued: i64,
    /// Running jobs.
    pub running: i64,
    /// Jobs whose time has not come, at most one more than the cap.
    pub scheduled: i64,
    /// Age of the oldest due job.
    pub oldest_seconds: Option<f64>,
}

/// The lines of the live table. Each count stops one after the cap.
pub(crate) async fn lines(conn: &mut PgConnection) -> Result<Vec<LineRow>> {
    Ok(sqlx::query_as!(
        LineRow,
        r#"with recursive lines as (
             (select queue, priority from jobs order by queue, priority limit 1)
             union all
             select next.queue, next.priority from lines cross join lateral (
               select queue, priority from jobs where (queue, priority) > (lines.queue, lines.priority)
               order by queue, priority limit 1) next
           )
           select lines.queue as "queue!",
             (select count(*) from (
                select from jobs where jobs.queue = lines.queue and jobs.priority = lines.priority
                  and run_at <= (select app_now()) and state = 'scheduled'
                order by run_at, id limit $1) due) as "queued!",
             (select count(*) filter (where state = 'running') from (
                select state from jobs where jobs.queue = lines.queue and jobs.priority = lines.priority
                  and run_at <= (select app_now()) and state in ('scheduled', 'running')
                order by run_at, id limit $2) front) as "running!",
             (select count(*) from (
                select from jobs where jobs.queue = lines.queue and jobs.priority = lines.priority
                  and run_at > (select app_now()) and state = 'scheduled'
                order by run_at, id limit $1) later) as "scheduled!",
             (select extract(epoch from (select app_now()) - run_at)::float8 from jobs
                where jobs.queue = lines.queue and jobs.priority = lines.priority
                  and run_at <= (select app_now()) and state = 'scheduled'
                order by run_at, id limit 1) as oldest_seconds
           from lines"#,
        COUNT_CAP + 1,
        FRONT
    )
    .fetch_all(conn)
    .await?)
}

/// Counts of the states that are not lines; each stops one after the cap.
#[derive(Debug)]
#[expect(missing_docs, reason = "the states of a job")]
pub struct StateCounts {
    pub waiting: i64,
    pub parked: i64,
    pub dead: i64,
    pub quarantined: i64,
    pub succeeded: i64,
    pub cancelled: i64,
}

pub(crate) async fn states(conn: &mut PgConnection) -> Result<StateCounts> {
    Ok(sqlx::query_as!(
        StateCounts,
        r#"select
             (select count(*) from (
                select from jobs where state = 'waiting' and waits_for is not null limit $1) s) as "waiting!",
             (select count(*) from (
                select from jobs where state = 'parked' and reason is not null limit $1) s) as "parked!",
             (select count(*) from (select from dead_jobs where state = 'dead' limit $1) s) as "dead!",
             (select count(*) from (select from dead_jobs where state = 'quarantined' limit $1) s) as "quarantined!",
             (select count(*) from (
                select from finished_jobs where state = 'succeeded'
                order by finished_at desc limit $1) s) as "succeeded!",
             (select count(*) from (
                select from finished_jobs where state = 'cancelled' and state <> 'succeeded'
                order by finished_at desc limit $1) s) as "cancelled!""#,
        COUNT_CAP + 1
    )
    .fetch_one(conn)
    .await?)
}

/// A queue that has a row: it was paused at some time.
#[derive(Debug)]
pub struct QueueRow {
    /// Its name.
    pub name: String,
    /// Whether it is paused.
    pub paused: bool,
    /// By whom.
    pub paused_by: Option<String>,
}

pub(crate) async fn queues(conn: &mut PgConnection) -> Result<Vec<QueueRow>> {
    Ok(sqlx::query_as!(
        QueueRow,
        r#"select name, paused_at is not null as "paused!", paused_by from queues order by name"#
    )
    .fetch_all(conn)
    .await?)
}

/// How many jobs of a queue ended lately.
#[derive(Debug)]
pub struct EndedRow {
    /// Name of the queue.
    pub queue: String,
    /// Jobs per minute. When more ended than are looked at, what was seen is taken for the whole minute.
    pub per_minute: f64,
}

pub(crate) async fn ended(conn: &mut PgConnection) -> Result<Vec<EndedRow>> {
    Ok(sqlx::query_as!(
        EndedRow,
        r#"with latest as materialized (
             select queue, finished_at from finished_jobs
             where finished_at > (select app_now()) - interval '1 minute'
             order by finished_at desc limit $1
           ), seen as (
             select case when count(*) < $1 then 60.0
               else greatest(extract(epoch from (select app_now()) - min(finished_at)), 0.001) end as seconds
             from latest
           )
           select queue as "queue!", (count(*) * 60.0 / min(seen.seconds))::float8 as "per_minute!"
           from latest cross join seen group by queue"#,
        SAMPLE
    )
    .fetch_all(conn)
    .await?)
}

/// A worker process.
#[derive(Debug)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct NodeRow {
    pub id: Uuid,
    pub name: String,
    pub host: String,
    pub pid: i32,
    pub version: String,
    pub started_at: DateTime<Utc>,
    pub beat_at: DateTime<Utc>,
    pub state: String,
    pub running: i32,
}

/// Processes that live, and those that went lately. When all of them are dead nobody marks them so, hence the lease is
/// looked at here as well.
pub(crate) async fn nodes(conn: &mut PgConnection) -> Result<Vec<NodeRow>> {
    Ok(sqlx::query_as!(
        NodeRow,
        r#"select id, name, host, pid, version, started_at, beat_at,
             case when lease_until < now() then 'gone' else state end as "state!",
             case when lease_until < now() then 0 else running end as "running!"
           from nodes
           where beat_at > now() - make_interval(secs => $1) or (state <> 'gone' and lease_until > now())
           order by (state = 'gone' or lease_until < now()), name limit $2"#,
        GONE_SHOWN_SECONDS,
        NODES
    )
    .fetch_all(conn)
    .await?)
}

/// Recurring work.
#[derive(Debug)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct ScheduleRow {
    pub name: String,
    pub cron: String,
    pub timezone: String,
    pub kind: String,
    pub catch_up: String,
    pub paused: bool,
    pub last_slot: Option<DateTime<Utc>>,
    pub now: DateTime<Utc>,
}

pub(crate) async fn schedules(conn: &mut PgConnection) -> Result<Vec<ScheduleRow>> {
    Ok(sqlx::query_as!(
        ScheduleRow,
        r#"select name, cron, timezone, kind, catch_up, paused_at is not null as "paused!",
             (select max(slot_at) from schedule_slots where schedule = schedules.name) as last_slot, app_now() as "now!"
           from schedules where removed_at is null order by name"#
    )
    .fetch_all(conn)
    .await?)
}
