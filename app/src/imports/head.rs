//! What the beginning of a file tells: whether it is a CSV file we can read, its columns, its first rows.

use std::borrow::Cow;

use axum::http::StatusCode;

use super::{
    binary,
    columns::{self, Column},
    encoding::Encoding,
    format::{self, Dialect},
    guess, heading,
    records::{Place, Records},
};
use crate::error::{Error, Result};

/// How much of a file is read to know it.
pub const BYTES: u64 = 256 * 1024;
/// Rows shown before the import starts.
pub const PREVIEW: usize = 20;
/// Characters shown of a cell.
pub(super) const CELL_CHARS: usize = 500;

/// What the beginning tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// How cells are told apart.
    pub dialect: Dialect,
    /// Number of the row that holds the names of the columns, when one does.
    pub heading_row: Option<i64>,
    /// The program that wrote it, when its columns tell.
    pub source: Option<&'static str>,
    /// Where the rows begin, in the text as UTF-8.
    pub data: Place,
    /// The columns.
    pub columns: Vec<Column>,
    /// The first rows, as many cells each as there are columns.
    pub preview: Vec<Vec<String>>,
}

/// What somebody knows better than we would find it out.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known {
    /// What stands between cells.
    pub delimiter: Option<u8>,
    /// What stands around cells.
    pub quote: Option<u8>,
    /// Whether a row holds the names of the columns.
    pub has_header: Option<bool>,
    /// Which one does.
    pub heading_row: Option<i64>,
}

/// The beginning of a file as UTF-8.
#[must_use]
pub fn text(bytes: &[u8], encoding: Encoding, whole: bool) -> Cow<'_, [u8]> {
    match encoding.decoder() {
        Some(mut decoder) => Cow::Owned(decoder.next(bytes, whole).into_bytes()),
        None => Cow::Borrowed(bytes),
    }
}

