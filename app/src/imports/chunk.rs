//! Imports one chunk: reads it, checks each row, then writes clients, rejected rows, numbers and the end of the job in
//! one transaction.

use futures::TryStreamExt as _;
use ledgerline_jobs::{
    engine::{outcome::Outcome, run::Run},
    enqueue,
    imports::{FinishImport, ImportChunk},
};
use sqlx::PgPool;

use super::{
    actor,
    duplicates::Incoming,
    gather::Person,
    mapping::Field,
    queries::{self, ChunkRow, FileRow},
    records::{Place, Record, Records},
    rejects::RejectedRow,
    row::{self, Layout, Reason},
    write,
};
use crate::{
    Ledgerline,
    error::{Error, Result},
    storage::StorageError,
    tenant::{Actor, TenantTx},
};

/// What the rows of a chunk are.
#[derive(Debug, Default)]
pub struct Rows {
    /// How many there are.
    pub count: usize,
    /// Rows that can become clients, in the order of the file.
    pub clients: Vec<Incoming>,
    /// Rows that cannot.
    pub rejects: Vec<RejectedRow>,
}

impl Rows {
    /// Sorts one record to either side.
    pub fn add(&mut self, record: &Record<'_>, layout: &Layout) {
        let row_number = record.place.row;
        match row::read(record, layout) {
            Ok(Person { fields, is_named, has_ways }) => {
                self.clients.push(Incoming { index: self.count, row_number, fields, is_named, has_ways });
            }
            Err(reasons) => self.rejects.push(RejectedRow { row_number, columns: row::originals(record), reasons }),
        }
        self.count += 1;
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
    queries::refresh_statistics(&mut tx).await?;
    tx.commit().await?;
    let (Some(file), Some(chunk)) = (file, chunk) else {
        return Ok(Outcome::Dead("there is no such chunk".to_owned()));
    };
    if chunk.is_done {
        return Ok(Outcome::Done);
    }
    if !matches!(file.state.as_str(), "running" | "failed") {
        return Ok(Outcome::Cancel(format!("the import is {}", file.state)));
    }
    let source = Source { ledgerline, file: &file, chunk: &chunk };
    let rows = match source.read().await {
        Ok(rows) => rows,
        Err(Unreadable::Storage(error @ (StorageError::Missing(_) | StorageError::Short(_)))) => {
            return Ok(Outcome::Dead(error.to_string()));
        }
        Err(Unreadable::Storage(error)) => return Err(Error::internal(error)),
        Err(Unreadable::Other(error)) => return Err(error),
    };
    let rule = file.duplicates.parse()?;
    write(engine, &actor, run, write::Place { import: id, chunk: job.chunk, rule }, &source, rows).await
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

/// A chunk of a stored file.
struct Source<'a> {
    ledgerline: &'a Ledgerline,
    file: &'a FileRow,
    chunk: &'a ChunkRow,
}

impl Source<'_> {
    /// Gives each record to `take`.
    async fn each(&self, mut take: impl FnMut(&Record<'_>)) -> Result<(), StorageError> {
        let unsigned = |number: i64| u64::try_from(number).unwrap_or_default();
        let (start, end) = (unsigned(self.chunk.byte_start), unsigned(self.chunk.byte_end));
        let place = Place { byte: start, row: self.chunk.first_row, line: self.chunk.first_line };
        let mut records = Records::from(place, self.file.dialect());
        let mut pieces = self.ledgerline.storage.read(&self.file.text_path(), start..end).await?;
        while let Some(piece) = pieces.try_next().await? {
            let mut piece = &piece[..];
            while let Some(record) = records.next(&mut piece) {
                take(&record);
            }
            // thousands of rows were checked without a pause
            tokio::task::yield_now().await;
        }
        if let Some(record) = records.finish() {
            take(&record);
        }
        Ok(())
    }

    async fn read(&self) -> Result<Rows, Unreadable> {
        let layout = Layout::of(self.file).map_err(Unreadable::Other)?;
        let mut rows = Rows::default();
        self.each(|record| rows.add(record, &layout)).await?;
        let found = rows.count;
        if usize::try_from(self.chunk.rows) != Ok(found) {
            let planned = self.chunk.rows;
            let error = format!("{found} rows where {planned} were planned: the stored file was changed");
            return Err(Unreadable::Other(Error::internal(error)));
        }
        Ok(rows)
    }

    /// Rows whose address the index of addresses refused, though nobody is found by it.
    async fn refused(&self, numbers: &[i64]) -> Result<Vec<RejectedRow>> {
        let mut rejects = Vec::with_capacity(numbers.len());
        self.each(|record| {
            if numbers.contains(&record.place.row) {
                let why = "A client has this address already and could not be found by it. Change that client by hand, or \
                           leave the address out of this row.";
                rejects.push(RejectedRow {
                    row_number: record.place.row,
                    columns: row::originals(record),
                    reasons: vec![Reason::of_field(Field::Email, why)],
                });
            }
        })
        .await
        .map_err(Error::internal)?;
        Ok(rejects)
    }
}

async fn write(
    engine: &PgPool,
    actor: &Actor,
    run: &Run,
    place: write::Place,
    source: &Source<'_>,
    rows: Rows,
) -> Result<Outcome> {
    let write::Place { import: id, chunk, .. } = place;
    let mut tx = TenantTx::begin_on(engine, actor).await?;
    queries::hold_open(&mut tx, id).await?;
    let Some(state) = queries::take_chunk(&mut tx, id, chunk).await? else {
        return Ok(Outcome::Cancel(
            "the import was cancelled or undone, or another attempt has imported this chunk".to_owned(),
        ));
    };
    queries::take_memory(&mut tx).await?;
    let outcomes = write::write(&mut tx, place, rows.count, &rows.clients).await?;
    queries::insert_rejects(&mut tx, id, &rows.rejects).await?;
    if !outcomes.refused.is_empty() {
        queries::insert_rejects(&mut tx, id, &source.refused(&outcomes.refused).await?).await?;
    }
    queries::finish_chunk(&mut tx, id, chunk, &outcomes).await?;
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
