//! Every statement of bulk actions: `items` has those about single jobs.

pub mod items;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;

/// A bulk action.
#[derive(Debug)]
pub struct BulkRow {
    /// The bulk action.
    pub id: Uuid,
    /// `retry`, `cancel` or `delete`.
    pub verb: String,
    /// As stored; an old preview is `expired`.
    pub state: String,
    /// What was searched for.
    pub search: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Jobs selected.
    pub total: i32,
    /// Jobs that can be acted on.
    pub able: i32,
    /// Groups, as JSON.
    pub summary: Value,
    /// Jobs of the canary.
    pub canary: i32,
    /// Items before this place are the canary.
    pub canary_until: i32,
    /// Whether the rest goes by itself.
    pub continues: bool,
    /// What came of the canary.
    pub verdict: Option<String>,
    /// The batch that acts.
    pub batch_id: Option<Uuid>,
    /// The request that started it.
    pub request_id: Option<String>,
    /// Who made it.
    pub created_by: Uuid,
    /// Their name.
    pub created_by_name: String,
    /// Who ended it early.
    pub aborted_by_name: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Until when it can be started.
    pub expires_at: DateTime<Utc>,
    /// When it was started.
    pub started_at: Option<DateTime<Utc>>,
    /// When the part that is being acted on was let go.
    pub released_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

/// A bulk action.
pub(crate) async fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<BulkRow>> {
    Ok(sqlx::query_as!(
        BulkRow,
        r#"select id, verb, case when state = 'preview' and expires_at < app_now() then 'expired' else state end as "state!",
             search, reason, total, able, summary, canary, canary_until, continues, verdict, batch_id, request_id,
             created_by, created_by_name, aborted_by_name, created_at, expires_at, started_at, released_at, finished_at
           from bulk_actions where id = $1"#,
        id
    )
    .fetch_optional(conn)
    .await?)
}

/// A bulk action, alone: nobody acts on a job of it meanwhile. A row lock would not do: those who share one, one after the
/// other, would keep whoever wants it alone waiting for ever, while these locks are given in order.
pub(crate) async fn lock(conn: &mut PgConnection, id: Uuid) -> Result<Option<BulkRow>> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 0))", id.to_string()).fetch_one(&mut *conn).await?;
    // against whoever removes previews
    sqlx::query!("select from bulk_actions where id = $1 for update", id).fetch_optional(&mut *conn).await?;
    find(conn, id).await
}

/// Where it stands, which stays so while a job of it is acted on.
pub(crate) async fn share(conn: &mut PgConnection, id: Uuid) -> Result<Option<String>> {
    sqlx::query!("select pg_advisory_xact_lock_shared(hashtextextended($1, 0))", id.to_string())
        .fetch_one(&mut *conn)
        .await?;
    Ok(sqlx::query_scalar!("select state from bulk_actions where id = $1", id).fetch_optional(conn).await?)
}

/// What a list shows.
#[derive(Debug)]
pub struct ListRow {
    /// The bulk action.
    pub id: Uuid,
    /// `retry`, `cancel` or `delete`.
    pub verb: String,
    /// As stored; an old preview is `expired`.
    pub state: String,
    /// What was searched for.
    pub search: Option<String>,
    /// Who made it.
    pub created_by_name: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Jobs selected.
    pub total: i32,
    /// Jobs that can be acted on.
    pub able: i32,
}

/// Bulk actions, the latest first.
pub(crate) async fn page(
    conn: &mut PgConnection,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<ListRow>> {
    Ok(sqlx::query_as!(
        ListRow,
        r#"select id, verb, case when state = 'preview' and expires_at < app_now() then 'expired' else state end as "state!",
             search, created_by_name, created_at, total, able
           from bulk_actions where $1::timestamptz is null or (created_at, id) < ($1, $2::uuid)
           order by created_at desc, id desc limit $3"#,
        after.map(|(at, _)| at),
        after.map(|(_, id)| id),
        limit
    )
    .fetch_all(conn)
    .await?)
}

/// A selection to keep.
#[derive(Debug)]
pub struct NewBulk<'a> {
    /// Its id.
    pub id: Uuid,
    /// What to do.
    pub verb: &'a str,
    /// What was searched for.
    pub search: Option<&'a str>,
    /// Who made it.
    pub created_by: Uuid,
    /// Their name.
    pub created_by_name: &'a str,
    /// Seconds until it can no longer be started.
    pub lives_seconds: f64,
}