/// Reads the beginning of a file; `whole` says that there is no more of it.
///
/// # Errors
/// 422 that says what is wrong and how to mend it: `empty_file`, `not_csv`, `no_header`, `open_quotation_mark`,
/// `too_many_columns`, `no_rows`, and for a row of headings that is not there, `invalid`.
pub fn read(bytes: &[u8], encoding: Encoding, whole: bool, known: Known) -> Result<Head> {
    if let Some(what) = binary::kind(bytes, encoding) {
        return Err(refused("not_csv", what));
    }
    let text = text(bytes, encoding, whole);
    let text = text.as_ref();
    let bom = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    let mut start = Place::start(bom as u64);
    let mut rest = text.get(bom..).unwrap_or_default();
    let mut named = None;
    if let Some((delimiter, bytes)) = format::separator_line(rest) {
        named = delimiter;
        start = Place { byte: start.byte + bytes as u64, row: 2, line: 2 };
        rest = rest.get(bytes..).unwrap_or_default();
    }
    if whole && rest.trim_ascii().is_empty() {
        return Err(refused("empty_file", "This file is empty. Choose the file that holds your clients."));
    }
    let dialect = dialect(rest, named, known);
    let mut records = Records::from(start, dialect);
    let mut input = rest;
    let above = match known {
        Known { has_header: Some(false), .. } => 0,
        Known { heading_row: Some(row), .. } => heading::rows_above(rest, start, dialect, row)?,
        _ => heading::titles(rest, start, dialect),
    };
    for _ in 0..above {
        records.next_of(&mut input, whole);
    }
    let (first, width, place) = heading::first_row(records.next_of(&mut input, whole))?;
    let has_header = known.has_header.unwrap_or_else(|| above > 0 || format::is_header(&first));
    let mut rows = Rows { width, data: None, preview: Vec::new() };
    let names = if has_header {
        if first.iter().all(|name| name.trim().is_empty()) {
            return Err(refused(
                "no_header",
                "The first row has no names of columns. Add a first row such as Name, Email, Company, then upload the file again.",
            ));
        }
        columns::unique(&first)
    } else {
        rows.data = Some(place);
        rows.add(&first);
        (1..=width).map(columns::numbered).collect()
    };
    while rows.preview.len() < PREVIEW {
        let Some(record) = records.next_of(&mut input, whole) else { break };
        rows.data.get_or_insert(record.place);
        if record.fault.is_none() {
            rows.add(&heading::cells(&record));
        }
    }
    if whole && rows.data.is_none() {
        return Err(refused(
            "no_rows",
            "The file has names of columns and no rows below them, so there is nothing to import.",
        ));
    }
    // a reader that begins here must not take the second half of the heading's line break for a blank line
    let data = rows.data.unwrap_or_else(|| records.place());
    let preview = rows.preview;
    let (source, guesses) = if has_header {
        (guess::source(&names), guess::guesses(&names))
    } else {
        (None, guess::by_content(&preview, width))
    };
    let columns = columns::of(names, guesses, &preview);
    Ok(Head { dialect, heading_row: has_header.then_some(place.row), source, data, columns, preview })
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

struct Rows {
    width: usize,
    data: Option<Place>,
    preview: Vec<Vec<String>>,
}

impl Rows {
    fn add(&mut self, cells: &[String]) {
        let mut row: Vec<String> = cells.iter().take(self.width).map(|cell| columns::cut(cell, CELL_CHARS)).collect();
        row.resize(self.width, String::new());
        self.preview.push(row);
    }
}

fn dialect(text: &[u8], named: Option<u8>, known: Known) -> Dialect {
    let found = format::dialect(text);
    Dialect {
        delimiter: known.delimiter.or(named).unwrap_or(found.delimiter),
        quote: known.quote.unwrap_or(found.quote),
    }
}

pub(super) fn refused(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Error {
    Error::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
}

/// What somebody said of a delimiter or a quotation mark, when it is one that we can read.
#[must_use]
pub fn mark(sent: &str, of: &[u8]) -> Option<u8> {
    match sent.as_bytes() {
        [one] if of.contains(one) => Some(*one),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::mapping::Field;

    fn head(text: &str) -> Head {
        read(text.as_bytes(), Encoding::Utf8, true, Known::default()).unwrap()
    }

    fn code(bytes: &[u8]) -> &'static str {
        read(bytes, Encoding::Utf8, true, Known::default()).unwrap_err().code
    }

    fn names(head: &Head) -> Vec<&str> {
        head.columns.iter().map(|column| column.name.as_str()).collect()
    }

    #[test]
    fn columns_guesses_samples_preview() {
        let head = head("Name , Email,City\r\nAda,ada@example.com\r\nBo,,\"Oslo\nNorth\",extra\r\nAda,x");
        assert_eq!((head.dialect, head.heading_row), (Dialect::default(), Some(1)));
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
    fn a_byte_order_mark_blank_lines_and_a_named_delimiter() {
        let bom = head("\u{feff}\n\nname;email;\"a,b,c,d\"\nAda;a@b.example;\n");
        assert_eq!(bom.dialect.delimiter, b';');
        assert_eq!(names(&bom), ["name", "email", "a,b,c,d"]);
        assert_eq!(bom.data, Place { byte: 26, row: 4, line: 4 });
        let named = head("\u{feff}sep=|\r\nname,x|email\r\nAda,y|z\r\n");
        assert_eq!((named.dialect.delimiter, names(&named)), (b'|', vec!["name,x", "email"]));
        assert_eq!(named.data, Place { byte: 24, row: 3, line: 3 });
    }

    #[test]
    fn a_file_without_headings() {
        let head = head("Ada Okafor,ada@example.com,+47 22 33 44 55\nBo,bo@example.com\n");
        assert_eq!(head.heading_row, None);
        assert_eq!(names(&head), ["Column 1", "Column 2", "Column 3"]);
        assert_eq!(head.data, Place::start(0));
        let guesses: Vec<_> = head.columns.iter().map(|column| column.guess).collect();
        assert_eq!(guesses, [Some(Field::Name), Some(Field::Email), Some(Field::Phone)]);
        assert_eq!(head.preview.len(), 2);
    }

    #[test]
    fn titles_above_the_headings() {
        let titled = head("My contacts;;\n;;\nas of May;;\nName;Email;Town\nAda;ada@example.com;Oslo\n");
        assert_eq!((titled.heading_row, names(&titled)), (Some(4), vec!["Name", "Email", "Town"]));
        assert_eq!((titled.data, titled.preview.len()), (Place { byte: 45, row: 5, line: 5 }, 1));
        let bare = head("Kunden 2026\n\nName,E-Mail\nAda,ada@example.com\n");
        assert_eq!((bare.heading_row, bare.data), (Some(3), Place { byte: 25, row: 4, line: 4 }));
        // what is no heading that we know may be a row
        assert_eq!(head("Ada;;\nBo;x;y\n").heading_row, Some(1));
        assert_eq!(head("name\nAda\nname,email\n").heading_row, Some(1), "a known heading is no title");
        assert_eq!(head("Notes of;May\nName;Email\n").heading_row, Some(1), "two cells are no title");
    }

    #[test]
    fn somebody_may_say_where_the_headings_are() {
        let at = |row| {
            let known = Known { heading_row: Some(row), has_header: Some(true), ..Known::default() };
            read(b"\na;b\n\"two\nlines\";c\nx;y\nAda;Oslo\n", Encoding::Utf8, true, known)
        };
        assert_eq!(names(&at(2).unwrap()), ["a", "b"]);
        assert_eq!(names(&at(4).unwrap()), ["x", "y"]);
        assert_eq!(at(4).unwrap().preview, [["Ada", "Oslo"]]);
        assert_eq!(at(1).unwrap_err().errors[0].field, "headingRow", "nothing stands there");
        assert_eq!(at(5).unwrap_err().code, "no_rows");
        assert_eq!(at(6).unwrap_err().errors[0].field, "headingRow");
    }

    #[test]
    fn what_somebody_knows_better() {
        let known = |known| read(b"a,b;c\n1,2;3\n", Encoding::Utf8, true, known).unwrap();
        let semicolon = known(Known { delimiter: Some(b';'), has_header: Some(false), ..Known::default() });
        assert_eq!(semicolon.preview, [["a,b", "c"], ["1,2", "3"]]);
        let apostrophe = Known { quote: Some(b'\''), ..Known::default() };
        assert_eq!(read(b"'a,b',c\n'1',2\n", Encoding::Utf8, true, apostrophe).unwrap().preview, [["1", "2"]]);
    }

    #[test]
    fn the_end_of_what_was_read_may_cut_a_row_or_a_character() {
        let cut = "name,city\nAda,Oslo\nBo,K\u{f6}ln";
        for end in 19..cut.len() {
            let head = read(&cut.as_bytes()[..end], Encoding::Utf8, false, Known::default()).unwrap();
            assert_eq!(head.preview, [["Ada", "Oslo"]], "{end}");
        }
    }

    #[test]
    fn other_encodings() {
        let head = read(b"name;city\nBj\xf6rn;K\xf6ln\n", Encoding::Windows1252, true, Known::default()).unwrap();
        assert_eq!(head.preview, [["Bj\u{f6}rn", "K\u{f6}ln"]]);
        let utf16: Vec<u8> =
            "\u{feff}name\tcity\r\n\u{c5}sa\tOslo\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let head = read(&utf16, Encoding::Utf16Le, true, Known::default()).unwrap();
        assert_eq!((head.dialect.delimiter, head.data), (b'\t', Place { byte: 11, row: 2, line: 2 }));
        assert_eq!(head.preview, [["\u{c5}sa", "Oslo"]]);
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        assert_eq!(code(b""), "empty_file");
        assert_eq!(code(b"\xef\xbb\xbf\r\n \n"), "empty_file");
        assert_eq!(code(b"PK\x03\x04xl/workbook.xml"), "not_csv");
        assert_eq!(code(b",,\nAda,,\n"), "no_header");
        assert_eq!(code(b"name,email\n"), "no_rows");
        assert_eq!(code(&[b"n,".repeat(1_000), b"n\nx\n".to_vec()].concat()), "too_many_columns");
        let endless = [b"\"name".as_slice(), &[b'x'; 1_000]].concat();
        assert_eq!(read(&endless, Encoding::Utf8, false, Known::default()).unwrap_err().code, "no_header");
        assert_eq!(head("name\nA\0da\n").preview.len(), 1, "zeros are the matter of their row");
    }

    #[test]
    fn long_cells_are_cut() {
        assert_eq!(head(&format!("name\n{}\n", "x".repeat(1_000))).preview[0][0].chars().count(), CELL_CHARS + 1);
    }
}
