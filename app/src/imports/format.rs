//! How a file is written: what stands between cells and around them, and whether its first row holds names.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    encoding::Encoding,
    guess,
    records::{Place, Records},
};

/// What may stand between cells; the first wins a draw.
pub const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// What may stand around cells.
pub const QUOTES: [u8; 2] = [b'"', b'\''];
/// How much of a file is looked at to find its dialect.
const LOOKED_AT: usize = 32 * 1024;
const ROWS_LOOKED_AT: usize = 50;

/// How cells are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// What stands between cells.
    pub delimiter: u8,
    /// What stands around cells that hold it, or a line break.
    pub quote: u8,
}

impl Default for Dialect {
    fn default() -> Self {
        Self { delimiter: b',', quote: b'"' }
    }
}

/// How a file is written, as the API shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ImportFormat)]
pub struct Format {
    /// Its encoding.
    pub encoding: Encoding,
    /// What stands between cells: a comma, a semicolon, a tab or a vertical bar.
    #[schema(example = ",")]
    pub delimiter: String,
    /// What stands around cells: `"` or `'`.
    #[schema(example = "\"")]
    pub quote: String,
    /// Whether a row holds the names of the columns.
    pub has_header: bool,
    /// Which one, as a spreadsheet counts; null when none does. Rows above it, such as a title, are not imported.
    #[schema(required = true)]
    pub heading_row: Option<i64>,
}

/// A correction; what is left out stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = ImportFormatChange)]
pub struct FormatChange {
    /// Its encoding.
    pub encoding: Option<Encoding>,
    /// What stands between cells: a comma, a semicolon, a tab or a vertical bar.
    pub delimiter: Option<String>,
    /// What stands around cells: `"` or `'`.
    pub quote: Option<String>,
    /// Whether a row holds the names of the columns. Which one is found out, unless `headingRow` says it.
    pub has_header: Option<bool>,
    /// Which one, as a spreadsheet counts, 1 to 20.
    #[schema(minimum = 1, maximum = 20)]
    pub heading_row: Option<i64>,
}

/// Excel's first line that names what stands between cells: what it names, when we can read that, and the bytes it takes.
#[must_use]
pub fn separator_line(text: &[u8]) -> Option<(Option<u8>, usize)> {
    let line_end = text.iter().take(16).position(|byte| matches!(byte, b'\r' | b'\n'))?;
    let line = text.get(..line_end)?;
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    let (key, [named]) = line.split_at_checked(4).filter(|(_, rest)| rest.len() == 1)? else { return None };
    if !key.eq_ignore_ascii_case(b"sep=") {
        return None;
    }
    let breaks = if text.get(line_end..).is_some_and(|rest| rest.starts_with(b"\r\n")) { 2 } else { 1 };
    Some((DELIMITERS.contains(named).then_some(*named), line_end + breaks))
}

/// The dialect that makes the best table of a file's beginning.
#[must_use]
pub fn dialect(text: &[u8]) -> Dialect {
    let text = text.get(..LOOKED_AT).unwrap_or(text);
    let quote = if DELIMITERS.iter().any(|delimiter| has_apostrophes(text, *delimiter)) { b'\'' } else { b'"' };
    let mut best = (Dialect { quote, ..Dialect::default() }, 0.0);
    for delimiter in DELIMITERS {
        let dialect = Dialect { delimiter, quote };
        let score = score(text, dialect);
        if score > best.1 {
            best = (dialect, score);
        }
    }
    best.0
}

/// Many rows of one width, the first among them, of as many cells as possible, that do not begin with a space: a comma
/// before one is most likely a comma of a text.
fn score(text: &[u8], dialect: Dialect) -> f64 {
    let mut records = Records::from(Place::start(0), dialect);
    let mut input = text;
    let mut widths: Vec<usize> = Vec::new();
    let (mut cells, mut spaced) = (0, 0);
    while let Some(record) = records.next(&mut input) {
        cells += record.len() - 1;
        spaced += record.cells().skip(1).filter(|cell| cell.starts_with(b" ")).count();
        widths.push(record.len());
        if widths.len() == ROWS_LOOKED_AT {
            break;
        }
    }
    // a single row that no line break ends, or that is longer than what is looked at
    if widths.is_empty() {
        widths.extend(records.finish().map(|record| record.len()));
    }
    let Some(first) = widths.first().copied() else { return 0.0 };
    let times = |width: usize| widths.iter().filter(|each| **each == width).count();
    let Some(usual) = widths.iter().copied().filter(|width| *width > 1).max_by_key(|width| (times(*width), *width))
    else {
        return 0.0;
    };
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let (share, width, spaced) =
        (times(usual) as f64 / widths.len() as f64, usual as f64, spaced as f64 / cells.max(1) as f64);
    let score = share * share * width.ln() * (1.0 - spaced / 2.0);
    match first {
        _ if first == usual => score,
        // what does not divide the row of names divides texts below it
        1 => score / 4.0,
        _ => score / 2.0,
    }
}

