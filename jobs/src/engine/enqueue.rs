//! Asking for work: one row per job, in the caller's transaction.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{Job, JobId, Priority, UniqueKey};

/// A job with its payload already turned to JSON, as it stands in a row; schedules and batches keep these.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewJob {
    /// `<slice>.<verb>`.
    pub kind: String,
    /// Version of the payload.
    pub version: i16,
    /// Name of the queue.
    pub queue: String,
    /// The payload.
    pub args: serde_json::Value,
    /// 0 (urgent) to 3 (bulk).
    pub priority: i16,
    /// Attempts until it is dead.
    pub max_attempts: i16,
    /// What makes it the same work as another of its kind.
    pub unique_key: Option<String>,
    /// Whether the key is free again once the job has started.
    pub unique_until_started: bool,
}

impl NewJob {
    /// The row of `job`.
    ///
    /// # Errors
    /// When the payload cannot be written as JSON.
    pub fn of<J: Job>(job: &J) -> Result<Self, EnqueueError> {
        let (unique_key, unique_until_started) = match job.unique_key() {
            None => (None, false),
            Some(UniqueKey::UntilStarted(key)) => (Some(key), true),
            Some(UniqueKey::UntilFinished(key)) => (Some(key), false),
        };
        Ok(Self {
            kind: J::KIND.to_owned(),
            version: J::VERSION,
            queue: J::QUEUE.name().to_owned(),
            args: serde_json::to_value(job)?,
            priority: J::POLICY.priority as i16,
            max_attempts: J::POLICY.max_attempts,
            unique_key,
            unique_until_started,
        })
    }
}

/// What differs from the kind's usual way; `Options::default()` means at once, alone.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Not before this time.
    pub run_at: Option<DateTime<Utc>>,
    /// Not before this long after now; added to `run_at` when both are given.
    pub delay: Option<Duration>,
    /// Instead of the kind's priority.
    pub priority: Option<Priority>,
    /// The batch that counts it; it must not be done.
    pub batch: Option<Uuid>,
    /// Waits until that job has succeeded. A job that is already gone is not waited for.
    pub after: Option<JobId>,
    /// The job of which this is a linked copy.
    pub copy_of: Option<JobId>,
}

/// What became of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enqueued {
    /// A new row.
    New(JobId),
    /// The key is held by this live job (`None`: by a job that the asking workspace may not see).
    Held(Option<JobId>),
}

impl Enqueued {
    /// The job that does the work, new or not.
    #[must_use]
    pub const fn id(self) -> Option<JobId> {
        match self {
            Self::New(id) => Some(id),
            Self::Held(id) => id,
        }
    }
}

