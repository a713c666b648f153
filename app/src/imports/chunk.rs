//! Imports one chunk: reads it, checks each row, then writes clients, rejected rows, numbers and the end of the job in
//! one transaction.

use futures::TryStreamExt as _;
use ledgerline_jobs::{
    engine::{outcome::Outcome, run::Run},
    enqueue,
    imports::{FinishImport, ImportChunk},
};
use sqlx::PgPool;
use uuid::Uuid;

use super::{
    actor,
    queries::{self, ChunkRow, FileRow},
    records::{Place, Record, Records},
    row::{self, Layout},
    view::RejectedRow,
};
use crate::{
    Ledgerline,
    clients::queries::Fields,
    error::{Error, Result},
    storage::StorageError,
    tenant::{Actor, TenantTx},
};

/// What the rows of a chunk are.
#[derive(Debug, Default)]
pub struct Rows {
    /// Rows that can become clients, in the order of the file.
    pub clients: Vec<Fields>,
    /// Rows that cannot.
    pub rejects: Vec<RejectedRow>,
}

impl Rows {
    /// Sorts one record to either side.
    pub fn add(&mut self, record: &Record<'_>, layout: &Layout) {
        match row::read(record, layout) {
            Ok(client) => self.clients.push(client),
            Err(reasons) => self.rejects.push(RejectedRow {
                row_number: record.place.row,
                columns: row::originals(record),
                reasons,
            }),
        }
    }
}

/// Imports a chunk. One that was imported already changes nothing.
///
/// # Errors
/// When storage or Postgres fail, or the lease was lost; nothing is written then, and the attempt can be repeated.
pub async fn import(ledgerline: &Ledgerline, engine: &PgPool, run: &Run, job: ImportChunk) -> Result<Outcome> {
    let id = job.import_id;
    let actor = actor(run)?;
    let mut tx = TenantTx::begin_on(engine, &actor).await?;
    let file = queries::file(&mut tx, id).await?;
    let chunk = queries::chunk(&mut tx, id, job.chunk).await?;
    drop(tx);
    let (Some(file), Some(chunk)) = (file, chunk) else {
        return Ok(Outcome::Dead("there is no such chunk".to_owned()));
    };
    if chunk.is_done {
        return Ok(Outcome::Done);
    }
    if !matches!(file.state.as_str(), "running" | "failed") {
        return Ok(Outcome::Cancel(format!("the import is {}", file.state)));
    }
    let rows = match read(ledgerline, &file, &chunk).await {
        Ok(rows) => rows,
        Err(Unreadable::Storage(error @ (StorageError::Missing(_) | StorageError::Short(_)))) => {
            return Ok(Outcome::Dead(error.to_string()));
        }
        Err(Unreadable::Storage(error)) => return Err(Error::internal(error)),
        Err(Unreadable::Other(error)) => return Err(error),
    };
    write(engine, &actor, run, id, job.chunk, rows).await
}

enum Unreadable {
    Storage(StorageError),
    Other(Error),
}

impl From<StorageError> for Unreadable {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

async fn read(ledgerline: &Ledgerline, file: &FileRow, chunk: &ChunkRow) -> Result<Rows, Unreadable> {
    let layout = Layout::of(file).map_err(Unreadable::Other)?;
    let unsigned = |number: i64| u64::try_from(number).unwrap_or_default();
    let (start, end) = (unsigned(chunk.byte_start), unsigned(chunk.byte_end));
    let place = Place { byte: start, row: chunk.first_row, line: chunk.first_line };
    let mut records = Records::from(place, file.dialect());
    let mut rows = Rows::default();
    let mut pieces = ledgerline.storage.read(&file.text_path(), start..end).await?;
    while let Some(piece) = pieces.try_next().await? {
        let mut piece = &piece[..];
        while let Some(record) = records.next(&mut piece) {
            rows.add(&record, &layout);
        }
        // thousands of rows were checked without a pause
        tokio::task::yield_now().await;
    }
    if let Some(record) = records.finish() {
        rows.add(&record, &layout);
    }
    let found = rows.clients.len() + rows.rejects.len();
    if usize::try_from(chunk.rows) != Ok(found) {
        let error = format!("{found} rows where {} were planned: the stored file was changed", chunk.rows);
        return Err(Unreadable::Other(Error::internal(error)));
    }
    Ok(rows)
}

async fn write(engine: &PgPool, actor: &Actor, run: &Run, id: Uuid, chunk: i32, mut rows: Rows) -> Result<Outcome> {
    // Two imports with the same addresses insert them in the same order, so neither waits for the other in a circle.
    // The sort is stable: of rows with one address, the first in the file wins.
    rows.clients.sort_by_cached_key(|client| client.email.as_deref().map(str::to_lowercase));
    let mut tx = TenantTx::begin_on(engine, actor).await?;
    queries::hold_open(&mut tx, id).await?;
    let Some(state) = queries::take_chunk(&mut tx, id, chunk).await? else {
        return Ok(Outcome::Cancel("the import was cancelled, or another attempt has imported this chunk".to_owned()));
    };
    let created = queries::insert_clients(&mut tx, &rows.clients).await?;
    queries::insert_rejects(&mut tx, id, &rows.rejects).await?;
    let created = i32::try_from(created).map_err(Error::internal)?;
    let skipped = i32::try_from(rows.clients.len()).map_err(Error::internal)? - created;
    let rejected = i32::try_from(rows.rejects.len()).map_err(Error::internal)?;
    queries::finish_chunk(&mut tx, id, chunk, created, skipped, rejected).await?;
    if state == "failed" {
        // A dead chunk that an operator brought back stands outside the batch, whose end has come already. Of several
        // that are written at once each sees those that had the lock before it, so exactly one is the last.
        queries::lock(&mut tx, id).await?;
        if queries::missing(&mut tx, id).await?.chunks == 0 {
            enqueue(&mut tx, &FinishImport { import_id: id }).await?;
        }
    }
    run.finish(&mut tx).await.map_err(Error::internal)?;
    tx.commit().await?;
    Ok(Outcome::Settled)
}