/// Whether apostrophes stand around cells, as some databases write them: they come in pairs around whole cells, in most
/// lines, and quotation marks stand around none.
fn has_apostrophes(text: &[u8], delimiter: u8) -> bool {
    let (mut lines, mut opened, mut closed) = (0, 0, 0);
    for line in text.split(|byte| matches!(byte, b'\r' | b'\n')).filter(|line| !line.is_empty()).take(ROWS_LOOKED_AT) {
        lines += 1;
        for cell in line.split(|byte| *byte == delimiter) {
            if cell.starts_with(b"\"") {
                return false;
            }
            opened += usize::from(cell.len() > 1 && cell.starts_with(b"'"));
            closed += usize::from(cell.len() > 1 && cell.ends_with(b"'"));
        }
    }
    opened >= 2 && opened == closed && opened * 2 >= lines
}

/// Whether a first row names the columns: a known heading says so; an address or a number where names should be speaks
/// against it.
#[must_use]
pub fn is_header(cells: &[String]) -> bool {
    let cells: Vec<&str> = cells.iter().map(|cell| cell.trim()).collect();
    if cells.iter().any(|cell| crate::input::is_email(cell)) {
        return false;
    }
    let names: Vec<String> = cells.iter().map(|cell| (*cell).to_owned()).collect();
    guess::guesses(&names).iter().any(Option::is_some) || !cells.iter().any(|cell| is_number(cell))
}

/// A number, an amount, a date or a phone number.
fn is_number(cell: &str) -> bool {
    cell.chars().any(|c| c.is_ascii_digit())
        && cell.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "+-()./:,'€$£".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> (char, char) {
        let Dialect { delimiter, quote } = dialect(text.as_bytes());
        (delimiter.into(), quote.into())
    }

    #[test]
    fn the_dialect_is_the_one_that_makes_a_table() {
        assert_eq!(found(""), (',', '"'));
        assert_eq!(found("name\nAda\n"), (',', '"'));
        assert_eq!(found("name;email\nAda;x\n"), (';', '"'));
        assert_eq!(found(&format!("Name,Tags\n{}", "Ada,a;b;c;d;e\n".repeat(60))), (',', '"'));
        assert_eq!(found(&format!("Name,Genres\n{}", "Ada,a|b|c|d|e|f\n".repeat(60))), (',', '"'));
        assert_eq!(found(&format!("Name;Address\n{}", "Ada;1,Street,Town,Land,Earth\n".repeat(60))), (';', '"'));
        assert_eq!(found("name\temail"), ('\t', '"'));
        assert_eq!(found("name|email\nx|y\n"), ('|', '"'));
        // the first row has more commas than semicolons, the table has not
        assert_eq!(found("Name;Town, state, land;Budget\nAda;Oslo;1,5\nBo;Bergen;2,5\n"), (';', '"'));
        assert_eq!(found("Kunde;Ort, Land\nAda;Oslo, Norge\n"), (';', '"'));
        assert_eq!(found("name, email\nAda, x\n"), (',', '"'));
        assert_eq!(found("name;\"a,b,c,d\"\nAda;x\n"), (';', '"'));
        assert_eq!(found("name,tags,note\nAda,a|b|c|d,x\nBo,a|b|c|d,y\nCy,a|b|c|d\n"), (',', '"'));
        assert_eq!(found("'name','email'\n'Okafor, Ada','a@b.example'\n"), (',', '\''));
        assert_eq!(found("name;phone\nO'Brien;'+49 30\nD'Arc;'+49 31\n"), (';', '"'), "they come in pairs");
        assert_eq!(found("\"name\",\"said\"\n\"Ada\",'so'\n\"Bo\",'no'\n"), (',', '"'));
    }

    #[test]
    fn the_line_that_names_the_delimiter() {
        assert_eq!(separator_line(b"sep=;\r\nname;x\n"), Some((Some(b';'), 7)));
        assert_eq!(separator_line(b"\"SEP=|\"\nname|x\n"), Some((Some(b'|'), 8)));
        assert_eq!(separator_line(b"sep=\t\nname\n"), Some((Some(b'\t'), 6)));
        assert_eq!(separator_line(b"sep=:\nname\n"), Some((None, 6)));
        for other in ["", "sep=", "sep=;", "sep=;;\n", "separate\n", "name,sep=;\n", "\n"] {
            assert_eq!(separator_line(other.as_bytes()), None, "{other:?}");
        }
    }

    #[test]
    fn a_first_row_of_names_and_one_of_data() {
        let is = |cells: &[&str]| is_header(&cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>());
        assert!(is(&["Name", "Town"]));
        assert!(is(&["Kunde", "Ort"]), "nothing speaks against it");
        assert!(is(&["Name", "2025", "2026"]), "a known name wins over years");
        assert!(!is(&["Ada Okafor", "ada@example.com"]));
        assert!(!is(&["Ada Okafor", "Kite", "+47 22 33 44 55"]));
        assert!(!is(&["Ada Okafor", "1.500,00 €"]));
        assert!(!is(&["Ada Okafor", "2026-02-01"]));
    }
}