/// Why work could not be asked for.
#[derive(Debug, thiserror::Error)]
pub enum EnqueueError {
    /// The payload is not JSON.
    #[error("the payload cannot be written as JSON: {0}")]
    Payload(#[from] serde_json::Error),
    /// The batch has ended or was cancelled, so nothing can be added to it.
    #[error("batch {0} is done or cancelled; nothing can be added to it")]
    BatchClosed(Uuid),
    /// Postgres.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// Asks for `job` in the transaction of `conn`: the row is there exactly when that transaction commits.
/// Workspace, request id and parent job are taken from the transaction's settings.
///
/// # Errors
/// See [`EnqueueError`].
pub async fn enqueue<J: Job>(conn: &mut PgConnection, job: &J) -> Result<Enqueued, EnqueueError> {
    enqueue_row(conn, &NewJob::of(job)?, &Options::default()).await
}

/// [`enqueue`] with options.
///
/// # Errors
/// See [`EnqueueError`].
pub async fn enqueue_with<J: Job>(
    conn: &mut PgConnection,
    job: &J,
    options: &Options,
) -> Result<Enqueued, EnqueueError> {
    enqueue_row(conn, &NewJob::of(job)?, options).await
}

/// [`enqueue_with`] for a row whose payload is JSON already.
///
/// # Errors
/// See [`EnqueueError`].
pub async fn enqueue_row(conn: &mut PgConnection, job: &NewJob, options: &Options) -> Result<Enqueued, EnqueueError> {
    let id = Uuid::now_v7();
    let waits = match options.after {
        Some(before) => mark_awaited(conn, before).await?,
        None => false,
    };
    let inserted = sqlx::query!(
        r#"insert into jobs (id, kind, version, queue, args, workspace_id, priority, run_at, state, max_attempts,
             unique_key, unique_until_started, batch_id, waits_for, cause_request, parent_id, copy_of, created_at)
           values ($1, $2, $3, $4, $5, current_workspace(), $6,
             coalesce($7, app_now()) + make_interval(secs => $8),
             case when $9 then 'waiting'::job_state else 'scheduled' end, $10, $11, $12, $13,
             case when $9 then $14::uuid end,
             nullif(current_setting('ledgerline.request', true), ''),
             nullif(current_setting('ledgerline.job', true), '')::uuid, $15, app_now())
           on conflict (kind, unique_key) where unique_key is not null do nothing"#,
        id,
        job.kind,
        job.version,
        job.queue,
        job.args,
        options.priority.map_or(job.priority, |priority| priority as i16),
        options.run_at,
        options.delay.unwrap_or_default().as_secs_f64(),
        waits,
        job.max_attempts,
        job.unique_key,
        job.unique_until_started,
        options.batch,
        options.after,
        options.copy_of,
    )
    .execute(&mut *conn)
    .await?
    .rows_affected();
    if inserted == 0 {
        let holder =
            sqlx::query_scalar!("select id from jobs where kind = $1 and unique_key = $2", job.kind, job.unique_key)
                .fetch_optional(&mut *conn)
                .await?;
        return Ok(Enqueued::Held(holder));
    }
    if let Some(batch) = options.batch {
        super::batch::add(conn, batch, 1).await?;
    }
    if let Some(original) = options.copy_of {
        sqlx::query!(
            "insert into job_copies (copy, original, root, created_at)
             select $1, $2, coalesce((select root from job_copies where copy = $2), $2), app_now()",
            id,
            original
        )
        .execute(conn)
        .await?;
    }
    Ok(Enqueued::New(id))
}

/// Asks for many jobs of one kind with one statement. Unique keys are honoured; answers how many are new.
///
/// # Errors
/// See [`EnqueueError`].
pub async fn enqueue_many<J: Job>(conn: &mut PgConnection, jobs: &[J], options: &Options) -> Result<u64, EnqueueError> {
    if jobs.is_empty() {
        return Ok(0);
    }
    let mut ids = Vec::with_capacity(jobs.len());
    let mut args = Vec::with_capacity(jobs.len());
    let mut keys = Vec::with_capacity(jobs.len());
    let mut until_started = false;
    for job in jobs {
        let row = NewJob::of(job)?;
        ids.push(Uuid::now_v7());
        args.push(row.args);
        keys.push(row.unique_key);
        until_started |= row.unique_until_started;
    }
    let inserted = sqlx::query!(
        r#"insert into jobs (id, kind, version, queue, args, workspace_id, priority, run_at, max_attempts,
             unique_key, unique_until_started, batch_id, cause_request, parent_id, created_at)
           select new.id, $4, $5, $6, new.args, (select current_workspace()), $7,
             coalesce($8, (select app_now())) + make_interval(secs => $9), $10,
             new.unique_key, $11, $12,
             nullif(current_setting('ledgerline.request', true), ''),
             nullif(current_setting('ledgerline.job', true), '')::uuid, (select app_now())
           from unnest($1::uuid[], $2::jsonb[], $3::text[]) as new (id, args, unique_key)
           on conflict (kind, unique_key) where unique_key is not null do nothing"#,
        &ids,
        &args,
        &keys as &[Option<String>],
        J::KIND,
        J::VERSION,
        J::QUEUE.name(),
        options.priority.map_or(J::POLICY.priority as i16, |priority| priority as i16),
        options.run_at,
        options.delay.unwrap_or_default().as_secs_f64(),
        J::POLICY.max_attempts,
        until_started,
        options.batch,
    )
    .execute(&mut *conn)
    .await?
    .rows_affected();
    if let Some(batch) = options.batch {
        super::batch::add(conn, batch, inserted).await?;
    }
    Ok(inserted)
}

/// Marks the job that is waited for, so that its end releases those that wait. Its row stays locked until the
/// caller commits: it cannot end in between unseen. Answers false when it is gone already.
async fn mark_awaited(conn: &mut PgConnection, before: JobId) -> Result<bool, sqlx::Error> {
    Ok(sqlx::query!("update jobs set has_waiters = true where id = $1", before).execute(conn).await?.rows_affected()
        == 1)
}
