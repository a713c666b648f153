//! Every statement of the slice: imports here, chunks and rows beside.

mod chunks;
mod files;
mod rows;
mod sweep;

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

pub(crate) use chunks::*;
pub(crate) use files::*;
pub(crate) use rows::*;
pub(crate) use sweep::*;

use crate::{error::Result, tenant::TenantTx};

/// One import with the sum over its chunks.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the columns of the table, described in view.rs")]
pub struct ImportRow {
    pub id: Uuid,
    pub filename: String,
    pub size_bytes: i64,
    pub state: String,
    pub columns: Value,
    pub preview: Value,
    pub mapping: Option<Value>,
    pub total_rows: Option<i64>,
    pub created: i64,
    pub skipped: i64,
    pub rejected: i64,
    pub failure: Option<String>,
    pub batch_id: Option<Uuid>,
    pub created_by: Uuid,
    pub author_name: Option<String>,
    pub created_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    pub file_deleted_at: Option<DateTime<Utc>>,
    pub elapsed: Option<f64>,
}

/// A stored file about to become an import.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the columns of the table, described in the migration")]
pub struct NewImport {
    pub id: Uuid,
    pub filename: String,
    pub size_bytes: i64,
    pub storage_path: String,
    pub delimiter: String,
    pub data_start: i64,
    pub data_row: i64,
    pub data_line: i64,
    pub columns: Value,
    pub preview: Value,
}

