//! What became of the rows of an import. Outcomes are kept per chunk; the cells are read from the stored file again.

use std::collections::HashMap;

use futures::TryStreamExt as _;
use loco_rs::app::AppContext;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    duplicates::MatchedBy,
    plan::FULL_BYTES,
    queries::{self, DoneRow, FileRow},
    records::{MAX_RECORD, Place, Record, Records},
    rejects,
    row::{self, Reason},
};
use crate::{
    Ledgerline,
    error::{Error, Result},
    page::{self, Position},
    tenant::{Actor, TenantTx},
};

/// Chunks read for one page: rows that are rare may be far apart.
const MOST_CHUNKS: i64 = 16;
/// Bytes read for one page, but that the last chunk is read to its end.
const MOST_READ: u64 = 16 * 1024 * 1024;
/// A page that holds more is cut: cells may be large, and there may be a thousand in a row.
const MOST_BYTES: usize = 1024 * 1024;
/// Bytes of a chunk that are read. Its rows begin within the first [`FULL_BYTES`], so only the last one can go on
/// beyond: a row that is too large, as one is that a quotation mark makes of the rest of a file. Its beginning is shown.
const MOST_OF_CHUNK: u64 = FULL_BYTES.unsigned_abs() + MAX_RECORD as u64;
/// Characters shown of a cell.
const SHOWN: usize = 1_000;

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = RowOutcome)]
pub enum Outcome {
    /// A client.
    Created,
    /// A change of a client who was here.
    Updated,
    /// Nothing, since its client was here.
    Skipped,
    /// Nothing, since it is not as it must be.
    Rejected,
}

impl Outcome {
    const ALL: [(char, Self); 4] =
        [('c', Self::Created), ('u', Self::Updated), ('s', Self::Skipped), ('r', Self::Rejected)];

    fn from_letter(letter: char) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|(each, _)| *each == letter);
        found.map(|(_, outcome)| outcome).ok_or_else(|| Error::internal(format!("unknown outcome of a row `{letter}`")))
    }

    fn letter(self) -> char {
        Self::ALL.into_iter().find(|(_, outcome)| *outcome == self).map_or('r', |(letter, _)| letter)
    }
}

/// The client of a row.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RowClient {
    /// The client.
    pub id: Uuid,
    /// Their name; null when they are gone.
    #[schema(required = true)]
    pub name: Option<String>,
}

/// A row and what became of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportedRow {
    /// Number of the row as a spreadsheet counts, the heading's included.
    pub row_number: i64,
    /// What became of it.
    pub outcome: Outcome,
    /// Its cells, long ones cut.
    pub columns: Vec<String>,
    /// The client that it became, changed or is.
    #[schema(required = true)]
    pub client: Option<RowClient>,
    /// By what it is like that client, or for a row that was created all the same, like another.
    #[schema(required = true)]
    pub matched_by: Option<MatchedBy>,
    /// Why it was rejected.
    pub reasons: Vec<Reason>,
}

/// Where a page ended: chunk, and row in it; 0 and the row's number where only rejected rows are kept.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct At(i32, usize);

impl Position for At {
    fn is_possible(&self) -> bool {
        self.0 >= 0
    }
}

/// A page of rows: fewer than asked for when they are large or far apart, so go on while there is a cursor.
#[derive(Debug)]
pub struct RowPage {
    /// The rows.
    pub rows: Vec<ImportedRow>,
    /// For the next page.
    pub next_cursor: Option<String>,
}

