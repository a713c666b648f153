//! How an attempt ends. Every statement is guarded by the fence; a row that does not match is a lost lease.

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    Fence,
    batch::{self, Ended},
    claim::columns,
    enqueue::EnqueueError,
};

/// What a handler answers.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The work is done and its effects are repeatable or stand in the effect ledger; the engine records it.
    Done,
    /// The handler completed the job in its own transaction ([`finish`]).
    Settled,
    /// Not now: again at that time, without burning an attempt.
    Snooze(DateTime<Utc>),
    /// No longer wanted, with the reason.
    Cancel(String),
    /// Pointless to try again, with the reason.
    Dead(String),
}

/// What went wrong in an attempt that is to be tried again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failure {
    /// One line for operators.
    pub error: String,
    /// Where, when known.
    pub backtrace: Option<String>,
}

/// A running job with what its end must know.
#[derive(Clone, Copy, Debug)]
pub struct Running {
    /// Proof of holding it.
    pub fence: Fence,
    /// The batch that counts it.
    pub batch_id: Option<Uuid>,
}

/// Completes one job in the caller's transaction: effect and completion are one commit. Call it last, since it may
/// lock the batch's row. Answers false when the lease was lost; the caller must then roll back.
///
/// # Errors
/// When Postgres fails.
pub async fn finish(conn: &mut PgConnection, job: &Running) -> Result<bool, EnqueueError> {
    Ok(!succeed(conn, std::slice::from_ref(job)).await?.held.is_empty())
}

/// What recording successes came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Succeeded {
    /// Jobs whose lease still held.
    pub held: Vec<Uuid>,
    /// Jobs that waited for them and are let go.
    pub released: u64,
}

/// Records that these jobs are done. Needs a transaction of its own when any of them is in a batch.
///
/// # Errors
/// When Postgres fails.
pub async fn succeed(conn: &mut PgConnection, jobs: &[Running]) -> Result<Succeeded, EnqueueError> {
    let fences: Vec<Fence> = jobs.iter().map(|job| job.fence).collect();
    let (ids, epochs, tokens) = columns(&fences);
    let ended = sqlx::query!(
        r#"with ended as (
             delete from jobs using unnest($1::uuid[], $2::int[], $3::bigint[]) as held (id, epoch, token)
             where jobs.id = held.id and jobs.epoch = held.epoch and jobs.token = held.token and state = 'running'
             returning jobs.*
           ), moved as (
             insert into finished_jobs (id, kind, version, queue, args, workspace_id, priority, run_at, state, attempt,
               max_attempts, epoch, node_id, started_at, batch_id, cause_request, parent_id, copy_of, progress,
               created_at, finished_at)
             select id, kind, version, queue, args, workspace_id, priority, run_at, 'succeeded', attempt,
               max_attempts, epoch, node_id, started_at, batch_id, cause_request, parent_id, copy_of, progress,
               created_at, (select app_now())
             from ended
           )
           select id, batch_id, has_waiters from ended"#,
        &ids,
        &epochs,
        &tokens
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut counts: BTreeMap<Uuid, Ended> = BTreeMap::new();
    let mut awaited = Vec::new();
    let mut succeeded = Succeeded { held: Vec::with_capacity(ended.len()), released: 0 };
    for row in ended {
        if let Some(batch) = row.batch_id {
            counts.entry(batch).or_default().succeeded += 1;
        }
        if row.has_waiters {
            awaited.push(row.id);
        }
        succeeded.held.push(row.id);
    }
    if !awaited.is_empty() {
        // a statement of its own: it must see waiters that committed while the delete waited for them
        succeeded.released = release_waiters(conn, &awaited).await?;
    }
    batch::count(conn, &counts).await?;
    Ok(succeeded)
}

