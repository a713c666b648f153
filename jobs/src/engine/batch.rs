//! Batches: many jobs whose end is one event. Open until sealed; `on_done` is asked for exactly once, when the
//! batch is sealed and its last job has ended.

use std::collections::BTreeMap;

use sqlx::PgConnection;
use uuid::Uuid;

use super::enqueue::{EnqueueError, NewJob, Options, enqueue_row};
use crate::Job;

/// Opens a batch in the caller's workspace. `on_done` is asked for when it has ended.
///
/// # Errors
/// When the payload is not JSON or Postgres fails.
pub async fn open<J: Job>(conn: &mut PgConnection, kind: &str, on_done: Option<&J>) -> Result<Uuid, EnqueueError> {
    let id = Uuid::now_v7();
    let on_done = on_done.map(NewJob::of).transpose()?.map(serde_json::to_value).transpose()?;
    sqlx::query!(
        "insert into batches (id, workspace_id, kind, on_done, created_at)
         values ($1, current_workspace(), $2, $3, app_now())",
        id,
        kind,
        on_done
    )
    .execute(conn)
    .await?;
    Ok(id)
}

/// Counts `jobs` more in the batch.
pub(super) async fn add(conn: &mut PgConnection, batch: Uuid, jobs: u64) -> Result<(), EnqueueError> {
    let jobs = i64::try_from(jobs).unwrap_or(i64::MAX);
    let known = sqlx::query!(
        "update batches set total = total + $2 where id = $1 and state <> 'done' and not cancelled",
        batch,
        jobs
    )
    .execute(conn)
    .await?
    .rows_affected();
    if known == 0 {
        return Err(EnqueueError::BatchClosed(batch));
    }
    Ok(())
}

/// Seals the batch: it is done as soon as everything in it has ended, which may be now.
///
/// # Errors
/// When Postgres fails.
pub async fn seal(conn: &mut PgConnection, batch: Uuid) -> Result<(), EnqueueError> {
    sqlx::query!("update batches set state = 'sealed', sealed_at = app_now() where id = $1 and state = 'open'", batch)
        .execute(&mut *conn)
        .await?;
    finish_if_done(conn, batch).await
}

/// How many jobs of a batch ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// Ended well.
    pub succeeded: i64,
    /// Gave up or were quarantined.
    pub dead: i64,
    /// Were cancelled.
    pub cancelled: i64,
}

/// Counts ended jobs, batch by batch in id order (two writers then never wait for each other in a circle), and
/// asks for `on_done` where that was the last. Must be the last thing before the commit: the batch's row is where
/// everybody meets.
pub(super) async fn count(conn: &mut PgConnection, ended: &BTreeMap<Uuid, Ended>) -> Result<(), EnqueueError> {
    for (batch, ended) in ended {
        sqlx::query!(
            "update batches set succeeded = succeeded + $2, dead = dead + $3, cancelled_jobs = cancelled_jobs + $4
             where id = $1",
            batch,
            ended.succeeded,
            ended.dead,
            ended.cancelled
        )
        .execute(&mut *conn)
        .await?;
        finish_if_done(conn, *batch).await?;
    }
    Ok(())
}

async fn finish_if_done(conn: &mut PgConnection, batch: Uuid) -> Result<(), EnqueueError> {
    let done = sqlx::query!(
        "update batches set state = 'done', finished_at = app_now()
         where id = $1 and state = 'sealed' and succeeded + dead + cancelled_jobs = total
         returning on_done, workspace_id",
        batch
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(done) = done else { return Ok(()) };
    let Some(on_done) = done.on_done else {
        return Ok(());
    };
    let job: NewJob = serde_json::from_value(on_done)?;
    // the one who ends the last job need not stand in the batch's workspace
    let before =
        sqlx::query_scalar!("select current_setting('ledgerline.workspace', true)").fetch_one(&mut *conn).await?;
    enter(conn, done.workspace_id.map(|id| id.to_string())).await?;
    let asked = enqueue_row(conn, &job, &Options::default()).await?;
    sqlx::query!("update batches set done_job = $2 where id = $1", batch, asked.id()).execute(&mut *conn).await?;
    enter(conn, before).await?;
    Ok(())
}

async fn enter(conn: &mut PgConnection, workspace: Option<String>) -> Result<(), sqlx::Error> {
    sqlx::query!("select set_config('ledgerline.workspace', $1, true)", workspace.unwrap_or_default())
        .fetch_one(conn)
        .await?;
    Ok(())
}

/// Cancels a batch: what has not started ends as cancelled, what runs is asked to stop, nothing can be added.
/// Answers the running jobs that were asked to stop.
///
/// # Errors
/// When Postgres fails.
pub async fn cancel(conn: &mut PgConnection, batch: Uuid, reason: &str) -> Result<Vec<Uuid>, EnqueueError> {
    // jobs before the batch, as everybody who ends a job does, those that run as well; what is added meanwhile meets a
    // closed batch or the second look
    sqlx::query!("select id from jobs where batch_id = $1 order by id for update", batch).fetch_all(&mut *conn).await?;
    sqlx::query!(
        "update batches set cancelled = true, state = case when state = 'open' then 'sealed' else state end,
           sealed_at = coalesce(sealed_at, app_now())
         where id = $1 and state <> 'done'",
        batch
    )
    .execute(&mut *conn)
    .await?;
    let waiting = lock_waiting(conn, batch).await?;
    super::control::end_as_cancelled(conn, &waiting, reason).await?;
    let running = sqlx::query_scalar!(
        "update jobs set cancel_requested_at = app_now()
         where batch_id = $1 and state = 'running' and not effect_intended returning id",
        batch
    )
    .fetch_all(&mut *conn)
    .await?;
    finish_if_done(conn, batch).await?;
    Ok(running)
}

/// Jobs of the batch that do not run, locked in id order.
async fn lock_waiting(conn: &mut PgConnection, batch: Uuid) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!("select id from jobs where batch_id = $1 and state <> 'running' order by id for update", batch)
        .fetch_all(conn)
        .await
}