pub(crate) async fn insert(tx: &mut TenantTx, import: &NewImport, created_by: Uuid) -> Result<()> {
    sqlx::query!(
        "insert into imports (id, workspace_id, filename, size_bytes, storage_path, delimiter, data_start, data_row,
           data_line, columns, preview, created_by, created_at)
         values ($1, current_workspace(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, app_now())",
        import.id,
        import.filename,
        import.size_bytes,
        import.storage_path,
        import.delimiter,
        import.data_start,
        import.data_row,
        import.data_line,
        import.columns,
        import.preview,
        created_by,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(crate) async fn find(tx: &mut TenantTx, id: Uuid) -> Result<Option<ImportRow>> {
    Ok(sqlx::query_as!(
        ImportRow,
        r#"select i.id as "id!", i.filename as "filename!", i.size_bytes as "size_bytes!", i.state as "state!",
             i.columns as "columns!", i.preview as "preview!", i.mapping as "mapping?", i.total_rows as "total_rows?",
             done.created as "created!", done.skipped as "skipped!", done.rejected as "rejected!",
             i.failure as "failure?", i.batch_id as "batch_id?", i.created_by as "created_by!",
             author.name as "author_name?", i.created_at as "created_at!", i.started_at as "started_at?",
             i.finished_at as "finished_at?", i.file_deleted_at as "file_deleted_at?",
             extract(epoch from app_now() - i.started_at)::float8 as elapsed
           from imports i
             left join auth.members() author on author.user_id = i.created_by
             left join lateral (
               select coalesce(sum(c.created), 0)::bigint as created, coalesce(sum(c.skipped), 0)::bigint as skipped,
                 coalesce(sum(c.rejected), 0)::bigint as rejected
               from import_chunks c where c.workspace_id = i.workspace_id and c.import_id = i.id
             ) done on true
           where i.workspace_id = current_workspace() and i.id = $1"#,
        id
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Imports, newest first. What only an import's own page shows is left out.
pub(crate) async fn page(
    tx: &mut TenantTx,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<ImportRow>> {
    let (at, id) = after.unzip();
    Ok(sqlx::query_as!(
        ImportRow,
        r#"select i.id as "id!", i.filename as "filename!", i.size_bytes as "size_bytes!", i.state as "state!",
             '[]'::jsonb as "columns!", '[]'::jsonb as "preview!", i.mapping as "mapping?",
             i.total_rows as "total_rows?", done.created as "created!", done.skipped as "skipped!",
             done.rejected as "rejected!", i.failure as "failure?", i.batch_id as "batch_id?",
             i.created_by as "created_by!", author.name as "author_name?", i.created_at as "created_at!",
             i.started_at as "started_at?", i.finished_at as "finished_at?", i.file_deleted_at as "file_deleted_at?",
             extract(epoch from app_now() - i.started_at)::float8 as elapsed
           from imports i
             left join auth.members() author on author.user_id = i.created_by
             left join lateral (
               select coalesce(sum(c.created), 0)::bigint as created, coalesce(sum(c.skipped), 0)::bigint as skipped,
                 coalesce(sum(c.rejected), 0)::bigint as rejected
               from import_chunks c where c.workspace_id = i.workspace_id and c.import_id = i.id
             ) done on true
           where i.workspace_id = current_workspace()
             and ($1::timestamptz is null or (i.created_at, i.id) < ($1, $2::uuid))
           order by i.created_at desc, i.id desc limit $3"#,
        at,
        id,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// The state of an import and how many columns it has, its row locked until the end of the transaction. Rows that refer
/// to it can still come.
pub(crate) async fn lock(tx: &mut TenantTx, id: Uuid) -> Result<Option<Locked>> {
    Ok(sqlx::query_as!(
        Locked,
        r#"select state, jsonb_array_length(columns) as "columns!", batch_id, storage_path, started_at, finished_at,
             total_rows, open_quote_line
           from imports where workspace_id = current_workspace() and id = $1 for no key update"#,
        id
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// What a change of state looks at.
#[derive(Clone, Debug)]
pub(crate) struct Locked {
    pub(crate) state: String,
    pub(crate) columns: i32,
    pub(crate) batch_id: Option<Uuid>,
    pub(crate) storage_path: String,
    pub(crate) started_at: Option<DateTime<Utc>>,
    pub(crate) finished_at: Option<DateTime<Utc>>,
    pub(crate) total_rows: Option<i64>,
    pub(crate) open_quote_line: Option<i64>,
}

/// uploaded → planning.
pub(crate) async fn start(tx: &mut TenantTx, id: Uuid, batch: Uuid, mapping: &Value) -> Result<bool> {
    let done = sqlx::query!(
        "update imports set state = 'planning', batch_id = $2, mapping = $3, started_at = app_now()
         where workspace_id = current_workspace() and id = $1 and state = 'uploaded'",
        id,
        batch,
        mapping,
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// uploaded, planning, running → cancelled.
pub(crate) async fn cancel(tx: &mut TenantTx, id: Uuid) -> Result<bool> {
    let done = sqlx::query!(
        "update imports set state = 'cancelled', finished_at = app_now()
         where workspace_id = current_workspace() and id = $1 and state in ('uploaded', 'planning', 'running')",
        id
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// planning → running.
pub(crate) async fn run(tx: &mut TenantTx, id: Uuid, total_rows: i64, open_quote_line: Option<i64>) -> Result<bool> {
    let done = sqlx::query!(
        "update imports set state = 'running', total_rows = $2, open_quote_line = $3
         where workspace_id = current_workspace() and id = $1 and state = 'planning'",
        id,
        total_rows,
        open_quote_line,
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// planning, running → failed, with the reason; also failed → failed, when there is another reason now.
pub(crate) async fn fail(tx: &mut TenantTx, id: Uuid, failure: &str) -> Result<bool> {
    let done = sqlx::query!(
        "update imports set state = 'failed', failure = $2, finished_at = app_now()
         where workspace_id = current_workspace() and id = $1 and state in ('planning', 'running', 'failed')
           and failure is distinct from $2",
        id,
        failure,
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// running → completed; also failed → completed, when what was missing came after all.
pub(crate) async fn complete(tx: &mut TenantTx, id: Uuid) -> Result<bool> {
    let done = sqlx::query!(
        "update imports set state = 'completed', failure = null, finished_at = app_now()
         where workspace_id = current_workspace() and id = $1 and state in ('running', 'failed')",
        id
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}
