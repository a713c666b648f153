//! From a record of the file to a client, by the same checks as the form.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    amount,
    mapping::{Field, Mapping},
    quotes::Fault,
    records::{MAX_RECORD, Record},
};
use crate::clients::{input::NewClient, queries::Fields, view::BudgetMinor};

/// How the rows of a file are read.
#[derive(Clone, Debug)]
pub struct Layout {
    /// How many columns the heading names.
    pub columns: usize,
    /// Which of them become what.
    pub mapping: Mapping,
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
    fn of_row(message: impl Into<String>) -> Self {
        Self { field: None, message: message.into() }
    }
}

/// The client in a record.
///
/// # Errors
/// Every reason why it is none.
pub fn read(record: &Record<'_>, layout: &Layout) -> Result<Fields, Vec<Reason>> {
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
    let beyond = cells.iter().skip(layout.columns).filter(|cell| !cell.trim_ascii().is_empty()).count();
    if beyond > 0 {
        return Err(vec![Reason::of_row(format!(
            "This row has more cells than the file has columns ({}, not {}). Put cells that hold the separator or a line break in quotation marks (line {line}).",
            cells.len(),
            layout.columns
        ))]);
    }
    let mut row = Row::default();
    for (index, field) in layout.mapping.columns() {
        let Some(cell) = cells.get(index) else { continue };
        let Ok(cell) = std::str::from_utf8(cell) else {
            return Err(vec![Reason {
                field: Some(field.name().to_owned()),
                message: format!("Line {line} is not UTF-8. Save the file as CSV (UTF-8), or write this cell again."),
            }]);
        };
        row.take(field, plain(cell).trim());
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

/// The file of rejected rows puts an apostrophe before what a spreadsheet would take for a formula; here it goes again.
fn plain(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(cell)
}

#[derive(Default)]
struct Row<'a> {
    any: bool,
    first_name: &'a str,
    last_name: &'a str,
    budget_min: &'a str,
    budget_max: &'a str,
    budget_currency: &'a str,
    satisfaction: &'a str,
    client: NewClient,
}

impl<'a> Row<'a> {
    fn take(&mut self, field: Field, cell: &'a str) {
        if cell.is_empty() {
            return;
        }
        self.any = true;
        let text = || Some(cell.to_owned());
        match field {
            Field::Name => cell.clone_into(&mut self.client.name),
            Field::FirstName => self.first_name = cell,
            Field::LastName => self.last_name = cell,
            Field::Email => self.client.email = text(),
            Field::Company => self.client.company = text(),
            Field::Phone => self.client.phone = text(),
            Field::Timezone => self.client.timezone = text(),
            Field::Genres => {
                self.client.genres = Some(cell.split([',', ';', '|', '/', '\n']).map(str::to_owned).collect());
            }
            Field::BudgetMin => self.budget_min = cell,
            Field::BudgetMax => self.budget_max = cell,
            Field::BudgetCurrency => self.budget_currency = cell,
            Field::Satisfaction => self.satisfaction = cell,
            Field::ReferralSource => self.client.referral_source = text(),
            Field::Notes => self.client.notes = text(),
        }
    }

    fn into_client(mut self, layout: &Layout) -> Result<Fields, Vec<Reason>> {
        if !self.any {
            return Err(vec![Reason::of_row(
                "This row is empty in all columns that are taken over. Fill it or leave it out.",
            )]);
        }
        let mut reasons = Vec::new();
        if !layout.mapping.has(Field::Name) {
            self.client.name = self.name_without_column();
        }
        self.client.budget_minor = self.budget(&mut reasons);
        if self.client.budget_minor.is_some() {
            self.client.budget_currency = Some(self.budget_currency.to_owned());
        }
        if !self.satisfaction.is_empty() {
            match self.satisfaction.parse() {
                Ok(stars) => self.client.satisfaction = Some(stars),
                Err(_) => reasons.push(Reason {
                    field: Some(Field::Satisfaction.name().to_owned()),
                    message: "Satisfaction is a number from 1 to 5.".to_owned(),
                }),
            }
        }
        match self.client.checked() {
            Ok(fields) if reasons.is_empty() => Ok(fields),
            Ok(_) => Err(reasons),
            Err(error) => {
                reasons.extend(error.errors.into_iter().map(|error| Reason {
                    field: Some(if error.field == "budgetMinor" { "budgetMin".to_owned() } else { error.field }),
                    message: error.message,
                }));
                Err(reasons)
            }
        }
    }

    /// First and last name, else the email address before its @, else the company.
    fn name_without_column(&self) -> String {
        let joined = format!("{} {}", self.first_name, self.last_name);
        let local = self.client.email.as_deref().and_then(|email| email.split('@').next());
        [Some(joined.trim()), local, self.client.company.as_deref()]
            .into_iter()
            .flatten()
            .find(|name| !name.is_empty())
            .unwrap_or_default()
            .to_owned()
    }

    /// One amount alone is both the least and the most. A currency without amounts means nothing.
    fn budget(&self, reasons: &mut Vec<Reason>) -> Option<BudgetMinor> {
        let mut minor = |field: Field, text: &str| {
            if text.is_empty() {
                return None;
            }
            let minor = amount::minor_units(text, self.budget_currency);
            if minor.is_none() {
                reasons.push(Reason {
                    field: Some(field.name().to_owned()),
                    message: "Write the amount like 1500.00.".to_owned(),
                });
            }
            minor
        };
        let min = minor(Field::BudgetMin, self.budget_min);
        let max = minor(Field::BudgetMax, self.budget_max);
        Some(BudgetMinor { min: min.or(max)?, max: max.or(min)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::records::{Place, Records};

    fn layout(fields: &[&str]) -> Layout {
        let sent = fields
            .iter()
            .enumerate()
            .filter(|(_, field)| !field.is_empty())
            .map(|(index, field)| (index.to_string(), (*field).to_owned()))
            .collect();
        Layout { columns: fields.len(), mapping: Mapping::checked(&sent, fields.len()).unwrap() }
    }

    fn client(fields: &[&str], line: &[u8]) -> Result<Fields, Vec<(Option<String>, String)>> {
        let mut records = Records::from(Place::start(0), b',');
        let record = records.next_of(&mut &*line, true).unwrap();
        read(&record, &layout(fields))
            .map_err(|reasons| reasons.into_iter().map(|reason| (reason.field, reason.message)).collect())
    }

    fn wrong(fields: &[&str], line: &[u8]) -> Vec<Option<String>> {
        client(fields, line).unwrap_err().into_iter().map(|(field, _)| field).collect()
    }

    #[test]
    fn a_full_row() {
        let fields = ["name", "email", "", "genres", "budgetMin", "budgetCurrency", "satisfaction", "phone"];
        let client =
            client(&fields, b"Ada , ada@example.com,left out,\"House; techno, house\",\"1,500\",eur,4,'+49 30 1")
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