/// Keeps it without jobs; [`items::count`] and [`complete`] follow in the same transaction.
pub(crate) async fn insert(conn: &mut PgConnection, bulk: &NewBulk<'_>) -> Result<()> {
    sqlx::query!(
        "insert into bulk_actions (id, verb, search, total, able, summary, created_by, created_by_name, created_at, expires_at)
         values ($1, $2, $3, 0, 0, '{}', $4, $5, app_now(), app_now() + make_interval(secs => $6))",
        bulk.id,
        bulk.verb,
        bulk.search,
        bulk.created_by,
        bulk.created_by_name,
        bulk.lives_seconds
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Says what it holds.
pub(crate) async fn complete(conn: &mut PgConnection, id: Uuid, total: i64, able: i64, summary: &Value) -> Result<()> {
    sqlx::query!(
        "update bulk_actions set total = $2::bigint, able = $3::bigint, summary = $4 where id = $1",
        id,
        total,
        able,
        summary
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Of the previews of an operator only the newest are kept.
pub(crate) async fn forget_previews(conn: &mut PgConnection, operator: Uuid, kept: i64) -> Result<()> {
    sqlx::query!(
        "delete from bulk_actions where id in (
           select id from bulk_actions where created_by = $1 and state = 'preview'
           order by created_at desc, id desc offset $2)",
        operator,
        kept
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// How a preview is started.
#[derive(Debug)]
pub struct Started<'a> {
    /// `canary` or `running`.
    pub state: &'a str,
    /// Jobs of the canary.
    pub canary: i32,
    /// The place behind its last one.
    pub canary_until: i32,
    /// Whether the rest goes by itself.
    pub continues: bool,
    /// Why.
    pub reason: Option<&'a str>,
    /// The request.
    pub request_id: &'a str,
}

pub(crate) async fn start(conn: &mut PgConnection, id: Uuid, started: &Started<'_>) -> Result<()> {
    sqlx::query!(
        "update bulk_actions set state = $2, canary = $3, canary_until = $4, continues = $5, reason = $6, request_id = $7,
           started_at = app_now() where id = $1",
        id,
        started.state,
        started.canary,
        started.canary_until,
        started.continues,
        started.reason,
        started.request_id
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Says which batch acts from now on.
pub(crate) async fn released(conn: &mut PgConnection, id: Uuid, state: &str, batch: Uuid) -> Result<()> {
    sqlx::query!(
        "update bulk_actions set state = $2, batch_id = $3, released_at = app_now() where id = $1",
        id,
        state,
        batch
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The canary is over, or jobs are left that should have been acted on: the operator decides.
pub(crate) async fn wait(conn: &mut PgConnection, id: Uuid, verdict: &str) -> Result<()> {
    sqlx::query!("update bulk_actions set state = 'waiting', verdict = $2 where id = $1", id, verdict)
        .execute(conn)
        .await?;
    Ok(())
}

/// Keeps what came of the canary.
pub(crate) async fn judge(conn: &mut PgConnection, id: Uuid, verdict: &str) -> Result<()> {
    sqlx::query!("update bulk_actions set verdict = $2 where id = $1", id, verdict).execute(conn).await?;
    Ok(())
}

/// It is over.
pub(crate) async fn finish(conn: &mut PgConnection, id: Uuid) -> Result<()> {
    sqlx::query!("update bulk_actions set state = 'done', finished_at = app_now() where id = $1", id)
        .execute(conn)
        .await?;
    Ok(())
}

pub(crate) async fn abort(conn: &mut PgConnection, id: Uuid, by: &str) -> Result<()> {
    sqlx::query!(
        "update bulk_actions set state = 'aborted', aborted_by_name = $2, finished_at = app_now() where id = $1",
        id,
        by
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The end of a bulk action in the audit log, which is still the deed of whoever made it.
pub(crate) async fn record_end(conn: &mut PgConnection, bulk: &BulkRow, data: Value) -> Result<()> {
    sqlx::query!(
        "insert into audit_log (id, actor_kind, actor_id, actor_name, origin, action, subject_kind, subject_id, data,
           request_id, at)
         values ($1, 'operator', $2, $3, 'bulk action', 'console.end_bulk_action', 'bulk_action', $4, $5, $6, app_now())",
        Uuid::now_v7(),
        bulk.created_by,
        bulk.created_by_name,
        bulk.id,
        data,
        bulk.request_id
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Removes previews that nobody started, and what ended long ago. Answers how many, at most a hundred.
pub(crate) async fn sweep(conn: &mut PgConnection, preview_days: i32, ended_days: i32) -> Result<u64> {
    Ok(sqlx::query!(
        "delete from bulk_actions where id in (
           select id from bulk_actions
           where state = 'preview' and expires_at < app_now() - make_interval(days => $1)
             or finished_at < app_now() - make_interval(days => $2)
           order by created_at limit 100)",
        preview_days,
        ended_days
    )
    .execute(conn)
    .await?
    .rows_affected())
}
