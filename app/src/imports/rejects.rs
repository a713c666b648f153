//! The rejected rows as a file: mend it, import it again. They are written chunk by chunk, by `chunk.rs`.

use std::io;

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::Stream;
use loco_rs::app::AppContext;
use uuid::Uuid;

use super::{
    queries::{self, ImportRow},
    row::{Reason, is_formula},
};
use crate::{
    error::{Error, Result},
    tenant::{Actor, TenantTx},
};

/// A row that could not become a client.
#[derive(Clone, Debug)]
pub struct RejectedRow {
    /// Number of the row as a spreadsheet counts, the heading's included.
    pub row_number: i64,
    /// Its cells.
    pub columns: Vec<String>,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// Spreadsheets take a file without it for something else than UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The columns that the file has beside those of the import.
pub const ADDED: [&str; 2] = ["Row number", "Reason"];

/// Where a file of rejected rows that is imported again has the columns that were added to it.
#[must_use]
pub fn added<T: AsRef<[u8]>>(names: impl Iterator<Item = T>) -> Option<usize> {
    let names: Vec<T> = names.collect();
    names
        .windows(ADDED.len())
        .position(|pair| pair.iter().zip(ADDED).all(|(name, added)| name.as_ref() == added.as_bytes()))
}

/// Refuses to look for rows that were deleted, rather than to say that there were none.
///
/// # Errors
/// 410 `rejects_deleted`.
pub fn still_there(import: &ImportRow) -> Result<()> {
    let Some(at) = import.file_deleted_at else { return Ok(()) };
    let detail = format!(
        "The file and its rejected rows were deleted on {}. Import the file again to see them.",
        at.format("%Y-%m-%d")
    );
    Err(Error::new(StatusCode::GONE, "rejects_deleted", detail))
}

/// The file, written while it is read from the database.
///
/// # Errors
/// 404, 410 as [`still_there`].
pub async fn download(ctx: AppContext, actor: Actor, id: Uuid) -> Result<Response> {
    let mut tx = TenantTx::begin(&ctx, &actor).await?;
    let import = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    drop(tx);
    still_there(&import)?;
    let shape = Shape::of(&import)?;
    let disposition = disposition(&import.filename)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, Body::from_stream(lines(ctx, actor, id, shape))).into_response())
}

/// The columns of the file.
struct Shape {
    /// Those of the import, but for what an earlier file of rejected rows has added.
    headings: Vec<String>,
    /// Where it had that, when nobody imported it: the new number and reason take its place.
    added: Option<usize>,
}

impl Shape {
    fn of(import: &ImportRow) -> Result<Self> {
        let columns: Vec<super::columns::Column> =
            serde_json::from_value(import.columns.clone()).map_err(Error::internal)?;
        let mut headings: Vec<String> = columns.into_iter().map(|column| column.name).collect();
        let is_mapped =
            |index: &usize| import.mapping.as_ref().is_some_and(|mapping| mapping.get(index.to_string()).is_some());
        let added = added(headings.iter()).filter(|at| !(*at..at + ADDED.len()).any(|index| is_mapped(&index)));
        if let Some(at) = added {
            headings.drain(at..at + ADDED.len());
        }
        Ok(Self { headings, added })
    }

    /// The cells of a row under the headings.
    fn fit(&self, row: &mut RejectedRow) {
        if let Some(at) = self.added {
            let end = row.columns.len().min(at + ADDED.len());
            row.columns.drain(at.min(end)..end);
        }
    }
}

fn lines(
    ctx: AppContext,
    actor: Actor,
    id: Uuid,
    shape: Shape,
) -> impl Stream<Item = Result<Bytes, io::Error>> + use<> {
    async_stream::try_stream! {
        let width = shape.headings.len();
        let first = [shape.headings.clone(), ADDED.map(str::to_owned).to_vec()].concat();
        let mut text = BYTE_ORDER_MARK.as_bytes().to_vec();
        write(&mut text, first)?;
        yield Bytes::from(text);
        let mut after = 0;
        loop {
            let rows = next(&ctx, &actor, id, after).await.map_err(io::Error::other)?;
            let Some(last) = rows.last() else { break };
            after = last.row_number;
            let mut text = Vec::new();
            for mut row in rows {
                shape.fit(&mut row);
                write(&mut text, cells(row, width))?;
            }
            yield Bytes::from(text);
        }
    }
}

