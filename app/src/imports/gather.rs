//! What the cells of a row make together: one client.

use super::{
    contacts::Contacts,
    mapping::Field,
    money,
    row::{Layout, Reason},
};
use crate::clients::{input::NewClient, queries::Fields, view::Communication};

/// The client that a row makes, and what of it stands in the row where a new client has something else instead.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// The client.
    pub fields: Fields,
    /// Whether a cell gives the name. Else it was made of the address or the company.
    pub is_named: bool,
    /// Whether a cell says how they like to hear from us. Else it is as for every new client.
    pub has_ways: bool,
}

/// The cells of a row that are taken over.
#[derive(Default)]
pub(super) struct Row<'a> {
    any: bool,
    first_name: &'a str,
    middle_name: &'a str,
    last_name: &'a str,
    emails: Contacts<'a>,
    phones: Contacts<'a>,
    budget: money::Cells<'a>,
    satisfaction: &'a str,
    ways: &'a str,
    genres: Vec<String>,
    notes: Vec<(&'a str, &'a str)>,
    client: NewClient,
}

impl<'a> Row<'a> {
    /// Takes a cell, without the spaces around it, that becomes a field.
    pub(super) fn take(&mut self, field: Field, column: &'a str, cell: &'a str) {
        if cell.is_empty() {
            return;
        }
        self.any = true;
        match field {
            Field::Name => cell.clone_into(&mut self.client.name),
            Field::FirstName => self.first_name = cell,
            Field::MiddleName => self.middle_name = cell,
            Field::LastName => self.last_name = cell,
            Field::Email => self.emails.first(cell, [":::", ";", ","].as_slice()),
            Field::OtherEmail => self.emails.other(column, cell, [":::", ";", ","].as_slice()),
            Field::Company => self.client.company = Some(cell.to_owned()),
            Field::Phone => self.phones.first(cell, [":::"].as_slice()),
            Field::OtherPhone => self.phones.other(column, cell, [":::"].as_slice()),
            Field::Timezone => self.client.timezone = Some(cell.to_owned()),
            // one that holds semicolons is parted at those, so that "Drum, Bass; Folk" are two
            Field::Genres if cell.contains(';') => self.genres.extend(cell.split(';').map(str::to_owned)),
            Field::Genres => self.genres.extend(cell.split([',', '|', '/', '\n']).map(str::to_owned)),
            Field::Communication => self.ways = cell,
            Field::BudgetMin => self.budget.min = cell,
            Field::BudgetMax => self.budget.max = cell,
            Field::BudgetCurrency => self.budget.currency = cell,
            Field::Satisfaction => self.satisfaction = cell,
            Field::ReferralSource => self.client.referral_source = Some(cell.to_owned()),
            Field::Notes => self.notes.push((column, cell)),
        }
    }

    /// The client that they make, checked as the form does, or every reason why they make none.
    pub(super) fn into_client(mut self, layout: &'a Layout) -> Result<Person, Vec<Reason>> {
        if !self.any {
            return Err(vec![Reason::of_row(
                "This row is empty in all columns that are taken over. Fill it or leave it out.",
            )]);
        }
        let mut reasons = Vec::new();
        // spreadsheets put spaces that do not break into numbers
        self.client.phone = self.phones.taken().map(|phone| phone.replace('\u{a0}', " "));
        self.client.email = self.emails.taken().map(str::to_owned);
        self.client.genres = Some(std::mem::take(&mut self.genres));
        self.client.notes = self.notes(layout);
        if self.client.name.is_empty() {
            self.client.name = self.joined_name();
        }
        let is_named = !self.client.name.is_empty();
        if !is_named {
            self.client.name = self.instead_of_a_name(layout);
        }
        let has_ways = !self.ways.is_empty();
        if self.budget.currency.is_empty() {
            self.budget.currency = layout.currency.as_deref().unwrap_or_default();
        }
        if let Some(budget) = self.budget.read(&mut reasons) {
            self.client.budget_minor = Some(budget);
            self.client.budget_currency = Some(self.budget.currency.to_owned());
        }
        if has_ways {
            self.client.communication = ways(self.ways);
            if self.client.communication.is_none() {
                let message = "Ways to hear from you are email, sms, phone or none, with commas between them.";
                reasons.push(Reason::of_field(Field::Communication, message));
            }
        }
        if !self.satisfaction.is_empty() {
            match self.satisfaction.parse() {
                Ok(stars) => self.client.satisfaction = Some(stars),
                Err(_) => reasons.push(Reason::of_field(Field::Satisfaction, "Satisfaction is a number from 1 to 5.")),
            }
        }
        match self.client.checked_in(layout.phone_region) {
            Ok(fields) if reasons.is_empty() => Ok(Person { fields, is_named, has_ways }),
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

    /// First, middle and last name.
    fn joined_name(&self) -> String {
        let parts = [self.first_name, self.middle_name, self.last_name];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// The email address before its @, else the company, unless a column for the whole name is all there is: that it is
    /// empty is something to look at.
    fn instead_of_a_name(&self, layout: &Layout) -> String {
        let has = |field| layout.mapping.has(field);
        if has(Field::Name) && !has(Field::FirstName) && !has(Field::LastName) {
            return String::new();
        }
        let local = self.client.email.as_deref().and_then(|email| email.split('@').next());
        local.or(self.client.company.as_deref()).unwrap_or_default().to_owned()
    }

    /// What stands in the columns for notes, each under its name when there are several, and the addresses and numbers
    /// for which a client has no other place.
    fn notes(&self, layout: &Layout) -> Option<String> {
        let several = layout.mapping.columns().filter(|(_, field)| *field == Field::Notes).count() > 1;
        let lines = self.notes.iter().map(
            |(column, cell)| {
                if several { format!("{column}: {cell}") } else { (*cell).to_owned() }
            },
        );
        let lines: Vec<String> =
            lines.chain(self.emails.left("Other email")).chain(self.phones.left("Other phone")).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }
}

/// How somebody likes to hear from us, when every word is known.
fn ways(cell: &str) -> Option<Communication> {
    let mut ways = Communication { email: false, sms: false, phone: false };
    for way in cell.split([',', ';', '|', '/']).map(|way| way.trim().to_lowercase()).filter(|way| !way.is_empty()) {
        match way.as_str() {
            "email" | "e-mail" | "mail" => ways.email = true,
            "sms" | "text" | "text message" => ways.sms = true,
            "phone" | "call" | "calls" => ways.phone = true,
            "none" => {}
            _ => return None,
        }
    }
    Some(ways)
}
