//! Who is here already, and what becomes of a row that is one of them.
//!
//! A row is known by the first of three that it has: email address, phone number, name and company. It is the client who
//! has the same, whatever else that client has: a number without an address finds its owner. A number that two people
//! with different addresses share proves nothing, so then a client is created and a merge suggested (`suggest.rs`).
//! Rows of one file are the same only when that first one is.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    clients::queries::Fields,
    error::{Error, Result},
};

/// What becomes of a row whose client is here already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Duplicates {
    /// The client stays as it is.
    #[default]
    Skip,
    /// Only what is empty is filled.
    FillEmpty,
    /// Cells that are not empty replace what the client has.
    Overwrite,
    /// A second client is created, and a merge suggested.
    CreateAndSuggest,
}

impl Duplicates {
    /// As stored and sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Skip => "skip",
            Self::FillEmpty => "fillEmpty",
            Self::Overwrite => "overwrite",
            Self::CreateAndSuggest => "createAndSuggest",
        }
    }

    /// Whether clients who are here may change.
    #[must_use]
    pub const fn changes(self) -> bool {
        matches!(self, Self::FillEmpty | Self::Overwrite)
    }

    /// Puts a row into the client that it is; answers whether anything changed. How a client wants to be reached is never
    /// empty: who wants to hear nothing has said so.
    #[must_use]
    pub fn apply(self, client: &mut Fields, row: &Incoming) -> bool {
        if !self.changes() {
            return false;
        }
        let over = self == Self::Overwrite;
        let Incoming { fields: from, is_named, has_ways, .. } = row;
        let mut changed = false;
        if over && *is_named && client.name != from.name {
            client.name.clone_from(&from.name);
            changed = true;
        }
        for (old, new) in [
            (&mut client.email, &from.email),
            (&mut client.company, &from.company),
            (&mut client.timezone, &from.timezone),
            (&mut client.referral_source, &from.referral_source),
            (&mut client.notes, &from.notes),
        ] {
            changed |= put(over, old, new);
        }
        if put(over, &mut client.phone, &from.phone) {
            client.phone_e164.clone_from(&from.phone_e164);
            changed = true;
        } else if client.phone == from.phone {
            // the form knows no country, so a number may have come in without the key that it has in a file
            changed |= put(false, &mut client.phone_e164, &from.phone_e164);
        }
        changed |= put(over, &mut client.satisfaction, &from.satisfaction);
        let new = (from.contact_by_email, from.contact_by_sms, from.contact_by_phone);
        let old = (client.contact_by_email, client.contact_by_sms, client.contact_by_phone);
        if over && *has_ways && new != old {
            (client.contact_by_email, client.contact_by_sms, client.contact_by_phone) = new;
            changed = true;
        }
        if !from.genres.is_empty() && (over || client.genres.is_empty()) && client.genres != from.genres {
            client.genres.clone_from(&from.genres);
            changed = true;
        }
        // amounts mean nothing without their currency
        let new = (from.budget_min_minor, from.budget_max_minor, from.budget_currency.clone());
        let old = (client.budget_min_minor, client.budget_max_minor, client.budget_currency.clone());
        if new.2.is_some() && (over || old.2.is_none()) && new != old {
            (client.budget_min_minor, client.budget_max_minor, client.budget_currency) = new;
            changed = true;
        }
        changed
    }
}

fn put<T: Clone + PartialEq>(over: bool, old: &mut Option<T>, new: &Option<T>) -> bool {
    if new.is_none() || old == new || (old.is_some() && !over) {
        return false;
    }
    old.clone_from(new);
    true
}

impl std::str::FromStr for Duplicates {
    type Err = Error;

    fn from_str(stored: &str) -> Result<Self> {
        [Self::Skip, Self::FillEmpty, Self::Overwrite, Self::CreateAndSuggest]
            .into_iter()
            .find(|each| each.as_str() == stored)
            .ok_or_else(|| Error::internal(format!("unknown rule for duplicates `{stored}`")))
    }
}

/// What a row is known by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// The address in small letters, as Postgres writes them: the index of addresses is made of those, and other programs
    /// know other small letters for `İ` and for `Σ` at the end of a word.
    Email(String),
    /// The number, in E.164.
    Phone(String),
    /// Name and company, in small letters; a client without a company is another than one with it.
    Name(String, String),
}

impl Key {
    /// The first that there is. `email` is the client's address in small letters, from `queries::small_letters`.
    #[must_use]
    pub fn of(client: &Fields, email: Option<String>) -> Self {
        match (email, &client.phone_e164) {
            (Some(email), _) => Self::Email(email),
            (None, Some(phone)) => Self::Phone(phone.clone()),
            (None, None) => Self::Name(plain(&client.name), plain(client.company.as_deref().unwrap_or_default())),
        }
    }

    /// Whether a client has it; `email` as for [`Key::of`].
    #[must_use]
    pub fn is_of(&self, client: &Fields, email: Option<&str>) -> bool {
        match self {
            Self::Email(key) => email == Some(key),
            Self::Phone(phone) => client.phone_e164.as_ref() == Some(phone),
            Self::Name(name, company) => {
                plain(&client.name) == *name && plain(client.company.as_deref().unwrap_or_default()) == *company
            }
        }
    }

    /// Which of the three it is.
    #[must_use]
    pub const fn by(&self) -> MatchedBy {
        match self {
            Self::Email(_) => MatchedBy::Email,
            Self::Phone(_) => MatchedBy::Phone,
            Self::Name(..) => MatchedBy::Name,
        }
    }
}