/// Lets jobs go that waited for the given ones.
pub(super) async fn release_waiters(conn: &mut PgConnection, ended: &[Uuid]) -> Result<u64, sqlx::Error> {
    Ok(sqlx::query!(
        "update jobs set state = 'scheduled', waits_for = null, run_at = greatest(run_at, app_now())
         where waits_for = any($1) and state = 'waiting'",
        ended
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// How a job goes back to waiting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Again {
    /// The attempt failed: after that pause.
    After(Duration),
    /// Snoozed: at that time, no attempt burnt.
    At(DateTime<Utc>),
}

/// Schedules the job again and records the attempt. Answers false when the lease was lost.
///
/// # Errors
/// When Postgres fails.
pub async fn again(
    conn: &mut PgConnection,
    fence: Fence,
    when: Again,
    failure: Option<&Failure>,
) -> Result<bool, sqlx::Error> {
    let (at, pause, snoozed) = match when {
        Again::After(pause) => (None, pause.as_secs_f64(), false),
        Again::At(at) => (Some(at), 0.0, true),
    };
    let error = failure.map(|failure| failure.error.as_str());
    let backtrace = failure.and_then(|failure| failure.backtrace.as_deref());
    let ended = sqlx::query!(
        r#"with held as (
             select * from jobs where id = $1 and epoch = $2 and token = $3 and state = 'running' for update
           ), noted as (
             insert into job_attempts (job_id, epoch, attempt, node_id, started_at, ended_at, outcome, error, backtrace)
             select id, epoch, attempt, node_id, started_at, app_now(),
               case when $4 then 'snoozed' else 'retried' end, $7, $8
             from held
             on conflict (job_id, epoch) do nothing
           )
           update jobs set state = 'scheduled', run_at = coalesce($5, app_now()) + make_interval(secs => $6),
             attempt = jobs.attempt - case when $4 then 1 else 0 end, node_id = null, token = null,
             last_error = coalesce($7, jobs.last_error), effect_intended = false, suspect = false
           from held where jobs.id = held.id"#,
        fence.id,
        fence.epoch,
        fence.token,
        snoozed,
        at,
        pause,
        error,
        backtrace,
    )
    .execute(conn)
    .await?
    .rows_affected();
    Ok(ended == 1)
}

/// How a job ends without success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Stays among the dead until somebody decides.
    Dead,
    /// Stays among the dead; it crashed nodes.
    Quarantined,
    /// Goes to the finished.
    Cancelled,
}

/// Ends the running job for good and records the attempt; counts it in its batch. Answers false when the lease was
/// lost. Needs a transaction of its own.
///
/// # Errors
/// When Postgres fails.
pub async fn end(
    conn: &mut PgConnection,
    fence: Fence,
    end: End,
    reason: &str,
    failure: Option<&Failure>,
) -> Result<bool, EnqueueError> {
    let outcome = match end {
        End::Dead => "dead",
        End::Quarantined => "quarantined",
        End::Cancelled => "cancelled",
    };
    let error = failure.map_or(reason, |failure| failure.error.as_str());
    let backtrace = failure.and_then(|failure| failure.backtrace.as_deref());
    let held = sqlx::query!(
        r#"with held as (
             select * from jobs where id = $1 and epoch = $2 and token = $3 and state = 'running' for update
           )
           insert into job_attempts (job_id, epoch, attempt, node_id, started_at, ended_at, outcome, error, backtrace)
           select id, epoch, attempt, node_id, started_at, app_now(), $4, $5, $6 from held
           on conflict (job_id, epoch) do update set outcome = excluded.outcome
           returning job_id"#,
        fence.id,
        fence.epoch,
        fence.token,
        outcome,
        error,
        backtrace
    )
    .fetch_optional(&mut *conn)
    .await?;
    if held.is_none() {
        return Ok(false);
    }
    match end {
        End::Cancelled => super::control::end_as_cancelled(conn, &[fence.id], reason).await?,
        End::Dead | End::Quarantined => bury(conn, fence.id, end, reason, error).await?,
    }
    Ok(true)
}

