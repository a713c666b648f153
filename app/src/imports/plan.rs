//! Cuts a stored file into chunks, in one pass, and asks for the job of each.

use bytes::Bytes;
use futures::TryStreamExt as _;
use ledgerline_jobs::{
    Options,
    engine::{outcome::Outcome, run::Run},
    enqueue_many,
    imports::{ImportChunk, PlanImport},
};
use sqlx::PgPool;
use uuid::Uuid;

use super::{
    actor,
    encoding::ToUtf8,
    format::Dialect,
    queries::{self, FileRow},
    quotes::Fault,
    records::{Place, Record, Records},
};
use crate::{
    Ledgerline, audit,
    error::{Error, Result},
    storage::StorageError,
    tenant::{Actor, TenantTx},
};

/// When a chunk is full: after so many rows or bytes, whichever comes first.
#[derive(Clone, Copy, Debug)]
pub struct Full {
    /// Rows.
    pub rows: i32,
    /// Bytes.
    pub bytes: i64,
}

/// Bytes of a full chunk: large enough that a commit per chunk costs little, small enough that a killed one loses little.
pub(super) const FULL_BYTES: i64 = 1024 * 1024;
/// Jobs asked for with one statement.
const JOBS_AT_ONCE: usize = 5_000;

/// A part of the file that begins and ends with whole records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Number, from 0.
    pub number: i32,
    /// Number of its first row.
    pub first_row: i64,
    /// Number of its first line.
    pub first_line: i64,
    /// Where it begins.
    pub byte_start: i64,
    /// Where it ends.
    pub byte_end: i64,
    /// How many rows it has.
    pub rows: i32,
}

/// A whole file, cut.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Its chunks, in order.
    pub chunks: Vec<Chunk>,
    /// The line of a quotation mark that is never closed: the last row of the last chunk is all that follows it.
    pub open_quote_line: Option<i64>,
}

/// Finds the chunks of a file that comes in pieces. Keeps no row in memory.
#[derive(Debug)]
pub struct Planner {
    records: Records,
    full: Full,
    open: Option<Chunk>,
    plan: Plan,
}

impl Planner {
    /// Reads rows from `data` on.
    #[must_use]
    pub fn new(data: Place, dialect: Dialect, full: Full) -> Self {
        Self { records: Records::from(data, dialect), full, open: None, plan: Plan::default() }
    }

    /// Takes the next piece.
    pub fn push(&mut self, mut piece: &[u8]) {
        while let Some(record) = self.records.next(&mut piece) {
            let Record { place, end, .. } = record;
            self.add(place, end);
        }
    }

    /// The plan, once all pieces were taken.
    #[must_use]
    pub fn finish(mut self) -> Plan {
        if let Some(Record { place, end, fault, .. }) = self.records.finish() {
            if let Some(Fault::NeverClosed { opened }) = fault {
                self.plan.open_quote_line = Some(opened);
            }
            self.add(place, end);
        }
        self.plan.chunks.extend(self.open);
        self.plan
    }

    fn add(&mut self, place: Place, end: u64) {
        let signed = |byte: u64| i64::try_from(byte).unwrap_or(i64::MAX);
        let mut chunk = self.open.take().unwrap_or_else(|| Chunk {
            number: i32::try_from(self.plan.chunks.len()).unwrap_or(i32::MAX),
            first_row: place.row,
            first_line: place.line,
            byte_start: signed(place.byte),
            byte_end: signed(place.byte),
            rows: 0,
        });
        chunk.byte_end = signed(end);
        chunk.rows += 1;
        if chunk.rows >= self.full.rows || chunk.byte_end - chunk.byte_start >= self.full.bytes {
            self.plan.chunks.push(chunk);
        } else {
            self.open = Some(chunk);
        }
    }
}

/// Plans an import: chunks, their jobs and the end of this one are one transaction. However else this job ends, its batch
/// asks for [`super::finish`], which then fails the import.
///
/// # Errors
/// When storage or Postgres fail; the attempt can be repeated.
pub async fn plan(ledgerline: &Ledgerline, engine: &PgPool, run: &Run, job: PlanImport) -> Result<Outcome> {
    let id = job.import_id;
    let actor = actor(run)?;
    let mut tx = TenantTx::begin_on(engine, &actor).await?;
    let file = queries::file(&mut tx, id).await?;
    drop(tx);
    let Some(file) = file else { return Ok(Outcome::Dead("there is no such import".to_owned())) };
    if file.state != "planning" {
        return Ok(Outcome::Cancel(format!("the import is {}", file.state)));
    }
    let Some(batch) = file.batch_id else {
        // a release that opened the batch only now has started it: the end of this job would reach nobody
        let failure = "This import was started while Ledgerline was being updated. Upload the file again.";
        fail(engine, &actor, id, failure).await?;
        return Ok(Outcome::Dead("the import has no batch".to_owned()));
    };
    match read(ledgerline, run, &file).await {
        Ok(plan) => write(engine, &actor, run, id, batch, &plan).await,
        Err(error @ (StorageError::Missing(_) | StorageError::Short(_))) => {
            fail(engine, &actor, id, "The uploaded file is no longer there. Upload it again.").await?;
            Ok(Outcome::Dead(error.to_string()))
        }
        Err(error) => Err(Error::internal(error)),
    }
}

