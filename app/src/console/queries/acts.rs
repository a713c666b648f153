//! What an operator's deed reads and writes beside what the engine does.

use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{console::act::Deed, error::Result};

/// Names the request in the transaction, so that a job which it asks for tells its cause.
pub(crate) async fn name_request(conn: &mut PgConnection, request_id: &str) -> Result<()> {
    sqlx::query!("select set_config('ledgerline.request', $1, true)", request_id).fetch_one(conn).await?;
    Ok(())
}

/// The job that a deed is about.
#[derive(Debug)]
pub struct SubjectRow {
    /// `<slice>.<verb>`.
    pub kind: String,
    /// The workspace it works for.
    pub workspace_id: Option<Uuid>,
    /// Where it stands, as on the wire.
    pub state: String,
    /// Whether it has left the dead for the finished.
    pub ended: bool,
}

pub(crate) async fn subject(conn: &mut PgConnection, id: Uuid) -> Result<Option<SubjectRow>> {
    Ok(sqlx::query_as!(
        SubjectRow,
        r#"select kind as "kind!", workspace_id, ended as "ended!",
             case when state = 'scheduled' and run_at <= (select app_now()) then 'queued' else state::text end as "state!"
           from (
             select kind, workspace_id, state, run_at, false as ended from jobs where id = $1
             union all select kind, workspace_id, state, run_at, false from dead_jobs where id = $1
             union all select kind, workspace_id, state, run_at, true from finished_jobs where id = $1
           ) job"#,
        id
    )
    .fetch_optional(conn)
    .await?)
}

/// Writes the audit row of a deed. A workspace that is gone leaves the row without one.
pub(crate) async fn record(conn: &mut PgConnection, deed: &Deed<'_>, data: Value) -> Result<()> {
    sqlx::query!(
        "insert into audit_log (id, workspace_id, actor_kind, actor_id, actor_name, origin, action, subject_kind,
           subject_id, data, request_id, at)
         values ($1, (select id from workspaces where id = $2), 'operator', $3, $4, $5, $6, $7, $8, $9, $10, app_now())",
        Uuid::now_v7(),
        deed.workspace_id,
        deed.operator.user_id,
        deed.operator.name,
        deed.operator.origin,
        deed.action,
        deed.subject_kind,
        deed.subject_id,
        data,
        deed.request_id
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether a queue that the product does not list is known all the same: it was paused, or jobs stand in it.
pub(crate) async fn is_queue(conn: &mut PgConnection, name: &str) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from queues where name = $1) or exists (select from jobs where queue = $1) as "known!""#,
        name
    )
    .fetch_one(conn)
    .await?)
}

/// Whether a queue is paused; its row, if it has one, stays locked.
pub(crate) async fn lock_queue(conn: &mut PgConnection, name: &str) -> Result<bool> {
    Ok(sqlx::query_scalar!(r#"select paused_at is not null as "paused!" from queues where name = $1 for update"#, name)
        .fetch_optional(conn)
        .await?
        .unwrap_or(false))
}
