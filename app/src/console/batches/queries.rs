//! What the console reads of batches.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::view::{BatchState, BatchView};
use crate::{console::jobs::queries::rows, error::Result};

/// Ended jobs looked at to tell how many of a batch end in a minute.
const SAMPLE: i64 = 10_000;

#[derive(Debug)]
struct Row {
    id: Uuid,
    kind: String,
    state: String,
    workspace_id: Option<Uuid>,
    workspace_name: Option<String>,
    cancelled: bool,
    total: i64,
    succeeded: i64,
    dead: i64,
    cancelled_jobs: i64,
    created_at: DateTime<Utc>,
    sealed_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
    on_done_kind: Option<String>,
    done_job: Option<Uuid>,
    now: DateTime<Utc>,
}

/// A page of batches, the latest first. Those that go on have an index of their own, and so have the cancelled.
pub(crate) async fn page(
    conn: &mut PgConnection,
    state: Option<BatchState>,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<BatchView>> {
    let (at, id) = after.unzip();
    let rows = sqlx::query_as!(
        Row,
        r#"select batches.id, kind, state, workspace_id, workspaces.name as "workspace_name?", cancelled, total, succeeded,
             dead, cancelled_jobs, batches.created_at, sealed_at, finished_at, on_done->>'kind' as on_done_kind, done_job,
             app_now() as "now!"
           from batches left join workspaces on workspaces.id = batches.workspace_id
           where ($1::text is null
               or $1 = 'open' and state = 'open' and state <> 'done' and not cancelled
               or $1 = 'sealed' and state = 'sealed' and state <> 'done' and not cancelled
               or $1 = 'done' and state = 'done' and not cancelled
               or $1 = 'cancelled' and cancelled)
             and ($2::timestamptz is null or (batches.created_at, batches.id) < ($2, $3::uuid))
           order by batches.created_at desc, batches.id desc limit $4"#,
        state.map(BatchState::as_str),
        at,
        id,
        limit
    )
    .fetch_all(&mut *conn)
    .await?;
    views(conn, rows).await
}

/// One batch.
pub(crate) async fn one(conn: &mut PgConnection, id: Uuid) -> Result<Option<BatchView>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select batches.id, kind, state, workspace_id, workspaces.name as "workspace_name?", cancelled, total, succeeded,
             dead, cancelled_jobs, batches.created_at, sealed_at, finished_at, on_done->>'kind' as on_done_kind, done_job,
             app_now() as "now!"
           from batches left join workspaces on workspaces.id = batches.workspace_id where batches.id = $1"#,
        id
    )
    .fetch_all(&mut *conn)
    .await?;
    Ok(views(conn, rows).await?.pop())
}

/// How many jobs of a batch ended lately.
#[derive(Debug)]
struct LatelyRow {
    id: Uuid,
    ended: i64,
    /// Of so many seconds: a minute, or less when the batch is younger or more ended than are looked at.
    seconds: f64,
}

async fn lately(conn: &mut PgConnection, batches: &[Uuid]) -> Result<Vec<LatelyRow>> {
    Ok(sqlx::query_as!(
        LatelyRow,
        r#"with finished as materialized (
             select batch_id, finished_at from finished_jobs
             where finished_at > (select app_now()) - interval '1 minute' order by finished_at desc limit $2
           ), dead as materialized (
             select batch_id, finished_at from dead_jobs
             where finished_at > (select app_now()) - interval '1 minute' order by finished_at desc limit $2
           ), since as materialized (
             select greatest((select app_now()) - interval '1 minute',
               (select min(finished_at) from finished having count(*) >= $2),
               (select min(finished_at) from dead having count(*) >= $2)) as at
           )
           select batches.id as "id!", count(*) as "ended!",
             greatest(extract(epoch from (select app_now()) - greatest((select at from since), batches.created_at)),
               0.001)::float8 as "seconds!"
           from (select * from finished union all select * from dead) latest join batches on batches.id = batch_id
           where batch_id = any($1) and latest.finished_at >= (select at from since) group by batches.id"#,
        batches,
        SAMPLE
    )
    .fetch_all(conn)
    .await?)
}

async fn views(conn: &mut PgConnection, rows: Vec<Row>) -> Result<Vec<BatchView>> {
    let jobs: Vec<Uuid> = rows.iter().filter_map(|row| row.done_job).collect();
    let jobs = rows::refs(&mut *conn, &jobs).await?;
    let going: Vec<Uuid> = rows.iter().filter(|row| row.finished_at.is_none()).map(|row| row.id).collect();
    let lately = if going.is_empty() { Vec::new() } else { lately(conn, &going).await? };
    Ok(rows
        .into_iter()
        .map(|row| {
            let done_job = jobs.iter().find(|job| Some(job.id) == row.done_job).cloned();
            let ended = row.succeeded + row.dead + row.cancelled_jobs;
            let seconds = seconds(row.finished_at.unwrap_or(row.now) - row.created_at);
            let average = (ended > 0 && seconds > 0.0).then(|| count(ended) / seconds);
            let recent = lately.iter().find(|lately| lately.id == row.id);
            let per_second = recent.map(|lately| count(lately.ended) / lately.seconds).or(average);
            let sealed = row.state == "sealed";
            BatchView {
                id: row.id,
                kind: row.kind,
                state: match row.state.as_str() {
                    _ if row.cancelled => BatchState::Cancelled,
                    "open" => BatchState::Open,
                    "sealed" => BatchState::Sealed,
                    _ => BatchState::Done,
                },
                workspace_id: row.workspace_id,
                workspace_name: row.workspace_name,
                total: row.total,
                succeeded: row.succeeded,
                dead: row.dead,
                cancelled: row.cancelled_jobs,
                created_at: row.created_at,
                sealed_at: row.sealed_at,
                finished_at: row.finished_at,
                seconds_left: per_second.filter(|_| sealed).map(|rate| count(row.total - ended) / rate),
                per_second,
                on_done_kind: row.on_done_kind,
                done_job,
            }
        })
        .collect())
}

#[expect(clippy::cast_precision_loss, reason = "counts of jobs")]
fn count(jobs: i64) -> f64 {
    jobs as f64
}

#[expect(clippy::cast_precision_loss, reason = "an age")]
fn seconds(age: chrono::Duration) -> f64 {
    age.num_milliseconds() as f64 / 1000.0
}