/// Rows that were imported, in the order of the file.
///
/// # Errors
/// 404, 410 `rejects_deleted`.
pub async fn page(
    ctx: &AppContext,
    actor: &Actor,
    id: Uuid,
    outcome: Option<Outcome>,
    after: Option<At>,
    limit: usize,
) -> Result<RowPage> {
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let import = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    rejects::still_there(&import)?;
    if !import.outcomes_kept && matches!(outcome, None | Some(Outcome::Rejected)) {
        return rejected_alone(&mut tx, id, after, limit).await;
    }
    let file = queries::file(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    let letter = outcome.map(|outcome| outcome.letter().to_string());
    let At(from, mut next) = after.map_or(At(0, 0), |At(chunk, row)| At(chunk, row.saturating_add(1)));
    let chunks = queries::done_chunks(&mut tx, id, from, letter.as_deref(), MOST_CHUNKS + 1).await?;
    drop(tx);
    let mut gathered = Gathered { id, outcome, limit, rows: Vec::new(), bytes: 0, read: 0, last: None };
    let (mut done, mut more) = (None, None);
    for (number, chunk) in (0..).zip(&chunks) {
        if number == MOST_CHUNKS || gathered.read >= MOST_READ {
            more = done;
            break;
        }
        let first = if chunk.number == from { next } else { 0 };
        next = 0;
        if gathered.read(&Ledgerline::of(ctx), &file, chunk, first).await? {
            more = gathered.last;
            break;
        }
        done = Some(At(chunk.number, usize::MAX - 1));
    }
    let next_cursor = more.map(|at| page::cursor(&at)).transpose()?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    Ok(RowPage { rows: gathered.finish(&mut tx).await?, next_cursor })
}

/// Of imports that an earlier release has made only rejected rows are kept.
async fn rejected_alone(tx: &mut TenantTx, id: Uuid, after: Option<At>, limit: usize) -> Result<RowPage> {
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let after = after.map_or(0, |At(_, row)| number(row));
    let mut found = queries::rejects(tx, id, after, number(limit) + 1).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let last = found.last().and_then(|row| usize::try_from(row.row_number).ok());
    let next_cursor = last.filter(|_| more).map(|row| page::cursor(&At(0, row))).transpose()?;
    let rows = found.into_iter().map(|row| ImportedRow {
        row_number: row.row_number,
        outcome: Outcome::Rejected,
        columns: row.columns,
        client: None,
        matched_by: None,
        reasons: row.reasons,
    });
    Ok(RowPage { rows: rows.collect(), next_cursor })
}

struct Gathered {
    id: Uuid,
    outcome: Option<Outcome>,
    limit: usize,
    rows: Vec<ImportedRow>,
    bytes: usize,
    read: u64,
    last: Option<At>,
}

impl Gathered {
    /// Reads rows of a chunk from `first` on; answers whether the page is full and more may follow.
    async fn read(&mut self, ledgerline: &Ledgerline, file: &FileRow, chunk: &DoneRow, first: usize) -> Result<bool> {
        let unsigned = |number: i64| u64::try_from(number).unwrap_or_default();
        let planned = &chunk.planned;
        let start = unsigned(planned.byte_start);
        let end = unsigned(planned.byte_end).min(start.saturating_add(MOST_OF_CHUNK));
        self.read += end - start;
        let place = Place { byte: start, row: planned.first_row, line: planned.first_line };
        let mut records = Records::from(place, file.dialect());
        let (outcomes, matches): (Vec<char>, Vec<char>) =
            (chunk.outcomes.chars().collect(), chunk.matched_by.chars().collect());
        let mut index = 0;
        let mut pieces = ledgerline.storage.read(&file.text_path(), start..end).await?;
        while let Some(piece) = pieces.try_next().await.map_err(Error::internal)? {
            let mut piece = &piece[..];
            while let Some(record) = records.next(&mut piece) {
                if index >= first && self.take(&record, chunk, &outcomes, &matches, index)? {
                    return Ok(true);
                }
                index += 1;
            }
        }
        match records.finish() {
            Some(record) if index >= first => self.take(&record, chunk, &outcomes, &matches, index),
            _ => Ok(false),
        }
    }

    /// Answers true instead of taking a row for which there is no place any more.
    fn take(
        &mut self,
        record: &Record<'_>,
        chunk: &DoneRow,
        outcomes: &[char],
        matches: &[char],
        index: usize,
    ) -> Result<bool> {
        let Some(letter) = outcomes.get(index) else { return Ok(false) };
        let outcome = Outcome::from_letter(*letter)?;
        if self.outcome.is_some_and(|asked| asked != outcome) {
            return Ok(false);
        }
        if self.rows.len() >= self.limit || self.bytes >= MOST_BYTES {
            return Ok(true);
        }
        let columns: Vec<String> = row::originals(record).into_iter().map(cut).collect();
        self.bytes += columns.iter().map(|cell| cell.len() + 8).sum::<usize>();
        let client = chunk.client_ids.get(index).copied().flatten().map(|id| RowClient { id, name: None });
        let matched_by = matches.get(index).copied().and_then(MatchedBy::from_letter);
        self.last = Some(At(chunk.number, index));
        let row_number = record.place.row;
        self.rows.push(ImportedRow { row_number, outcome, columns, client, matched_by, reasons: Vec::new() });
        Ok(false)
    }

    /// Names of clients and reasons, looked up for all rows at once.
    async fn finish(self, tx: &mut TenantTx) -> Result<Vec<ImportedRow>> {
        let Self { mut rows, .. } = self;
        let clients: Vec<Uuid> = rows.iter().filter_map(|row| row.client.as_ref()).map(|client| client.id).collect();
        let rejected: Vec<i64> =
            rows.iter().filter(|row| row.outcome == Outcome::Rejected).map(|row| row.row_number).collect();
        let names: HashMap<Uuid, String> = queries::client_names(tx, &clients).await?.into_iter().collect();
        let mut reasons: HashMap<i64, Vec<Reason>> =
            queries::reasons(tx, self.id, &rejected).await?.into_iter().collect();
        for row in &mut rows {
            if let Some(client) = &mut row.client {
                client.name = names.get(&client.id).cloned();
            }
            row.reasons = reasons.remove(&row.row_number).unwrap_or_default();
        }
        Ok(rows)
    }
}

fn cut(mut cell: String) -> String {
    if let Some((end, _)) = cell.char_indices().nth(SHOWN) {
        cell.truncate(end);
    }
    cell
}

/// A client that stayed when its import was undone.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Leftover {
    /// Number of the row that created or changed them.
    pub row_number: i64,
    /// The client.
    pub client: RowClient,
    /// `edited` since by somebody, changed since by another import (`imported`), `merged` with another, or `matched` by a
    /// row of an import that still ran.
    #[schema(example = "edited")]
    pub reason: String,
}
