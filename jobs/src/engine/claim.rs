//! Taking jobs: the row decides. Redis may offer a job twice; the second claim finds no row that still waits.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Fence;

/// A job that this node now runs.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// Proof of holding it.
    pub fence: Fence,
    /// `<slice>.<verb>`.
    pub kind: String,
    /// Version of the payload.
    pub version: i16,
    /// Name of the queue.
    pub queue: String,
    /// The payload.
    pub args: serde_json::Value,
    /// The workspace it works for.
    pub workspace_id: Option<Uuid>,
    /// Number of this attempt, from 1.
    pub attempt: i16,
    /// Attempts until it is dead.
    pub max_attempts: i16,
    /// The batch that counts it.
    pub batch_id: Option<Uuid>,
    /// The request that asked for it.
    pub cause_request: Option<String>,
    /// The job under whose name its effects stand: itself, or of a linked copy the first original.
    pub effects_of: Uuid,
    /// When it was due.
    pub run_at: DateTime<Utc>,
    /// When this attempt was claimed.
    pub started_at: DateTime<Utc>,
}

/// Claims those of `ids` that still wait, are due, are not paused and, unless `alone`, are not suspected of
/// having crashed a node. Rows are locked in id order.
///
/// # Errors
/// When Postgres fails; nothing is claimed then, or what is claimed is swept when the node's lease ends.
pub async fn claim(
    conn: &mut PgConnection,
    node: Uuid,
    ids: &[Uuid],
    token: i64,
    alone: bool,
) -> Result<Vec<Claimed>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"with due as materialized (
             select id from jobs
             where id = any($1) and state = 'scheduled' and run_at <= (select app_now()) and suspect = $4
               and not exists (select from queues where queues.name = jobs.queue and paused_at is not null)
             order by id for update
           )
           update jobs set state = 'running', epoch = epoch + 1, token = $3, attempt = attempt + 1, node_id = $2,
             started_at = (select app_now()), reason = null,
             unique_key = case when unique_until_started then null else unique_key end
           from due where jobs.id = due.id
           returning jobs.id, kind, version, queue, args, workspace_id, attempt, max_attempts, epoch, batch_id,
             cause_request, run_at, started_at as "started_at!",
             coalesce(case when copy_of is not null then (select root from job_copies where copy = jobs.id) end, jobs.id)
               as "effects_of!""#,
        ids,
        node,
        token,
        alone
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Claimed {
            fence: Fence { id: row.id, epoch: row.epoch, token },
            kind: row.kind,
            version: row.version,
            queue: row.queue,
            args: row.args,
            workspace_id: row.workspace_id,
            attempt: row.attempt,
            max_attempts: row.max_attempts,
            batch_id: row.batch_id,
            cause_request: row.cause_request,
            effects_of: row.effects_of,
            run_at: row.run_at,
            started_at: row.started_at,
        })
        .collect())
}

/// A suspect that is due; it runs alone.
///
/// # Errors
/// When Postgres fails.
pub async fn next_suspect(conn: &mut PgConnection) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "select id from jobs where suspect and state = 'scheduled' and run_at <= app_now() order by run_at, id limit 1"
    )
    .fetch_optional(conn)
    .await
}

/// A job that a stopping node gives back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Returned {
    /// Proof of holding it.
    pub fence: Fence,
    /// Whether its handler had begun; its story then tells of it.
    pub begun: bool,
}

/// Gives jobs back (a node that stops): due at once, no attempt burnt.
///
/// # Errors
/// When Postgres fails; the sweeper then finds them.
pub async fn hand_back(conn: &mut PgConnection, returned: &[Returned]) -> Result<u64, sqlx::Error> {
    let fences: Vec<Fence> = returned.iter().map(|job| job.fence).collect();
    let begun: Vec<bool> = returned.iter().map(|job| job.begun).collect();
    let (ids, epochs, tokens) = columns(&fences);
    Ok(sqlx::query!(
        "with held as (
           select jobs.*, returned.begun
           from jobs join unnest($1::uuid[], $2::int[], $3::bigint[], $4::bool[]) as returned (id, epoch, token, begun)
             on jobs.id = returned.id and jobs.epoch = returned.epoch and jobs.token = returned.token
           where state = 'running' order by jobs.id for update of jobs
         ), noted as (
           insert into job_attempts (job_id, epoch, attempt, node_id, started_at, ended_at, outcome)
           select id, epoch, attempt, node_id, started_at, app_now(), 'handed_back' from held where begun
           on conflict (job_id, epoch) do nothing
         )
         update jobs set state = 'scheduled', attempt = jobs.attempt - 1, node_id = null, token = null,
           started_at = null
         from held where jobs.id = held.id",
        &ids,
        &epochs,
        &tokens,
        &begun
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// Those of the running jobs that somebody asked to stop.
///
/// # Errors
/// When Postgres fails.
pub async fn cancel_requested(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!("select id from jobs where id = any($1) and cancel_requested_at is not null", ids)
        .fetch_all(conn)
        .await
}

/// Sets up a connection for set-based claims and completions: plans must go by key, because the live table's
/// statistics are always stale.
///
/// # Errors
/// When Postgres fails.
pub async fn prepare_connection(conn: &mut PgConnection, durable: bool) -> Result<(), sqlx::Error> {
    for statement in [
        "set enable_seqscan = off",
        "set enable_hashjoin = off",
        "set enable_mergejoin = off",
        "set enable_bitmapscan = off",
        "set jit = off",
    ] {
        sqlx::query(statement).execute(&mut *conn).await?;
    }
    if !durable {
        // a claim lost in a crash of Postgres is a job that is claimed again; the token keeps the fence
        sqlx::query("set synchronous_commit = off").execute(&mut *conn).await?;
    }
    sqlx::query("select set_config('statement_timeout', $1, false)")
        .bind(Duration::from_secs(30).as_millis().to_string())
        .execute(conn)
        .await?;
    Ok(())
}

pub(super) fn columns(fences: &[Fence]) -> (Vec<Uuid>, Vec<i32>, Vec<i64>) {
    let mut ids = Vec::with_capacity(fences.len());
    let mut epochs = Vec::with_capacity(fences.len());
    let mut tokens = Vec::with_capacity(fences.len());
    for fence in fences {
        ids.push(fence.id);
        epochs.push(fence.epoch);
        tokens.push(fence.token);
    }
    (ids, epochs, tokens)
}
