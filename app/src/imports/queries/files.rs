//! Statements on the files of imports.

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use crate::{error::Result, tenant::TenantTx};

/// The stored file and how it is read.
#[derive(Clone, Debug)]
pub(crate) struct FileRow {
    pub(crate) state: String,
    pub(crate) storage_path: String,
    pub(crate) size_bytes: i64,
    pub(crate) delimiter: String,
    pub(crate) data_start: i64,
    pub(crate) data_row: i64,
    pub(crate) data_line: i64,
    pub(crate) columns: i32,
    pub(crate) mapping: Option<Value>,
    pub(crate) batch_id: Option<Uuid>,
}

impl FileRow {
    /// What stands between cells.
    pub(crate) fn delimiter(&self) -> u8 {
        self.delimiter.bytes().next().unwrap_or(b',')
    }
}

pub(crate) async fn file(tx: &mut TenantTx, id: Uuid) -> Result<Option<FileRow>> {
    Ok(sqlx::query_as!(
        FileRow,
        r#"select state, storage_path, size_bytes, delimiter, data_start, data_row, data_line,
             jsonb_array_length(columns) as "columns!", mapping, batch_id
           from imports where workspace_id = current_workspace() and id = $1"#,
        id
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// What is known of a stored file.
#[derive(Clone, Debug)]
pub(crate) struct KnownFile {
    pub(crate) id: Uuid,
    pub(crate) finished_at: Option<DateTime<Utc>>,
}

/// Those of these imports that exist.
pub(crate) async fn known_files(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<KnownFile>> {
    Ok(sqlx::query_as!(
        KnownFile,
        "select id, finished_at from imports where workspace_id = current_workspace() and id = any($1)",
        ids
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Writes down that the file is gone, and forgets what was copied out of it. Answers false when that was done before.
pub(crate) async fn forget_file(tx: &mut TenantTx, id: Uuid) -> Result<bool> {
    let done = sqlx::query!(
        "update imports set file_deleted_at = app_now(), preview = '[]',
           columns = (select coalesce(jsonb_agg(jsonb_set(c.each, '{samples}', '[]') order by c.number), '[]')
             from jsonb_array_elements(columns) with ordinality as c (each, number))
         where workspace_id = current_workspace() and id = $1 and file_deleted_at is null",
        id
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Deletes the next rejected rows, at most `most`; answers how many. By range: a join would be guessed wrong and loop.
pub(crate) async fn delete_rejects(tx: &mut TenantTx, import: Uuid, most: i64) -> Result<u64> {
    let done = sqlx::query!(
        "delete from import_rejects
         where workspace_id = current_workspace() and import_id = $1 and row_number <= (
           select max(row_number) from (
             select row_number from import_rejects
             where workspace_id = current_workspace() and import_id = $1 order by row_number limit $2
           ) as next
         )",
        import,
        most
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}