async fn read(ledgerline: &Ledgerline, run: &Run, file: &FileRow) -> Result<Plan, StorageError> {
    let unsigned = |number: i64| u64::try_from(number).unwrap_or_default();
    let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let size = match file.encoding().decoder() {
        Some(decoder) => decode(ledgerline, run, file, decoder).await?,
        None => unsigned(file.size_bytes),
    };
    let start = unsigned(file.data_start);
    let data = Place { byte: start, row: file.data_row, line: file.data_line };
    let rows = i32::try_from(ledgerline.settings.imports.chunk_rows).unwrap_or(i32::MAX);
    let mut planner = Planner::new(data, file.dialect(), Full { rows, bytes: FULL_BYTES });
    if start < size {
        let mut pieces = ledgerline.storage.read(&file.text_path(), start..size).await?;
        let mut read = start;
        while let Some(piece) = pieces.try_next().await? {
            planner.push(&piece);
            read += piece.len() as u64;
            run.progress(signed(read), Some(signed(size)), Some("bytes read"));
        }
    }
    Ok(planner.finish())
}

/// Writes the text of a file beside it, in UTF-8, and answers its size. Nothing is there until all of it is, and writing
/// it again writes the same.
async fn decode(ledgerline: &Ledgerline, run: &Run, file: &FileRow, mut decoder: ToUtf8) -> Result<u64, StorageError> {
    let size = u64::try_from(file.size_bytes).unwrap_or_default();
    let mut pieces = ledgerline.storage.read(&file.storage_path, 0..size).await?;
    let run = run.clone();
    let total = file.size_bytes;
    let text = async_stream::try_stream! {
        let mut read = 0;
        while let Some(piece) = pieces.try_next().await? {
            read += i64::try_from(piece.len()).unwrap_or_default();
            run.progress(read, Some(total), Some("bytes decoded"));
            yield Bytes::from(decoder.next(&piece, false));
        }
        yield Bytes::from(decoder.next(&[], true));
    };
    let text: std::pin::Pin<Box<dyn futures::Stream<Item = Result<Bytes, StorageError>> + Send>> = Box::pin(text);
    // a byte of another encoding becomes three at most
    ledgerline.storage.receive(&file.text_path(), text, size.saturating_mul(3).saturating_add(3)).await
}

async fn write(engine: &PgPool, actor: &Actor, run: &Run, id: Uuid, batch: Uuid, plan: &Plan) -> Result<Outcome> {
    let mut tx = TenantTx::begin_on(engine, actor).await?;
    if plan.chunks.is_empty() {
        let failure = "Below the names of the columns there are only blank lines, so there is nothing to import.";
        if queries::fail(&mut tx, id, failure).await? {
            audit::event(&mut tx, "import_failed", ("import", id), serde_json::json!({})).await?;
        }
        run.finish(&mut tx).await.map_err(Error::internal)?;
        tx.commit().await?;
        return Ok(Outcome::Settled);
    }
    let total_rows = plan.chunks.iter().map(|chunk| i64::from(chunk.rows)).sum();
    if !queries::run(&mut tx, id, total_rows, plan.open_quote_line).await? {
        return Ok(Outcome::Cancel("the import was cancelled".to_owned()));
    }
    // jobs before their batch, as everybody who ends a job does: the first chunk locks the batch, and this job ends last
    queries::lock_jobs(&mut tx, batch).await?;
    for chunks in plan.chunks.chunks(JOBS_AT_ONCE) {
        queries::insert_chunks(&mut tx, id, chunks).await?;
        let jobs: Vec<ImportChunk> =
            chunks.iter().map(|chunk| ImportChunk { import_id: id, chunk: chunk.number }).collect();
        enqueue_many(&mut tx, &jobs, &Options { batch: Some(batch), ..Options::default() }).await?;
    }
    run.finish(&mut tx).await.map_err(Error::internal)?;
    tx.commit().await?;
    Ok(Outcome::Settled)
}

async fn fail(engine: &PgPool, actor: &Actor, id: Uuid, failure: &str) -> Result<()> {
    let mut tx = TenantTx::begin_on(engine, actor).await?;
    if queries::fail(&mut tx, id, failure).await? {
        audit::event(&mut tx, "import_failed", ("import", id), serde_json::json!({})).await?;
    }
    tx.commit().await
}
