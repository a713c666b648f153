//! How much there is and how fast it comes and goes: counts that stop at ten thousand.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{error::Result, page::COUNT_CAP};

/// Jobs that wait or run at the front of a line, among which those that run are looked for.
pub(crate) const FRONT: i64 = 2_500;
/// Jobs that wait for others or are parked, whose lines are read.
const ASIDE: i64 = 5_000;
/// Ended jobs looked at to tell how many end in a minute.
pub(crate) const SAMPLE: i64 = 10_000;

/// One queue and priority.
#[derive(Debug)]
pub struct LineRow {
    /// Name of the queue.
    pub queue: String,
    /// 0 (urgent) to 3 (bulk).
    pub priority: i16,
    /// Due jobs among those that were looked at.
    pub queued: i64,
    /// Whether there may be more.
    pub more_queued: bool,
    /// Running jobs.
    pub running: i64,
    /// Jobs whose time has not come, among those that were looked at.
    pub scheduled: i64,
    /// Whether there may be more.
    pub more_scheduled: bool,
    /// Age of the oldest due job.
    pub oldest_seconds: Option<f64>,
}

/// The lines of the live table. Lines are counted in their index alone, and what does not wait for a worker is taken off:
/// to read the states of thousands of rows of each line takes ten times as long. Only when very many jobs wait for
/// others or are parked their states are read.
pub(crate) async fn lines(conn: &mut PgConnection) -> Result<Vec<LineRow>> {
    Ok(sqlx::query_as!(
        LineRow,
        r#"with recursive lines as (
             (select queue, priority from jobs order by queue, priority limit 1)
             union all
             select next.queue, next.priority from lines cross join lateral (
               select queue, priority from jobs where (queue, priority) > (lines.queue, lines.priority)
               order by queue, priority limit 1) next
           ), aside as materialized (
             (select queue, priority, run_at <= (select app_now()) as due from jobs
              where state = 'waiting' and waits_for is not null limit $3)
             union all
             (select queue, priority, run_at <= (select app_now()) from jobs
              where state = 'parked' and reason is not null limit $3)
           ), sums as (
             select queue, priority, count(*) filter (where due) as due, count(*) filter (where not due) as later
             from aside group by queue, priority
           ), all_aside as (select count(*) < $3 as known from aside)
           select lines.queue as "queue!", lines.priority as "priority!", front.running as "running!",
             case when known then due.looked - front.running - coalesce(sums.due, 0) else (
               select count(*) from (
                 select state from jobs where jobs.queue = lines.queue and jobs.priority = lines.priority
                   and run_at <= (select app_now())
                 order by run_at, id limit $1) looked where state = 'scheduled') end as "queued!",
             due.looked >= $1 as "more_queued!",
             case when known then later.looked - coalesce(sums.later, 0) else (
               select count(*) from (
                 select state from jobs where jobs.queue = lines.queue and jobs.priority = lines.priority
                   and run_at > (select app_now())
                 order by run_at, id limit $1) looked where state = 'scheduled') end as "scheduled!",
             later.looked >= $1 as "more_scheduled!",
             (select extract(epoch from (select app_now()) - run_at)::float8 from jobs
                where jobs.queue = lines.queue and jobs.priority = lines.priority
                  and run_at <= (select app_now()) and state = 'scheduled'
                order by run_at, id limit 1) as oldest_seconds
           from lines cross join all_aside
             left join sums on sums.queue = lines.queue and sums.priority = lines.priority
             cross join lateral (
               select count(*) as looked from (
                 select from jobs where jobs.queue = lines.queue and jobs.priority = lines.priority
                   and run_at <= (select app_now())
                 order by run_at, id limit $1) due) due
             cross join lateral (
               select count(*) as looked from (
                 select from jobs where jobs.queue = lines.queue and jobs.priority = lines.priority
                   and run_at > (select app_now())
                 order by run_at, id limit $1) later) later
             cross join lateral (
               select count(*) filter (where state = 'running') as running from (
                 select state from jobs where jobs.queue = lines.queue and jobs.priority = lines.priority
                   and run_at <= (select app_now()) and state in ('scheduled', 'running')
                 order by run_at, id limit $2) front) front"#,
        COUNT_CAP + 1 + FRONT + ASIDE,
        FRONT,
        ASIDE
    )
    .fetch_all(conn)
    .await?)
}

