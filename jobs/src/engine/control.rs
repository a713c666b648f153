//! What operators and producers do to jobs: cancel, retry, pause.

use std::collections::BTreeMap;

use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    batch::{self, Ended},
    enqueue::{EnqueueError, NewJob, Options, enqueue_row},
};
use crate::{Enqueued, JobId};

/// What became of a request to cancel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancelled {
    /// It had not started and never will.
    Ended,
    /// It runs and was asked to stop.
    Requested,
    /// It runs and has begun to act on the outside world: too late.
    EffectIntended,
    /// It is not live.
    NotLive,
}

/// Cancels a live job. Needs a transaction of its own.
///
/// # Errors
/// When Postgres fails.
pub async fn cancel(conn: &mut PgConnection, id: JobId, reason: &str) -> Result<Cancelled, EnqueueError> {
    let row = sqlx::query!(
        r#"select state = 'running' as "running!", effect_intended from jobs where id = $1 for update"#,
        id
    )
    .fetch_optional(&mut *conn)
    .await?;
    match row {
        None => Ok(Cancelled::NotLive),
        Some(row) if row.running && row.effect_intended => Ok(Cancelled::EffectIntended),
        Some(row) if row.running => {
            sqlx::query!("update jobs set cancel_requested_at = app_now() where id = $1", id).execute(conn).await?;
            Ok(Cancelled::Requested)
        }
        Some(_) => {
            end_as_cancelled(conn, &[id], reason).await?;
            Ok(Cancelled::Ended)
        }
    }
}

/// Moves live rows, locked by the caller, to the finished as cancelled, and with them whatever waits for them.
pub(super) async fn end_as_cancelled(conn: &mut PgConnection, ids: &[Uuid], reason: &str) -> Result<(), EnqueueError> {
    let mut counts: BTreeMap<Uuid, Ended> = BTreeMap::new();
    let mut ids = ids.to_vec();
    let mut reason = reason.to_owned();
    while !ids.is_empty() {
        let ended = sqlx::query!(
            r#"with ended as (delete from jobs where id = any($1) returning *), moved as (
                 insert into finished_jobs (id, kind, version, queue, args, workspace_id, priority, run_at, state, reason,
                   attempt, max_attempts, epoch, node_id, started_at, batch_id, cause_request, parent_id, copy_of,
                   progress, last_error, created_at, finished_at)
                 select id, kind, version, queue, args, workspace_id, priority, run_at, 'cancelled', $2,
                   attempt, max_attempts, epoch, node_id, started_at, batch_id, cause_request, parent_id, copy_of,
                   progress, last_error, created_at, app_now()
                 from ended
               )
               select id, batch_id, has_waiters from ended"#,
            &ids,
            reason
        )
        .fetch_all(&mut *conn)
        .await?;
        let mut awaited = Vec::new();
        for row in ended {
            if let Some(batch) = row.batch_id {
                counts.entry(batch).or_default().cancelled += 1;
            }
            if row.has_waiters {
                awaited.push(row.id);
            }
        }
        ids = sqlx::query_scalar!(
            "select id from jobs where waits_for = any($1) and state = 'waiting' order by id for update",
            &awaited
        )
        .fetch_all(&mut *conn)
        .await?;
        "the job it waited for was cancelled".clone_into(&mut reason);
    }
    batch::count(conn, &counts).await
}

/// What became of a request to retry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retried {
    /// The same job lives again.
    Again(JobId),
    /// Its batch has ended, so a linked copy outside the batch does the work.
    Copy(JobId),
    /// Its unique key is held by this live job (`None`: gone in the meantime).
    KeyHeld(Option<JobId>),
    /// It is not dead.
    NotDead,
}

/// Brings a dead or quarantined job back with a fresh set of attempts; a quarantined one runs alone. Needs a
/// transaction of its own.
///
/// # Errors
/// When Postgres fails.
pub async fn retry(conn: &mut PgConnection, id: JobId) -> Result<Retried, EnqueueError> {
    let Some(dead) = sqlx::query!(
        "select kind, version, queue, args, workspace_id, priority, max_attempts, unique_key, unique_until_started,
           batch_id, copy_of from dead_jobs where id = $1 for update",
        id
    )
    .fetch_optional(&mut *conn)
    .await?
    else {
        return Ok(Retried::NotDead);
    };
    if let Some(batch) = dead.batch_id {
        let open = sqlx::query_scalar!(
            "update batches set dead = dead - 1 where id = $1 and state <> 'done' and not cancelled returning id",
            batch
        )
        .fetch_optional(&mut *conn)
        .await?;
        if open.is_none() {
            return copy(
                conn,
                id,
                dead.workspace_id,
                NewJob {
                    kind: dead.kind,
                    version: dead.version,
                    queue: dead.queue,
                    args: dead.args,
                    priority: dead.priority,
                    max_attempts: dead.max_attempts,
                    unique_key: dead.unique_key,
                    unique_until_started: dead.unique_until_started,
                },
                "retried as a linked copy",
            )
            .await;
        }
    }
    let alive = sqlx::query!(
        r#"with back as (select * from dead_jobs where id = $1)
           insert into jobs (id, kind, version, queue, args, workspace_id, priority, run_at, max_attempts, attempt, epoch,
             unique_key, unique_until_started, batch_id, has_waiters, cause_request, parent_id, copy_of, progress,
             last_error, suspect, created_at)
           select id, kind, version, queue, args, workspace_id, priority, app_now(), max_attempts, 0, epoch,
             unique_key, unique_until_started, batch_id, has_waiters, cause_request, parent_id, copy_of, progress,
             last_error, state = 'quarantined', created_at
           from back
           on conflict (kind, unique_key) where unique_key is not null do nothing"#,
        id
    )
    .execute(&mut *conn)
    .await?
    .rows_affected();
    if alive == 0 {
        let holder =
            sqlx::query_scalar!("select id from jobs where kind = $1 and unique_key = $2", dead.kind, dead.unique_key)
                .fetch_optional(&mut *conn)
                .await?;
        if let Some(batch) = dead.batch_id {
            sqlx::query!("update batches set dead = dead + 1 where id = $1", batch).execute(&mut *conn).await?;
        }
        return Ok(Retried::KeyHeld(holder));
    }
    sqlx::query!("delete from dead_jobs where id = $1", id).execute(conn).await?;
    Ok(Retried::Again(id))
}

