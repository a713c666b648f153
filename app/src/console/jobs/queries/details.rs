//! What only the page of one job shows.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;

/// Attempts shown of one job.
const ATTEMPTS: i64 = 200;
/// Log lines shown of one job.
const LINES: i64 = 500;

/// The rest of a job's row, and of the node and queue it belongs to.
#[derive(Debug)]
pub struct Detail {
    /// The payload.
    pub args: Value,
    /// Version of its shape.
    pub version: i16,
    /// Why it ended, or is parked.
    pub reason: Option<String>,
    /// The request at the beginning of the chain.
    pub cause_request: Option<String>,
    /// The job that asked for it.
    pub parent_id: Option<Uuid>,
    /// The job of which it is a linked copy.
    pub copy_of: Option<Uuid>,
    /// Number of its latest claim.
    pub epoch: i32,
    /// Whether it was running in a process that crashed.
    pub suspect: bool,
    /// The job it waits for.
    pub waits_for: Option<Uuid>,
    /// What makes it the same work as another of its kind.
    pub unique_key: Option<String>,
    /// Name of the node that holds it, or held it last.
    pub node: Option<String>,
    /// Until when that node's lease lasts.
    pub lease_until: Option<DateTime<Utc>>,
    /// Whether that node is past rescue.
    pub node_gone: Option<bool>,
    /// Whether its queue is paused.
    pub paused: bool,
    /// By whom.
    pub paused_by: Option<String>,
    /// Whether any node takes work.
    pub any_node: bool,
    /// Whether any lives that an operator told to take none.
    pub any_quiet: bool,
}

/// The detail of a job.
pub(crate) async fn detail(conn: &mut PgConnection, id: Uuid) -> Result<Option<Detail>> {
    Ok(sqlx::query_as!(
        Detail,
        r#"select args as "args!", job.version as "version!", reason, cause_request, parent_id, copy_of, epoch as "epoch!",
             suspect as "suspect!", waits_for, unique_key, nodes.name as "node?", nodes.lease_until as "lease_until?",
             nodes.state = 'gone' or nodes.lease_until < now() as node_gone, queues.paused_at is not null as "paused!",
             queues.paused_by as "paused_by?",
             exists (select from nodes where state = 'running' and not isolated and lease_until > now()) as "any_node!",
             exists (select from nodes where state = 'quiet' and lease_until > now()) as "any_quiet!"
           from (
             select args, version, reason, cause_request, parent_id, copy_of, epoch, suspect, waits_for, unique_key, node_id,
               queue
             from jobs where id = $1
             union all
             select args, version, reason, cause_request, parent_id, copy_of, epoch, false, null, unique_key, node_id, queue
             from dead_jobs where id = $1
             union all
             select args, version, reason, cause_request, parent_id, copy_of, epoch, false, null, null, node_id, queue
             from finished_jobs where id = $1
           ) job left join nodes on nodes.id = job.node_id left join queues on queues.name = job.queue"#,
        id
    )
    .fetch_optional(conn)
    .await?)
}

/// An attempt that did not end in plain success.
#[derive(Debug)]
pub struct AttemptRow {
    /// Number of the claim.
    pub epoch: i32,
    /// Its number.
    pub attempt: i16,
    /// When it began; an attempt that ended before it began has its end here.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: DateTime<Utc>,
    /// Name of the node.
    pub node: Option<String>,
    /// How it ended.
    pub outcome: String,
    /// What went wrong.
    pub error: Option<String>,
    /// Where.
    pub backtrace: Option<String>,
}

/// The latest attempts, oldest first.
pub(crate) async fn attempts(conn: &mut PgConnection, id: Uuid) -> Result<Vec<AttemptRow>> {
    let mut rows = sqlx::query_as!(
        AttemptRow,
        r#"select epoch, attempt, coalesce(job_attempts.started_at, ended_at) as "started_at!", ended_at, nodes.name as "node?",
             outcome, error, backtrace
           from job_attempts left join nodes on nodes.id = node_id
           where job_id = $1 order by epoch desc limit $2"#,
        id,
        ATTEMPTS
    )
    .fetch_all(conn)
    .await?;
    rows.reverse();
    Ok(rows)
}

/// A log line.
#[derive(Debug)]
pub struct LineRow {
    /// Number of the claim.
    pub epoch: i32,
    /// When.
    pub at: DateTime<Utc>,
    /// `info`, `warn` or `error`.
    pub level: String,
    /// What happened.
    pub message: String,
}

/// The latest log lines, oldest first.
pub(crate) async fn lines(conn: &mut PgConnection, id: Uuid) -> Result<Vec<LineRow>> {
    let mut rows = sqlx::query_as!(
        LineRow,
        "select epoch, at, level, message from job_logs where job_id = $1 order by epoch desc, line desc limit $2",
        id,
        LINES
    )
    .fetch_all(conn)
    .await?;
    rows.reverse();
    Ok(rows)
}
