//! What the beginning of a file tells: whether it is a CSV file we can read, its columns, its first rows.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::{
    guess,
    mapping::Field,
    quotes::Fault,
    records::{Place, Record, Records},
};
use crate::error::{Error, Result};

/// How much of a file is read to know it.
pub const BYTES: u64 = 256 * 1024;
/// Rows shown before the import starts.
const PREVIEW: usize = 20;
/// Columns a file may have.
const MAX_COLUMNS: usize = 1_000;
/// Examples of a column.
const SAMPLES: usize = 3;
const SAMPLE_CHARS: usize = 80;
const CELL_CHARS: usize = 500;
/// What may stand between cells; the first wins a draw.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// What the beginning tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// What stands between cells.
    pub delimiter: u8,
    /// Where the rows begin.
    pub data: Place,
    /// The columns.
    pub columns: Vec<Column>,
    /// The first rows, as many cells each as there are columns.
    pub preview: Vec<Vec<String>>,
}

/// A column of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its heading.
    pub name: String,
    /// What it probably becomes.
    pub guess: Option<Field>,
    /// Some of its values.
    pub samples: Vec<String>,
}

/// Reads the beginning of a file; `whole` says that there is no more of it.
///
/// # Errors
/// 422 that says what is wrong and how to mend it: `empty_file`, `not_utf8`, `nul_bytes`, `no_header`,
/// `open_quotation_mark`, `too_many_columns`, `no_rows`.
pub fn read(bytes: &[u8], whole: bool) -> Result<Head> {
    let text = as_text(bytes, whole)?;
    let bom = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let text = text.get(bom..).unwrap_or_default();
    if whole && text.trim().is_empty() {
        return Err(refused("empty_file", "This file is empty. Choose the file that holds your clients."));
    }
    let start = Place::start(bom as u64);
    let delimiter = delimiter(text);
    let mut input = text.as_bytes();
    let mut records = Records::from(start, delimiter);
    let first = records.next_of(&mut input, whole);
    if let Some(fault) = first.and_then(|record| record.fault) {
        let detail = match fault {
            Fault::NeverClosed { opened } => format!(
                "The quotation mark opened in line {opened} is never closed, so the whole file was read as names of columns. Close the quotation mark or take it out, then upload the file again."
            ),
            Fault::ClosedWithinCell { .. } => fault.sentence(),
        };
        return Err(refused("open_quotation_mark", detail));
    }
    let headings = first.filter(|record| !record.oversized).map(|record| cells(&record)).ok_or_else(|| {
        refused(
            "no_header",
            "The first row does not end within 256 KB. The first row must hold the names of the columns; a quotation mark in it may never be closed.",
        )
    })?;
    let names: Vec<String> = headings.iter().map(|name| cut(name.trim(), CELL_CHARS)).collect();
    if names.len() > MAX_COLUMNS {
        let detail = format!(
            "The first row has {} columns; at most {MAX_COLUMNS} can be read. Save the table without the columns you do not need.",
            names.len()
        );
        return Err(refused("too_many_columns", detail));
    }
    if names.iter().all(String::is_empty) {
        return Err(refused(
            "no_header",
            "The first row has no names of columns. Add a first row such as Name, Email, Company, then upload the file again.",
        ));
    }
    let mut data = None;
    let mut preview = Vec::new();
    while preview.len() < PREVIEW {
        let Some(record) = records.next_of(&mut input, whole) else { break };
        data.get_or_insert(record.place);
        if record.fault.is_some() {
            continue;
        }
        let mut row = cells(&record);
        row.resize(names.len(), String::new());
        preview.push(row.iter().map(|cell| cut(cell, CELL_CHARS)).collect::<Vec<_>>());
    }
    if whole && data.is_none() {
        return Err(refused(
            "no_rows",
            "The file has names of columns and no rows below them, so there is nothing to import.",
        ));
    }
    // a reader that begins here must not take the second half of the heading's line break for a blank line
    let data = data.unwrap_or_else(|| records.place());
    let columns = guess::guesses(&names)
        .into_iter()
        .zip(names)
        .enumerate()
        .map(|(index, (guess, name))| Column { name, guess, samples: samples(&preview, index) })
        .collect();
    Ok(Head { delimiter, data, columns, preview })
}

fn as_text(bytes: &[u8], whole: bool) -> Result<&str> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(not_utf8("This file is UTF-16, not UTF-8."));
    }
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        let detail = format!(
            "Line {} holds NUL bytes, so this is no text file, or one in UTF-16. Save the table as CSV (UTF-8) and upload that file.",
            line(bytes, at)
        );
        return Err(refused("nul_bytes", detail));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text),
        // the end of what we read may stand in the middle of a character
        Err(error) if !whole && error.error_len().is_none() => {
            Ok(bytes.get(..error.valid_up_to()).and_then(|valid| std::str::from_utf8(valid).ok()).unwrap_or_default())
        }
        Err(error) => Err(not_utf8(&format!("Line {} of this file is not UTF-8.", line(bytes, error.valid_up_to())))),
    }
}

fn not_utf8(what: &str) -> Error {
    refused(
        "not_utf8",
        format!("{what} Save the table as CSV with the encoding UTF-8 (in Excel: “CSV UTF-8”) and upload that file."),
    )
}