async fn next(ctx: &AppContext, actor: &Actor, id: Uuid, after: i64) -> Result<Vec<RejectedRow>> {
    let mut tx = TenantTx::begin(ctx, actor).await?;
    queries::next_rejects(&mut tx, id, after).await
}

/// A row as wide as the heading, its number and reasons after that; cells beyond go last, so that nothing is lost.
fn cells(row: RejectedRow, width: usize) -> Vec<String> {
    let mut cells = row.columns;
    let beyond = if cells.len() > width { cells.split_off(width) } else { Vec::new() };
    cells.resize(width, String::new());
    let reasons: Vec<String> = row
        .reasons
        .into_iter()
        .map(|reason| match reason.field {
            Some(field) => format!("{field}: {}", reason.message),
            None => reason.message,
        })
        .collect();
    cells.push(row.row_number.to_string());
    cells.push(reasons.join(" "));
    cells.extend(beyond);
    cells
}

fn write(text: &mut Vec<u8>, cells: Vec<String>) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new()
        .flexible(true)
        .quote_style(csv::QuoteStyle::Always)
        .terminator(csv::Terminator::CRLF)
        .from_writer(text);
    writer.write_record(cells.into_iter().map(harmless)).map_err(io::Error::other)?;
    writer.flush()
}

/// An apostrophe makes text of what a spreadsheet would run; an import takes it off again. The cells are those of the file,
/// so that apostrophes of their own stay what they were there.
fn harmless(cell: String) -> String {
    if is_formula(&cell) { format!("'{cell}") } else { cell }
}

fn disposition(filename: &str) -> Result<HeaderValue> {
    let stem = filename.rsplit_once('.').map_or(filename, |(stem, _)| stem);
    let name = format!("{stem}-rejects.csv");
    let ascii: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ') { c } else { '_' })
        .collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    let value = format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{encoded}");
    HeaderValue::from_str(&value).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_do_no_harm_and_cells_beyond_the_heading_are_kept() {
        let reason = |field: Option<&str>, message: &str| Reason {
            field: field.map(str::to_owned),
            message: message.to_owned(),
        };
        let row = RejectedRow {
            row_number: 7,
            columns: ["=1+1", "+49", "-2", "@x", "\tt", "a,\"b\"\nc", "plain", "beyond"].map(str::to_owned).to_vec(),
            reasons: vec![reason(Some("email"), "Wrong."), reason(None, "Too wide.")],
        };
        let mut text = Vec::new();
        write(&mut text, cells(row, 7)).unwrap();
        assert_eq!(
            String::from_utf8(text).unwrap(),
            "\"'=1+1\",\"'+49\",\"'-2\",\"'@x\",\"'\tt\",\"a,\"\"b\"\"\nc\",\"plain\",\"7\",\"email: Wrong. Too wide.\",\"beyond\"\r\n"
        );
        let narrow = RejectedRow { row_number: 2, columns: vec!["x".to_owned()], reasons: Vec::new() };
        assert_eq!(cells(narrow, 3), ["x", "", "", "2", ""]);
    }

    #[test]
    fn the_file_is_named_after_the_upload() {
        assert_eq!(
            disposition("Kündin \"x\".csv").unwrap().to_str().unwrap(),
            "attachment; filename=\"K_ndin _x_-rejects.csv\"; filename*=UTF-8''K%C3%BCndin%20%22x%22-rejects.csv"
        );
        assert!(disposition("list").unwrap().to_str().unwrap().contains("\"list-rejects.csv\""));
    }
}
