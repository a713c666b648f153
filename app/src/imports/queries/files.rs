//! Statements on the files of imports.

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