/// Finished jobs that are counted: each row of them is read, and nobody needs more.
pub(crate) const FINISHED_CAP: i64 = 2_000;

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
                order by finished_at desc limit $2) s) as "succeeded!",
             (select count(*) from (
                select from finished_jobs where state = 'cancelled' and state <> 'succeeded'
                order by finished_at desc limit $2) s) as "cancelled!""#,
        COUNT_CAP + 1,
        FINISHED_CAP + 1
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
    /// When.
    pub paused_at: Option<DateTime<Utc>>,
    /// Why.
    pub paused_reason: Option<String>,
}

/// When the transaction began to read, by the clock that all processes share.
pub(crate) async fn read_at(conn: &mut PgConnection) -> Result<DateTime<Utc>> {
    Ok(sqlx::query_scalar!(r#"select now() as "at!""#).fetch_one(conn).await?)
}

pub(crate) async fn queues(conn: &mut PgConnection) -> Result<Vec<QueueRow>> {
    Ok(sqlx::query_as!(
        QueueRow,
        r#"select name, paused_at is not null as "paused!", paused_by, paused_at, paused_reason from queues order by name"#
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
    /// Those of them that succeeded.
    pub done_per_minute: f64,
}

pub(crate) async fn ended(conn: &mut PgConnection) -> Result<Vec<EndedRow>> {
    Ok(sqlx::query_as!(
        EndedRow,
        r#"with latest as materialized (
             select queue, state, finished_at from finished_jobs
             where finished_at > (select app_now()) - interval '1 minute'
             order by finished_at desc limit $1
           ), seen as (
             select case when count(*) < $1 then 60.0
               else greatest(extract(epoch from (select app_now()) - min(finished_at)), 0.001) end as seconds
             from latest
           )
           select queue as "queue!", (count(*) * 60.0 / min(seen.seconds))::float8 as "per_minute!",
             (count(*) filter (where state = 'succeeded') * 60.0 / min(seen.seconds))::float8 as "done_per_minute!"
           from latest cross join seen group by queue"#,
        SAMPLE
    )
    .fetch_all(conn)
    .await?)
}

/// How many came within the last minute.
#[derive(Debug)]
pub struct LatelyRow {
    /// At most the sample.
    pub jobs: i64,
    /// The oldest that was counted.
    pub oldest: Option<Uuid>,
}

/// Jobs asked for since `since`, an id: ids begin with the time at which they were made up.
pub(crate) async fn asked(conn: &mut PgConnection, since: Uuid) -> Result<LatelyRow> {
    Ok(sqlx::query_as!(
        LatelyRow,
        r#"select count(*) as "jobs!", min(id::text)::uuid as oldest from (
             select id from (
               (select id from jobs where id > $1 order by id desc limit $2)
               union all (select id from finished_jobs where id > $1 order by id desc limit $2)
               union all (select id from dead_jobs where id > $1 order by id desc limit $2)) any_of
             order by id desc limit $2) latest"#,
        since,
        SAMPLE
    )
    .fetch_one(conn)
    .await?)
}

/// Attempts that failed within the last minute, per second; when more failed than are looked at, what was seen is taken
/// for the whole minute.
pub(crate) async fn failed(conn: &mut PgConnection) -> Result<f64> {
    Ok(sqlx::query_scalar!(
        r#"with latest as materialized (
             select ended_at from job_attempts
             where ended_at > (select app_now()) - interval '1 minute' and outcome in ('retried', 'crashed', 'dead', 'quarantined')
             order by ended_at desc limit $1
           )
           select (count(*) / case when count(*) < $1 then 60.0
             else greatest(extract(epoch from (select app_now()) - min(ended_at)), 0.001) end)::float8 as "rate!"
           from latest"#,
        SAMPLE
    )
    .fetch_one(conn)
    .await?)
}
