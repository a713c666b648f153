//! What is shown of jobs, wherever they stand.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    console::{
        mask,
        view::{JobProgress, JobRef, JobRowView},
    },
    error::{Error, Result},
};

/// Lists show the beginning of an error.
const ERROR_IN_LISTS: i32 = 500;
/// The page of one job shows it whole, within reason.
const ERROR_ON_PAGE: i32 = 20_000;

#[derive(Debug)]
struct Row {
    id: Uuid,
    kind: String,
    queue: String,
    state: String,
    attempt: i16,
    max_attempts: i16,
    priority: i16,
    run_at: DateTime<Utc>,
    created_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
    workspace_id: Option<Uuid>,
    workspace_name: Option<String>,
    batch_id: Option<Uuid>,
    last_error: Option<String>,
    progress: Option<Value>,
    cancel_requested: bool,
    decided: bool,
}

/// The jobs of a page in the page's order. When they ended, for those that did, is given as far as it is known.
pub(crate) async fn on_page(
    conn: &mut PgConnection,
    ids: &[Uuid],
    ended: Option<(DateTime<Utc>, DateTime<Utc>)>,
) -> Result<Vec<JobRowView>> {
    let mut rows = fetch(conn, ids, ended, ERROR_IN_LISTS).await?;
    let order = |id: Uuid| ids.iter().position(|other| *other == id);
    rows.sort_by_key(|row| order(row.id));
    Ok(rows)
}

/// One job.
pub(crate) async fn one(conn: &mut PgConnection, id: Uuid) -> Result<Option<JobRowView>> {
    Ok(fetch(conn, &[id], None, ERROR_ON_PAGE).await?.pop())
}

async fn fetch(
    conn: &mut PgConnection,
    ids: &[Uuid],
    ended: Option<(DateTime<Utc>, DateTime<Utc>)>,
    error_length: i32,
) -> Result<Vec<JobRowView>> {
    let (earliest, latest) = ended.unzip();
    sqlx::query_as!(
        Row,
        r#"select job.id as "id!", kind as "kind!", queue as "queue!", state as "state!", attempt as "attempt!",
             max_attempts as "max_attempts!", priority as "priority!", run_at as "run_at!",
             job.created_at as "created_at!", started_at, finished_at, workspace_id,
             workspaces.name as "workspace_name?", batch_id, left(last_error, $4) as last_error, progress,
             cancel_requested as "cancel_requested!", decided as "decided!"
           from (
             select id, kind, queue,
               case when state = 'scheduled' and run_at <= (select app_now()) then 'queued' else state::text end as state,
               attempt, max_attempts, priority, run_at, created_at, started_at, null::timestamptz as finished_at,
               workspace_id, batch_id, last_error, progress, cancel_requested_at is not null as cancel_requested,
               false as decided
             from jobs where id = any($1)
             union all
             select id, kind, queue, state::text, attempt, max_attempts, priority, run_at, created_at, started_at,
               finished_at, workspace_id, batch_id, last_error, progress, false, false
             from dead_jobs where id = any($1)
             union all
             select id, kind, queue, state::text, attempt, max_attempts, priority, run_at, created_at, started_at,
               finished_at, workspace_id, batch_id, last_error, progress, false,
               state = 'dead' or state = 'cancelled' and exists (select from job_copies where original = finished_jobs.id)
             from finished_jobs where id = any($1) and ($2::timestamptz is null or finished_at between $2 and $3)
           ) job left join workspaces on workspaces.id = job.workspace_id"#,
        ids,
        earliest,
        latest,
        error_length
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(JobRowView::try_from)
    .collect()
}

impl TryFrom<Row> for JobRowView {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id,
            kind: row.kind,
            queue: row.queue,
            state: row.state.parse().map_err(Error::internal)?,
            attempt: row.attempt,
            max_attempts: row.max_attempts,
            priority: row.priority,
            run_at: row.run_at,
            created_at: row.created_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
            workspace_id: row.workspace_id,
            workspace_name: row.workspace_name,
            batch_id: row.batch_id,
            last_error: row.last_error.as_deref().map(mask::text),
            progress: row.progress.and_then(progress),
            cancel_requested: row.cancel_requested,
            decided: row.decided,
        })
    }
}

/// What a handler reported; a shape of another release shows nothing rather than ending the list.
fn progress(reported: Value) -> Option<JobProgress> {
    #[derive(Deserialize)]
    struct Reported {
        done: i64,
        total: Option<i64>,
        note: Option<String>,
    }
    let reported: Reported = serde_json::from_value(reported).ok()?;
    let note = reported.note.as_deref().map(mask::text);
    Some(JobProgress { done: reported.done, total: reported.total, note })
}

#[derive(Debug)]
struct RefRow {
    id: Uuid,
    kind: String,
    state: String,
}

impl TryFrom<RefRow> for JobRef {
    type Error = Error;

    fn try_from(row: RefRow) -> Result<Self> {
        Ok(Self { id: row.id, kind: row.kind, state: row.state.parse().map_err(Error::internal)? })
    }
}

/// Jobs by id, in a word.
pub(crate) async fn refs(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<JobRef>> {
    sqlx::query_as!(
        RefRow,
        r#"select id as "id!", kind as "kind!",
             case when state = 'scheduled' and run_at <= (select app_now()) then 'queued' else state::text end as "state!"
           from (
             select id, kind, state, run_at from jobs where id = any($1)
             union all select id, kind, state, run_at from dead_jobs where id = any($1)
             union all select id, kind, state, run_at from finished_jobs where id = any($1)
           ) job"#,
        ids
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(JobRef::try_from)
    .collect()
}

/// Jobs that this one asked for, in the order in which they were asked for, behind one of them.
pub(crate) async fn children(
    conn: &mut PgConnection,
    parent: Uuid,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<JobRef>> {
    sqlx::query_as!(
        RefRow,
        r#"select id as "id!", kind as "kind!",
             case when state = 'scheduled' and run_at <= (select app_now()) then 'queued' else state::text end as "state!"
           from (
             (select id, kind, state, run_at from jobs
              where parent_id = $1 and ($2::uuid is null or id > $2) order by id limit $3)
             union all
             (select id, kind, state, run_at from dead_jobs
              where parent_id = $1 and ($2 is null or id > $2) order by id limit $3)
             union all
             (select id, kind, state, run_at from finished_jobs
              where parent_id = $1 and ($2 is null or id > $2) order by id limit $3)
           ) job order by id limit $3"#,
        parent,
        after,
        limit
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(JobRef::try_from)
    .collect()
}
