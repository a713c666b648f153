//! Statements on the files of imports.

use std::borrow::Cow;

use serde_json::Value;
use uuid::Uuid;

use crate::{
    error::{Error, Result},
    imports::{
        encoding::Encoding,
        format::{DELIMITERS, Dialect, QUOTES},
        head::{Head, mark},
        memory, upload,
    },
    tenant::TenantTx,
};

/// The stored file and how it is read.
#[derive(Clone, Debug)]
pub struct FileRow {
    pub(crate) state: String,
    pub(crate) storage_path: String,
    pub(crate) size_bytes: i64,
    pub(crate) encoding: String,
    pub(crate) delimiter: String,
    pub(crate) quote: String,
    pub(crate) has_header: bool,
    pub(crate) heading_row: Option<i64>,
    pub(crate) data_start: i64,
    pub(crate) data_row: i64,
    pub(crate) data_line: i64,
    pub(crate) names: Vec<String>,
    pub(crate) mapping: Option<Value>,
    pub(crate) budget_currency: Option<String>,
    pub(crate) batch_id: Option<Uuid>,
    pub(crate) duplicates: String,
    pub(crate) phone_region: Option<String>,
}

impl FileRow {
    /// How cells are told apart.
    pub(crate) fn dialect(&self) -> Dialect {
        let usual = Dialect::default();
        Dialect {
            delimiter: mark(&self.delimiter, &DELIMITERS).unwrap_or(usual.delimiter),
            quote: mark(&self.quote, &QUOTES).unwrap_or(usual.quote),
        }
    }

    /// In which encoding it was sent.
    pub(crate) fn encoding(&self) -> Encoding {
        Encoding::by_name(&self.encoding).unwrap_or(Encoding::Utf8)
    }

    /// Where its text stands in UTF-8, from the plan on: what reads rows reads this.
    pub(crate) fn text_path(&self) -> Cow<'_, str> {
        match self.encoding() {
            Encoding::Utf8 => Cow::Borrowed(&self.storage_path),
            _ => Cow::Owned(upload::text_path(&self.storage_path)),
        }
    }
}

pub(crate) async fn file(tx: &mut TenantTx, id: Uuid) -> Result<Option<FileRow>> {
    Ok(sqlx::query_as!(
        FileRow,
        r#"select state, storage_path, size_bytes, encoding, delimiter, quote, has_header, heading_row, data_start,
             data_row, data_line, array(select c.each ->> 'name' from jsonb_array_elements(columns) with ordinality
               as c (each, number) order by c.number) as "names!: Vec<String>",
             mapping, budget_currency, batch_id, duplicates, phone_region
           from imports where workspace_id = current_workspace() and id = $1"#,
        id
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// What the beginning of a file tells, as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    encoding: &'static str,
    delimiter: String,
    quote: String,
    heading_row: Option<i64>,
    source: Option<&'static str>,
    headings_key: Option<Vec<u8>>,
    data_start: i64,
    data_row: i64,
    data_line: i64,
    columns: Value,
    preview: Value,
}

impl Shape {
    /// How the file is written; nothing of what stands in it.
    pub(crate) fn to_json(&self) -> Value {
        serde_json::json!({
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "quote": self.quote,
            "headingRow": self.heading_row,
        })
    }

    pub(crate) fn of(head: &Head, encoding: Encoding) -> Result<Self> {
        let names = head.columns.iter().map(|column| column.name.as_str());
        Ok(Self {
            encoding: encoding.name(),
            delimiter: char::from(head.dialect.delimiter).to_string(),
            quote: char::from(head.dialect.quote).to_string(),
            heading_row: head.heading_row,
            source: head.source,
            headings_key: head.heading_row.map(|_| memory::key(names).to_vec()),
            data_start: i64::try_from(head.data.byte).map_err(Error::internal)?,
            data_row: head.data.row,
            data_line: head.data.line,
            columns: serde_json::to_value(&head.columns).map_err(Error::internal)?,
            preview: serde_json::to_value(&head.preview).map_err(Error::internal)?,
        })
    }
}

/// A stored file about to become an import.
#[derive(Clone, Debug)]
pub(crate) struct NewImport {
    pub(crate) id: Uuid,
    pub(crate) filename: String,
    pub(crate) size_bytes: i64,
    pub(crate) storage_path: String,
    pub(crate) sha256: Vec<u8>,
    pub(crate) shape: Shape,
}

pub(crate) async fn insert(tx: &mut TenantTx, import: &NewImport, created_by: Uuid) -> Result<()> {
    let Shape { encoding, delimiter, quote, heading_row, source, headings_key, .. } = &import.shape;
    let Shape { data_start, data_row, data_line, columns, preview, .. } = &import.shape;
    sqlx::query!(
        "insert into imports (id, workspace_id, filename, size_bytes, storage_path, sha256, created_by, created_at,
           encoding, delimiter, quote, has_header, heading_row, source, headings_key, data_start, data_row, data_line,
           columns, preview)
         values ($1, current_workspace(), $2, $3, $4, $5, $6, app_now(), $7, $8, $9, $10::bigint is not null, $10, $11,
           $12, $13, $14, $15, $16, $17)",
        import.id,
        import.filename,
        import.size_bytes,
        import.storage_path,
        import.sha256,
        created_by,
        encoding,
        delimiter,
        quote,
        *heading_row,
        *source as Option<&str>,
        headings_key.as_deref(),
        data_start,
        data_row,
        data_line,
        columns,
        preview,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Reads a file anew that has not been started; answers false when it has.
pub(crate) async fn reshape(tx: &mut TenantTx, id: Uuid, shape: &Shape) -> Result<bool> {
    let done = sqlx::query!(
        "update imports set encoding = $2, delimiter = $3, quote = $4, has_header = $5::bigint is not null,
           heading_row = $5, source = $6, headings_key = $7,
           data_start = $8, data_row = $9, data_line = $10, columns = $11, preview = $12
         where workspace_id = current_workspace() and id = $1 and state = 'uploaded'",
        id,
        shape.encoding,
        shape.delimiter,
        shape.quote,
        shape.heading_row,
        shape.source as Option<&str>,
        shape.headings_key.as_deref(),
        shape.data_start,
        shape.data_row,
        shape.data_line,
        shape.columns,
        shape.preview,
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}