fn refused(code: &'static str, detail: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
}

fn line(bytes: &[u8], at: usize) -> usize {
    1 + bytes.iter().take(at).filter(|byte| **byte == b'\n').count()
}

/// The one that stands most often in the first row, outside of quotation marks.
fn delimiter(text: &str) -> u8 {
    let mut counts = [0_u32; DELIMITERS.len()];
    let mut quoted = false;
    for byte in text.trim_start_matches(['\r', '\n']).bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\r' | b'\n' if !quoted => break,
            byte if !quoted => {
                let counted = DELIMITERS.iter().position(|delimiter| *delimiter == byte);
                if let Some(count) = counted.and_then(|at| counts.get_mut(at)) {
                    *count += 1;
                }
            }
            _ => {}
        }
    }
    // of equal ones `max_by_key` takes the last
    let most = DELIMITERS.into_iter().zip(counts).rev().max_by_key(|(_, count)| *count);
    most.map_or(b',', |(delimiter, _)| delimiter)
}

fn cells(record: &Record<'_>) -> Vec<String> {
    record.cells().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect()
}

fn samples(preview: &[Vec<String>], column: usize) -> Vec<String> {
    let mut samples: Vec<String> = Vec::new();
    for cell in preview.iter().filter_map(|row| row.get(column)).map(|cell| cell.trim()) {
        let sample = cut(cell, SAMPLE_CHARS);
        if !sample.is_empty() && !samples.contains(&sample) && samples.len() < SAMPLES {
            samples.push(sample);
        }
    }
    samples
}

fn cut(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> Head {
        read(text.as_bytes(), true).unwrap()
    }

    fn code(bytes: &[u8]) -> &'static str {
        read(bytes, true).unwrap_err().code
    }

    #[test]
    fn columns_guesses_samples_preview() {
        let head = head("Name , Email,City\r\nAda,ada@example.com\r\nBo,,\"Oslo\nNorth\",extra\r\nAda,x");
        assert_eq!(head.delimiter, b',');
        assert_eq!(head.data, Place { byte: 19, row: 2, line: 2 });
        assert_eq!(
            head.columns,
            [
                Column { name: "Name".into(), guess: Some(Field::Name), samples: vec!["Ada".into(), "Bo".into()] },
                Column {
                    name: "Email".into(),
                    guess: Some(Field::Email),
                    samples: vec!["ada@example.com".into(), "x".into()]
                },
                Column { name: "City".into(), guess: None, samples: vec!["Oslo\nNorth".into()] },
            ]
        );
        assert_eq!(head.preview, [["Ada", "ada@example.com", ""], ["Bo", "", "Oslo\nNorth"], ["Ada", "x", ""]]);
    }

    #[test]
    fn a_byte_order_mark_blank_lines_and_other_delimiters() {
        let head = head("\u{feff}\n\nname;email;\"a,b,c,d\"\nAda;a@b.example;\n");
        assert_eq!(head.delimiter, b';');
        assert_eq!(head.columns.first().map(|column| column.name.as_str()), Some("name"));
        assert_eq!(head.data, Place { byte: 26, row: 4, line: 4 });
        assert_eq!(super::read(b"name\temail\nx\ty\n", true).unwrap().delimiter, b'\t');
        assert_eq!(super::read(b"name|email\nx|y\n", true).unwrap().delimiter, b'|');
        assert_eq!(super::read(b"name\nx\n", true).unwrap().delimiter, b',');
    }

    #[test]
    fn the_end_of_what_was_read_may_cut_a_row_or_a_character() {
        let cut = "name,city\nAda,Oslo\nBo,K\u{f6}ln";
        for end in 19..cut.len() {
            let head = read(&cut.as_bytes()[..end], false).unwrap();
            assert_eq!(head.preview, [["Ada", "Oslo"]], "{end}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_the_line() {
        assert_eq!(code(b""), "empty_file");
        assert_eq!(code(b"\xef\xbb\xbf\r\n \n"), "empty_file");
        assert_eq!(code(b"\xff\xfen\0a\0"), "not_utf8");
        assert_eq!(code(b"name\nBj\xf6rn\n"), "not_utf8");
        assert!(read(b"name\nBj\xf6rn\n", true).unwrap_err().detail.starts_with("Line 2 "));
        assert_eq!(code(b"name\nBj\xc3"), "not_utf8");
        assert_eq!(code(b"name\nA\0da\n"), "nul_bytes");
        assert_eq!(code(b",,\nAda,,\n"), "no_header");
        assert_eq!(code(b"name,email\n"), "no_rows");
        assert_eq!(code(&[b"n,".repeat(1_000), b"n\nx\n".to_vec()].concat()), "too_many_columns");
        assert_eq!(read(&[b"\"name".as_slice(), &[b'x'; 1_000]].concat(), false).unwrap_err().code, "no_header");
    }

    #[test]
    fn long_cells_are_cut() {
        let head = head(&format!("name\n{}\n", "x".repeat(1_000)));
        assert_eq!(head.preview[0][0].chars().count(), CELL_CHARS + 1);
        assert_eq!(head.columns[0].samples[0].chars().count(), SAMPLE_CHARS + 1);
    }
}