/// As the index of names has them: without spaces around, in small letters, of which Greek has two for one.
fn plain(text: &str) -> String {
    text.trim_matches(' ').to_lowercase().replace('ς', "σ")
}

/// By what a row and a client are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum MatchedBy {
    /// Email address.
    Email,
    /// Phone number.
    Phone,
    /// Name and company.
    Name,
}

impl MatchedBy {
    /// As stored per row.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::Email => 'e',
            Self::Phone => 'p',
            Self::Name => 'n',
        }
    }

    /// As stored with a suggestion.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Name => "name",
        }
    }

    /// From a stored letter; none for a row that was like nobody.
    #[must_use]
    pub fn from_letter(letter: char) -> Option<Self> {
        [Self::Email, Self::Phone, Self::Name].into_iter().find(|by| by.letter() == letter)
    }
}

/// A row that can become a client.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// Its place among the rows of the chunk, from 0.
    pub index: usize,
    /// Number of the row as a spreadsheet counts.
    pub row_number: i64,
    /// The client in it.
    pub fields: Fields,
    /// Whether the name stood in the file. One that was made of the address is no reason to rename anybody.
    pub is_named: bool,
    /// Whether the file says how they like to hear from us.
    pub has_ways: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(fields: Fields) -> Incoming {
        Incoming { index: 0, row_number: 2, fields, is_named: true, has_ways: false }
    }

    fn ada() -> Fields {
        Fields { name: "Ada".to_owned(), email: Some("Ada@example.com".to_owned()), ..Fields::default() }
    }

    #[test]
    fn the_first_key_counts() {
        let mut client =
            Fields { phone_e164: Some("+49301234567".to_owned()), company: Some(" Kite".to_owned()), ..ada() };
        let email = "ada@example.com".to_owned();
        assert_eq!(Key::of(&client, Some(email.clone())), Key::Email(email));
        client.email = None;
        assert_eq!(Key::of(&client, None), Key::Phone("+49301234567".to_owned()));
        client.phone_e164 = None;
        assert_eq!(Key::of(&client, None), Key::Name("ada".to_owned(), "kite".to_owned()));
        client.company = None;
        assert_eq!(Key::of(&client, None), Key::Name("ada".to_owned(), String::new()));
    }

    #[test]
    fn a_client_has_all_their_keys() {
        let client = Fields {
            phone_e164: Some("+49301234567".to_owned()),
            company: Some("ΟΔΟΣ".to_owned()),
            name: "Νίκος".to_owned(),
            ..ada()
        };
        let email = Some("ada@example.com");
        assert!(Key::Email("ada@example.com".to_owned()).is_of(&client, email));
        assert!(!Key::Email("ada@example.com".to_owned()).is_of(&client, None));
        assert!(Key::Phone("+49301234567".to_owned()).is_of(&client, email));
        let greek =
            Fields { name: "ΝΊΚΟΣ".to_owned(), company: Some("οδος ".to_owned()), ..Fields::default() };
        assert!(Key::of(&greek, None).is_of(&client, email));
        let other = Fields { name: "Νίκος".to_owned(), ..Fields::default() };
        assert!(!Key::of(&other, None).is_of(&client, email), "another company");
        assert!(!Key::Phone("+49301234568".to_owned()).is_of(&client, email));
    }

    #[test]
    fn empty_fields_are_filled_and_others_replaced_only_when_asked() {
        let here = Fields { company: Some("Kite".to_owned()), ..ada() };
        let mut new = Fields { name: "Ada O.".to_owned(), company: Some("Wren".to_owned()), ..ada() };
        new.phone = Some("+49 30 1234567".to_owned());
        new.phone_e164 = Some("+49301234567".to_owned());
        (new.budget_min_minor, new.budget_max_minor) = (Some(1), Some(2));
        new.budget_currency = Some("EUR".to_owned());
        new.genres = vec!["House".to_owned()];
        let new = row(new);

        for unchanged in [Duplicates::Skip, Duplicates::CreateAndSuggest] {
            assert!(!unchanged.apply(&mut here.clone(), &new));
        }
        let mut filled = here.clone();
        assert!(Duplicates::FillEmpty.apply(&mut filled, &new));
        assert_eq!((filled.name.as_str(), filled.company.as_deref()), ("Ada", Some("Kite")));
        assert_eq!(filled.phone_e164.as_deref(), Some("+49301234567"));
        assert_eq!((filled.budget_min_minor, filled.budget_currency.as_deref()), (Some(1), Some("EUR")));
        assert_eq!(filled.genres, ["House"]);
        assert!(!Duplicates::FillEmpty.apply(&mut filled, &new), "a second time changes nothing");

        let mut over = here.clone();
        assert!(Duplicates::Overwrite.apply(&mut over, &new));
        assert_eq!((over.name.as_str(), over.company.as_deref()), ("Ada O.", Some("Wren")));
        let bare = row(ada_named_as(&over));
        assert!(!Duplicates::Overwrite.apply(&mut over, &bare), "empty cells replace nothing");
    }

    fn ada_named_as(client: &Fields) -> Fields {
        Fields { name: client.name.clone(), ..ada() }
    }

    #[test]
    fn a_name_that_was_made_up_renames_nobody() {
        let mut here = ada();
        let made_up = Incoming { is_named: false, ..row(Fields { name: "ada".to_owned(), ..ada() }) };
        assert!(!Duplicates::Overwrite.apply(&mut here, &made_up));
        assert_eq!(here.name, "Ada");
    }
}