/// Moves a live row, already locked by the caller, to the dead.
pub(super) async fn bury(
    conn: &mut PgConnection,
    id: Uuid,
    end: End,
    reason: &str,
    error: &str,
) -> Result<(), EnqueueError> {
    let quarantined = end == End::Quarantined;
    let buried = sqlx::query!(
        r#"with ended as (delete from jobs where id = $1 returning *)
           insert into dead_jobs (id, kind, version, queue, args, workspace_id, priority, run_at, state, reason, attempt,
             max_attempts, epoch, node_id, started_at, crashes, unique_key, unique_until_started, batch_id, has_waiters,
             cause_request, parent_id, copy_of, progress, last_error, created_at, finished_at)
           select id, kind, version, queue, args, workspace_id, priority, run_at,
             case when $2 then 'quarantined'::job_state else 'dead' end, $3, attempt,
             max_attempts, epoch, node_id, started_at, crashes, unique_key, unique_until_started, batch_id, has_waiters,
             cause_request, parent_id, copy_of, progress, $4, created_at, app_now()
           from ended returning batch_id"#,
        id,
        quarantined,
        reason,
        error
    )
    .fetch_one(&mut *conn)
    .await?;
    if let Some(batch) = buried.batch_id {
        let ended = Ended { dead: 1, ..Ended::default() };
        batch::count(conn, &BTreeMap::from([(batch, ended)])).await?;
    }
    Ok(())
}

/// Parks a job that this node does not know. It is let go when a node comes that does. Answers false when the lease
/// was lost.
///
/// # Errors
/// When Postgres fails.
pub async fn park(conn: &mut PgConnection, fence: Fence, reason: &str) -> Result<bool, sqlx::Error> {
    Ok(sqlx::query!(
        "with held as (
           select * from jobs where id = $1 and epoch = $2 and token = $3 and state = 'running' for update
         ), noted as (
           insert into job_attempts (job_id, epoch, attempt, node_id, started_at, ended_at, outcome, error)
           select id, epoch, attempt, node_id, started_at, app_now(), 'parked', $4 from held
           on conflict (job_id, epoch) do nothing
         )
         update jobs set state = 'parked', reason = $4, attempt = jobs.attempt - 1, node_id = null, token = null
         from held where jobs.id = held.id",
        fence.id,
        fence.epoch,
        fence.token,
        reason
    )
    .execute(conn)
    .await?
    .rows_affected()
        == 1)
}

/// Whether the attempt of this fence ended in success. A worker whose commit got no answer asks this; it never
/// guesses.
///
/// # Errors
/// When Postgres fails.
pub async fn has_succeeded(conn: &mut PgConnection, fence: Fence) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select exists (select from finished_jobs where id = $1 and epoch = $2 and state = 'succeeded') as "yes!""#,
        fence.id,
        fence.epoch
    )
    .fetch_one(conn)
    .await
}

/// Progress of a running job, shown while it runs.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Progress {
    /// Units done.
    pub done: i64,
    /// Units in all, when known.
    pub total: Option<i64>,
    /// What is being done.
    pub note: Option<String>,
}

/// Writes the progress of a running job; without effect when the lease was lost.
///
/// # Errors
/// When Postgres fails.
pub async fn progress(conn: &mut PgConnection, fence: Fence, progress: &Progress) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update jobs set progress = $4 where id = $1 and epoch = $2 and token = $3 and state = 'running'",
        fence.id,
        fence.epoch,
        fence.token,
        sqlx::types::Json(progress) as _
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Keeps a log line of an attempt.
///
/// # Errors
/// When Postgres fails.
pub async fn log(
    conn: &mut PgConnection,
    fence: Fence,
    line: i32,
    level: &str,
    message: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into job_logs (job_id, epoch, line, at, level, message) values ($1, $2, $3, app_now(), $4, $5)
         on conflict do nothing",
        fence.id,
        fence.epoch,
        line,
        level,
        message
    )
    .execute(conn)
    .await?;
    Ok(())
}
