//! From a record of the file to a client, by the same checks as the form.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    gather::{Person, Row},
    mapping::{Field, Mapping},
    queries::FileRow,
    quotes::Fault,
    records::{MAX_RECORD, Record},
};
use crate::{
    clients::phone::{self, Region},
    error::Error,
};

/// How the rows of a file are read.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The names of its columns.
    pub names: Vec<String>,
    /// Which of them become what.
    pub mapping: Mapping,
    /// Of amounts without a currency of their own.
    pub currency: Option<String>,
    /// The region of phone numbers without a country code.
    pub phone_region: Option<Region>,
    /// Whether its bytes come in pairs: what is none became U+FFFD.
    pub is_utf16: bool,
}

impl Layout {
    /// The layout of a stored file.
    ///
    /// # Errors
    /// When what is stored is no mapping.
    pub fn of(file: &FileRow) -> Result<Self, Error> {
        let mapping = file.mapping.clone().unwrap_or_default();
        let currency = file.budget_currency.clone();
        let mapping = Mapping::stored(&mapping, file.names.len(), currency.is_some())?;
        let phone_region = file.phone_region.as_deref().and_then(phone::region);
        let is_utf16 = file.encoding().is_utf16();
        Ok(Self { names: file.names.clone(), mapping, currency, phone_region, is_utf16 })
    }
}

/// Why a row could not become a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = RejectReason)]
pub struct Reason {
    /// The field it concerns, when it is one.
    #[schema(required = true)]
    pub field: Option<String>,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl Reason {
    /// What is wrong with a cell.
    pub(super) fn of_field(field: Field, message: impl Into<String>) -> Self {
        Self { field: Some(field.name().to_owned()), message: message.into() }
    }

    /// What is wrong with a row as a whole.
    pub(super) fn of_row(message: impl Into<String>) -> Self {
        Self { field: None, message: message.into() }
    }
}

/// The client in a record.
///
/// # Errors
/// Every reason why it is none.
pub fn read(record: &Record<'_>, layout: &Layout) -> Result<Person, Vec<Reason>> {
    let line = record.place.line;
    if let Some(fault) = record.fault {
        return Err(vec![Reason::of_row(fault.sentence())]);
    }
    if record.oversized {
        return Err(vec![Reason::of_row(format!(
            "This row begins in line {line} and is larger than {} MB. Shorten its cells.",
            MAX_RECORD / 1024 / 1024
        ))]);
    }
    let cells: Vec<&[u8]> = record.cells().collect();
    let beyond = cells.iter().skip(layout.names.len()).filter(|cell| !cell.trim_ascii().is_empty()).count();
    if beyond > 0 {
        return Err(vec![Reason::of_row(format!(
            "This row has more cells than the file has columns ({}, not {}). Put cells that hold the separator or a line break in quotation marks (line {line}).",
            cells.len(),
            layout.names.len()
        ))]);
    }
    let mut row = Row::default();
    for (index, field) in layout.mapping.columns() {
        let Some(cell) = cells.get(index) else { continue };
        let Ok(cell) = std::str::from_utf8(cell) else {
            let message = format!("Line {line} is not UTF-8. Save the file as CSV (UTF-8), or write this cell again.");
            return Err(vec![Reason::of_field(field, message)]);
        };
        if cell.contains('\0') {
            let message = format!("Line {line} holds NUL bytes, which are no text. Write this cell again.");
            return Err(vec![Reason::of_field(field, message)]);
        }
        if layout.is_utf16 && cell.contains('\u{fffd}') {
            let message = format!(
                "Line {line} holds bytes that are no character of UTF-16. Save the file as CSV (UTF-8), or write this cell again."
            );
            return Err(vec![Reason::of_field(field, message)]);
        }
        row.take(field, layout.names.get(index).map_or("", String::as_str), plain(cell).trim());
    }
    row.into_client(layout)
}

/// The cells of a record as they are shown and given back: what Postgres or UTF-8 cannot hold is replaced. Of a cell
/// that took in the rest of the file, only the first line is this row's.
#[must_use]
pub fn originals(record: &Record<'_>) -> Vec<String> {
    let mut cells: Vec<String> =
        record.cells().map(|cell| String::from_utf8_lossy(cell).replace('\0', "\u{fffd}")).collect();
    if let (Some(Fault::NeverClosed { .. }), Some(open)) = (record.fault, cells.last_mut()) {
        open.truncate(open.find(['\r', '\n']).unwrap_or(open.len()));
    }
    cells
}

/// Whether a spreadsheet would run a cell as a formula. Some do so with spaces before it, and with the wide signs of
/// East Asian keyboards; others drop a tab or line break at the beginning and look at what is left.
#[must_use]
pub fn is_formula(cell: &str) -> bool {
    cell.starts_with(['\t', '\r', '\n'])
        || cell.trim_start().starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
}

/// A cell of a file for spreadsheets: an apostrophe makes text of what would be run, also of what has such an apostrophe
/// of its own, so that reading the file gives back what stood there.
#[must_use]
pub fn guarded(cell: String) -> String {
    if needs_guard(&cell) { format!("'{cell}") } else { cell }
}

/// Takes off what [`guarded`] has put there.
fn plain(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| needs_guard(rest)).unwrap_or(cell)
}

