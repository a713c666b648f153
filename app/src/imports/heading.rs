//! The row that holds the names of the columns: the first one, unless people wrote a title above it.

use super::{
    format::{self, Dialect},
    guess,
    head::refused,
    quotes::Fault,
    records::{Place, Record, Records},
    rejects,
};
use crate::error::{Error, FieldError, Result};

/// The last row that may hold the names.
pub const LAST: i64 = 20;
/// Columns a file may have.
const MAX_COLUMNS: usize = 1_000;

/// How many rows of titles stand above the names: rows of one cell that is no heading we know, or of none, above one of
/// several cells of which we know one. None when there is no such row, since a row may be anything else.
pub(super) fn titles(text: &[u8], start: Place, dialect: Dialect) -> usize {
    let mut records = Records::from(start, dialect);
    let mut input = text;
    let mut above = 0;
    while let Some(record) = records.next(&mut input) {
        if record.fault.is_some() || record.oversized || record.place.row > LAST {
            return 0;
        }
        let cells = cells(&record);
        let filled = cells.iter().filter(|cell| !cell.trim().is_empty()).count();
        let is_known = format::is_header(&cells) && guess::guesses(&cells).iter().any(Option::is_some);
        if filled > 1 {
            return if is_known { above } else { 0 };
        }
        if is_known {
            return 0;
        }
        above += 1;
    }
    0
}

/// How many rows stand above the one with this number.
pub(super) fn rows_above(text: &[u8], start: Place, dialect: Dialect, row: i64) -> Result<usize> {
    let mut records = Records::from(start, dialect);
    let mut input = text;
    let mut above = 0;
    while let Some(record) = records.next_of(&mut input, true)
        && record.place.row <= row
    {
        if record.place.row == row {
            return Ok(above);
        }
        above += 1;
    }
    let message =
        format!("Nothing stands in row {row} of this file. Choose the row that holds the names of the columns.");
    Err(Error::invalid(vec![FieldError::new("headingRow", "unknown", message)]))
}

/// The cells of the row that tells how many columns there are, their number, and where it begins.
pub(super) fn first_row(first: Option<Record<'_>>) -> Result<(Vec<String>, usize, Place)> {
    if let Some(fault) = first.and_then(|record| record.fault) {
        let detail = match fault {
            Fault::NeverClosed { opened } => format!(
                "The quotation mark opened in line {opened} is never closed, so the whole file was read as names of columns. Close the quotation mark or take it out, then upload the file again."
            ),
            Fault::ClosedWithinCell { .. } => fault.sentence(),
        };
        return Err(refused("open_quotation_mark", detail));
    }
    let Some(first) = first.filter(|record| !record.oversized) else {
        return Err(refused(
            "no_header",
            "The first row does not end within 256 KB. The first row must hold the names of the columns; a quotation mark in it may never be closed.",
        ));
    };
    let added = rejects::added(first.cells()).map_or(0, |_| rejects::ADDED.len());
    if first.len() - added > MAX_COLUMNS {
        let detail = format!(
            "The first row has {} columns; at most {MAX_COLUMNS} can be read. Save the table without the columns you do not need.",
            first.len()
        );
        return Err(refused("too_many_columns", detail));
    }
    Ok((cells(&first), first.len(), first.place))
}

/// What Postgres or UTF-8 cannot hold is replaced: these are for people to look at.
pub(super) fn cells(record: &Record<'_>) -> Vec<String> {
    record.cells().map(|cell| String::from_utf8_lossy(cell).replace('\0', "\u{fffd}")).collect()
}