/// Asks for an ended job again as a linked copy outside its batch, with arguments that were changed. `job` says all of
/// the copy; a dead original leaves for the finished. Needs a transaction of its own.
///
/// # Errors
/// When Postgres fails.
pub async fn ask_again(conn: &mut PgConnection, id: JobId, job: NewJob) -> Result<Retried, EnqueueError> {
    // a cancelled job has no row that leaves when it is decided on, so whoever asks for it stands in line here
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('ask again ' || $1::uuid, 0))", id)
        .fetch_one(&mut *conn)
        .await?;
    let ended = sqlx::query!(
        r#"with dead as (select workspace_id from dead_jobs where id = $1 for update)
           select workspace_id, true as "dead!" from dead
           union all select workspace_id, false from finished_jobs where id = $1 and state = 'cancelled'
             and not exists (select from job_copies where original = $1)"#,
        id
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(ended) = ended else { return Ok(Retried::NotDead) };
    copy(conn, id, ended.workspace_id, job, "asked for again with other arguments, as a linked copy").await
}

/// A linked copy outside its batch does the work. A dead original leaves for the finished, and what waited for it waits
/// for the copy.
async fn copy(
    conn: &mut PgConnection,
    id: JobId,
    workspace: Option<Uuid>,
    job: NewJob,
    reason: &str,
) -> Result<Retried, EnqueueError> {
    sqlx::query!(
        "select set_config('ledgerline.workspace', $1, true)",
        workspace.map(|id| id.to_string()).unwrap_or_default()
    )
    .fetch_one(&mut *conn)
    .await?;
    let options = Options { copy_of: Some(id), ..Options::default() };
    let copied = match enqueue_row(conn, &job, &options).await? {
        Enqueued::Held(holder) => return Ok(Retried::KeyHeld(holder)),
        Enqueued::New(copied) => copied,
    };
    let waiting = sqlx::query!("update jobs set waits_for = $2 where waits_for = $1 and state = 'waiting'", id, copied)
        .execute(&mut *conn)
        .await?
        .rows_affected();
    if waiting > 0 {
        sqlx::query!("update jobs set has_waiters = true where id = $1", copied).execute(&mut *conn).await?;
    }
    discard(conn, id, reason).await?;
    Ok(Retried::Copy(copied))
}

/// Moves a dead job to the finished, where retention ends it. Jobs that waited for it end as cancelled, since what they
/// waited for will never be done. Answers false when it is not dead. Needs a transaction of its own.
///
/// # Errors
/// When Postgres fails.
pub async fn discard(conn: &mut PgConnection, id: JobId, reason: &str) -> Result<bool, EnqueueError> {
    let moved = sqlx::query!(
        r#"with gone as (delete from dead_jobs where id = $1 returning *)
           insert into finished_jobs (id, kind, version, queue, args, workspace_id, priority, run_at, state, reason,
             attempt, max_attempts, epoch, node_id, started_at, batch_id, cause_request, parent_id, copy_of, progress,
             last_error, created_at, finished_at)
           select id, kind, version, queue, args, workspace_id, priority, run_at, 'dead', $2, attempt, max_attempts,
             epoch, node_id, started_at, batch_id, cause_request, parent_id, copy_of, progress, last_error, created_at,
             app_now()
           from gone"#,
        id,
        reason
    )
    .execute(&mut *conn)
    .await?
    .rows_affected();
    if moved == 0 {
        return Ok(false);
    }
    let waiting = sqlx::query_scalar!(
        "select id from jobs where waits_for = $1 and state = 'waiting' order by id for update",
        id
    )
    .fetch_all(&mut *conn)
    .await?;
    end_as_cancelled(conn, &waiting, "the job it waited for failed and was deleted").await?;
    Ok(true)
}

/// Pauses a queue: nothing of it is dispatched or claimed until it is resumed; what runs runs on.
///
/// # Errors
/// When Postgres fails.
pub async fn pause(conn: &mut PgConnection, queue: &str, by: &str, reason: Option<&str>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into queues (name, paused_at, paused_by, paused_reason) values ($1, app_now(), $2, $3)
         on conflict (name) do update set paused_at = coalesce(queues.paused_at, excluded.paused_at),
           paused_by = case when queues.paused_at is null then excluded.paused_by else queues.paused_by end,
           paused_reason = case when queues.paused_at is null then excluded.paused_reason else queues.paused_reason end",
        queue,
        by,
        reason
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Resumes a queue.
///
/// # Errors
/// When Postgres fails.
pub async fn resume(conn: &mut PgConnection, queue: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("update queues set paused_at = null, paused_by = null, paused_reason = null where name = $1", queue)
        .execute(conn)
        .await?;
    Ok(())
}