fn needs_guard(cell: &str) -> bool {
    is_formula(cell.trim_start_matches('\''))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clients::queries::Fields,
        imports::{
            format::Dialect,
            records::{Place, Records},
        },
    };

    fn layout(fields: &[&str]) -> Layout {
        let sent = fields
            .iter()
            .enumerate()
            .filter(|(_, field)| !field.is_empty())
            .map(|(index, field)| (index.to_string(), (*field).to_owned()))
            .collect();
        let names = fields.iter().enumerate().map(|(index, field)| format!("{index} {field}")).collect();
        let mapping = Mapping::checked(&sent, fields.len(), true).unwrap();
        Layout { names, mapping, currency: None, phone_region: None, is_utf16: false }
    }

    fn client(fields: &[&str], line: &[u8]) -> Result<Fields, Vec<(Option<String>, String)>> {
        let mut records = Records::from(Place::start(0), Dialect::default());
        let record = records.next_of(&mut &*line, true).unwrap();
        read(&record, &layout(fields))
            .map(|person| person.fields)
            .map_err(|reasons| reasons.into_iter().map(|reason| (reason.field, reason.message)).collect())
    }

    fn wrong(fields: &[&str], line: &[u8]) -> Vec<Option<String>> {
        client(fields, line).unwrap_err().into_iter().map(|(field, _)| field).collect()
    }

    #[test]
    fn what_is_guarded_for_spreadsheets_is_read_as_it_was() {
        for cell in ["=1+1", "'=1+1", "''=1", "'", "'n' sync", "-5", " =x", "'\t", "plain", ""] {
            let written = guarded(cell.to_owned());
            assert_eq!(plain(&written), cell);
            assert!(!is_formula(&written), "{written}");
        }
        assert_eq!(plain("'n' sync"), "'n' sync");
    }

    #[test]
    fn a_full_row() {
        let fields = ["name", "email", "", "genres", "budgetMin", "budgetCurrency", "satisfaction", "phone"];
        let client =
            client(&fields, b"Ada , ada@example.com,left out,\"House, techno / house\",\"1,500\",eur,4,'+49 30 1")
                .unwrap();
        assert_eq!(client.name, "Ada");
        assert_eq!(client.email.as_deref(), Some("ada@example.com"));
        assert_eq!(client.company, None);
        assert_eq!(client.genres, ["House", "techno"]);
        assert_eq!((client.budget_min_minor, client.budget_max_minor), (Some(150_000), Some(150_000)));
        assert_eq!(client.budget_currency.as_deref(), Some("EUR"));
        assert_eq!(client.satisfaction, Some(4));
        assert_eq!(client.phone.as_deref(), Some("+49 30 1"));
    }

    #[test]
    fn a_name_without_a_column() {
        let name = |line: &[u8]| client(&["email", "firstName", "lastName", "company"], line).map(|client| client.name);
        assert_eq!(name(b"ada@example.com,Ada,Okafor,Kite"), Ok("Ada Okafor".to_owned()));
        assert_eq!(name(b"ada@example.com,,Okafor"), Ok("Okafor".to_owned()));
        assert_eq!(name(b"ada@example.com,,,Kite"), Ok("ada".to_owned()));
        assert_eq!(name(b",,,Kite"), Ok("Kite".to_owned()));
        assert_eq!(wrong(&["email", "company"], b" ,"), [None]);
        // a column for the name that is empty is a row to look at
        assert_eq!(wrong(&["name", "email"], b",ada@example.com"), [Some("name".to_owned())]);
    }

    #[test]
    fn names_of_several_columns() {
        let fields = ["name", "firstName", "middleName", "lastName", "company"];
        let name = |line: &[u8]| client(&fields, line).map(|client| client.name).unwrap();
        assert_eq!(name(b"Dr. Ada,Ada,B.,Okafor,Kite"), "Dr. Ada");
        assert_eq!(name(b",Ada,B.,Okafor,Kite"), "Ada B. Okafor");
        assert_eq!(name(b",Ada,,Okafor,"), "Ada Okafor");
        assert_eq!(name(b",,,,Kite"), "Kite", "an export of contacts has companies among the people");
    }

    #[test]
    fn of_several_addresses_and_numbers_nothing_is_lost() {
        let fields = ["name", "email", "otherEmail", "otherPhone", "phone", "notes"];
        let client = |line: &str| client(&fields, line.as_bytes()).unwrap();
        let all = client("Ada,a@x.example ::: b@x.example,c@x.example,+1 22,+1 33 ::: +1 44,Likes tea");
        assert_eq!((all.email.as_deref(), all.phone.as_deref()), (Some("a@x.example"), Some("+1 33")));
        assert_eq!(
            all.notes.as_deref(),
            Some(
                "Likes tea\nOther email: b@x.example\n2 otherEmail: c@x.example\nOther phone: +1 44\n3 otherPhone: +1 22"
            )
        );
        let second = client("Ada,,\"c@x.example; C@x.example, d@x.example\",+1\u{a0}22,,");
        assert_eq!((second.email.as_deref(), second.phone.as_deref()), (Some("c@x.example"), Some("+1 22")));
        assert_eq!(second.notes.as_deref(), Some("2 otherEmail: d@x.example"));
        assert_eq!(client("Ada,,,,,").notes, None);
    }

    #[test]
    fn several_columns_for_notes_stand_under_their_names() {
        let notes = |line: &[u8]| client(&["name", "notes", "notes"], line).unwrap().notes;
        assert_eq!(notes(b"Ada,tea,Oslo").as_deref(), Some("1 notes: tea\n2 notes: Oslo"));
        assert_eq!(notes(b"Ada,,").as_deref(), None);
    }

    #[test]
    fn a_currency_for_all_rows() {
        let mut layout = layout(&["name", "budgetMin", "budgetCurrency"]);
        layout.currency = Some("NOK".to_owned());
        let budget = |line: &[u8]| {
            let mut records = Records::from(Place::start(0), Dialect::default());
            let client = read(&records.next_of(&mut &*line, true).unwrap(), &layout).unwrap().fields;
            (client.budget_min_minor, client.budget_currency)
        };
        assert_eq!(budget(b"Ada,15"), (Some(1_500), Some("NOK".to_owned())));
        assert_eq!(budget(b"Ada,15,JPY"), (Some(15), Some("JPY".to_owned())));
        assert_eq!(budget(b"Ada,"), (None, None), "a currency without an amount means nothing");
    }

    #[test]
    fn half_a_character_of_utf_16_is_told() {
        let mut layout = layout(&["name"]);
        layout.is_utf16 = true;
        let read = |line: &str| {
            let mut records = Records::from(Place::start(0), Dialect::default());
            read(&records.next_of(&mut line.as_bytes(), true).unwrap(), &layout).map(|client| client.fields.name)
        };
        assert_eq!(read("Ada"), Ok("Ada".to_owned()));
        assert!(read("A\u{fffd}a").unwrap_err()[0].message.starts_with("Line 1 holds bytes that are no character"));
    }

    #[test]
    fn ragged_rows() {
        assert!(client(&["name", "email"], b"Ada").is_ok());
        assert!(client(&["name", "email"], b"Ada,,, ,").is_ok());
        assert_eq!(wrong(&["name", "email"], b"Ada,,,x"), [None]);
    }

    #[test]
    fn every_reason_is_told() {
        let fields = ["name", "email", "budgetMin", "budgetMax", "satisfaction", "timezone", "budgetCurrency"];
        let line = b"Ada,not an address,2000,many,great,Mars/Olympus,";
        let mut named: Vec<String> = wrong(&fields, line).into_iter().flatten().collect();
        named.sort();
        assert_eq!(named, ["budgetCurrency", "budgetMax", "email", "satisfaction", "timezone"]);
        assert_eq!(wrong(&["name"], b"Bj\xf6rn"), [Some("name".to_owned())]);
        assert_eq!(wrong(&["name"], b"A\0da"), [Some("name".to_owned())]);
        // a currency without an amount means nothing
        assert!(client(&["name", "budgetCurrency"], b"Ada,EUR").is_ok());
    }
}
