//! Guesses from the headings of a file what its columns become, and which program wrote it. See `headings.rs` for what
//! is known.

use std::collections::HashSet;

use super::{
    headings::{EMAILS, HEADINGS, PHONES, SOURCES},
    mapping::Field,
};
use crate::{clients::input::is_phone, input::is_email};

/// One guess per column; of several that could be the email address or phone number, the best is it and the rest are
/// others.
#[must_use]
pub fn guesses(headings: &[String]) -> Vec<Option<Field>> {
    let plain: Vec<String> = headings.iter().map(|heading| plain(heading)).collect();
    let mut guesses = Guesses { columns: vec![None; headings.len()], plain: &plain };
    for (field, names) in HEADINGS {
        let found = names.iter().find_map(|name| guesses.find(name));
        guesses.set(found, *field);
    }
    guesses.several(EMAILS, Field::Email, Field::OtherEmail);
    guesses.several(PHONES, Field::Phone, Field::OtherPhone);
    guesses.name();
    guesses.columns
}

struct Guesses<'a> {
    columns: Vec<Option<Field>>,
    plain: &'a [String],
}

impl Guesses<'_> {
    fn find(&self, name: &str) -> Option<usize> {
        (0..self.plain.len()).find(|index| {
            self.plain.get(*index).is_some_and(|heading| heading == name) && self.columns.get(*index) == Some(&None)
        })
    }

    fn of(&self, field: Field) -> Option<usize> {
        self.columns.iter().position(|guess| *guess == Some(field))
    }

    fn set(&mut self, index: Option<usize>, field: Field) {
        if let Some(guess) = index.and_then(|index| self.columns.get_mut(index)) {
            *guess = Some(field);
        }
    }

    fn several(&mut self, names: &[&str], first: Field, others: Field) {
        let mut field = first;
        for name in names {
            while let Some(index) = self.find(name) {
                self.set(Some(index), field);
                field = others;
            }
        }
    }

    /// "Name" beside a first name is the last one, beside a last name the first; "Nom" alone is all of it.
    fn name(&mut self) {
        let (first, last, whole) = (self.of(Field::FirstName), self.of(Field::LastName), self.of(Field::Name));
        let says = |index: Option<usize>, names: &[&str]| {
            index.and_then(|index| self.plain.get(index)).is_some_and(|heading| names.contains(&heading.as_str()))
        };
        let half = says(whole, &["name", "nombre", "nome", "naam"]);
        if half && first.is_some() && last.is_none() {
            self.set(whole, Field::LastName);
        } else if half && last.is_some() && first.is_none() {
            self.set(whole, Field::FirstName);
        } else if says(last, &["nom"]) && first.is_none() && whole.is_none() {
            self.set(last, Field::Name);
        }
    }
}

/// The program that wrote a file with these headings.
#[must_use]
pub fn source(headings: &[String]) -> Option<&'static str> {
    let plain: HashSet<String> = headings.iter().map(|heading| plain(heading)).collect();
    let wrote = |signs: &[&[&str]]| signs.iter().any(|all| all.iter().all(|name| plain.contains(*name)));
    SOURCES.iter().find(|(_, signs)| wrote(signs)).map(|(source, _)| *source)
}

/// Guesses from the first rows, for a file without headings: a column of addresses, one of phone numbers, and the first
/// of words, which is the name.
#[must_use]
pub fn by_content(rows: &[Vec<String>], columns: usize) -> Vec<Option<Field>> {
    let mut guesses = vec![None; columns];
    let mostly = |index: usize, is: &dyn Fn(&str) -> bool| {
        let cells: Vec<&str> = rows
            .iter()
            .filter_map(|row| row.get(index))
            .map(|cell| cell.trim())
            .filter(|cell| !cell.is_empty())
            .collect();
        !cells.is_empty() && cells.iter().filter(|cell| is(cell)).count() * 2 > cells.len()
    };
    let is_word = |cell: &str| cell.chars().any(char::is_alphabetic) && !is_email(cell) && cell.len() < 100;
    // a date has eight digits
    let is_number = |cell: &str| {
        let digits = cell.chars().filter(char::is_ascii_digit).count();
        is_phone(cell) && (digits > 8 || (digits > 5 && cell.starts_with(['+', '0', '('])))
    };
    let mut guess = |field: Field, is: &dyn Fn(&str) -> bool| {
        let found = (0..columns).find(|index| guesses.get(*index) == Some(&None) && mostly(*index, is));
        if let Some(guess) = found.and_then(|index| guesses.get_mut(index)) {
            *guess = Some(field);
        }
    };
    guess(Field::Email, &is_email);
    guess(Field::Phone, &is_number);
    guess(Field::Name, &is_word);
    guesses
}

/// A heading without spaces, punctuation and capitals.
#[must_use]
pub fn plain(heading: &str) -> String {
    heading.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(headings: &[&str]) -> Vec<Option<&'static str>> {
        let headings: Vec<String> = headings.iter().map(|heading| (*heading).to_owned()).collect();
        guesses(&headings).into_iter().map(|guess| guess.map(Field::name)).collect()
    }

    #[test]
    fn usual_headings_are_known() {
        assert_eq!(
            guess(&["Full name", "E-mail", "Organisation", "Tel.", "City", "Time zone", "Genre(s)", "NOTES"]),
            [
                Some("name"),
                Some("email"),
                Some("company"),
                Some("phone"),
                None,
                Some("timezone"),
                Some("genres"),
                Some("notes")
            ]
        );
        assert_eq!(guess(&["First Name", "Last Name", "Email"]), [Some("firstName"), Some("lastName"), Some("email")]);
        assert_eq!(
            guess(&["E-mail 1 - Value", "Budget", "Currency"]),
            [Some("email"), Some("budgetMin"), Some("budgetCurrency")]
        );
        assert_eq!(
            guess(&["Name", "Budget", "Budget to"]),
            [Some("name"), Some("budgetMin"), Some("budgetMax")],
            "the currency of all rows is asked for"
        );
    }

    #[test]
    fn a_field_is_guessed_once_for_the_best_heading() {
        assert_eq!(
            guess(&["Contact", "Full name", "mail", "Email"]),
            [None, Some("name"), Some("otherEmail"), Some("email")]
        );
        assert_eq!(guess(&["email", "email (2)"]), [Some("email"), Some("otherEmail")]);
        assert_eq!(
            guess(&["Business Phone", "Home Phone", "Mobile Phone", "Business Fax"]),
            [Some("otherPhone"), Some("otherPhone"), Some("phone"), None]
        );
    }

    #[test]
    fn halves_of_names() {
        assert_eq!(guess(&["Name", "Vorname"]), [Some("lastName"), Some("firstName")]);
        assert_eq!(guess(&["Nombre", "Apellidos"]), [Some("firstName"), Some("lastName")]);
        assert_eq!(guess(&["Nom", "Ville"]), [Some("name"), None]);
        assert_eq!(guess(&["Nom", "Prénom"]), [Some("lastName"), Some("firstName")]);
        assert_eq!(
            guess(&["Name", "Given Name", "Additional Name", "Family Name"]),
            [Some("name"), Some("firstName"), Some("middleName"), Some("lastName")]
        );
    }

    #[test]
    fn without_headings_the_cells_tell() {
        let rows = vec![
            vec!["1".to_owned(), "Ada Okafor".to_owned(), "+47 22 33 44 55".to_owned(), "ada@example.com".to_owned()],
            vec!["2".to_owned(), "Bo".to_owned(), String::new(), String::new()],
        ];
        let date = vec![vec!["Ada".to_owned(), "2026-01-31".to_owned()]];
        assert_eq!(by_content(&date, 2), [Some(Field::Name), None]);
        assert_eq!(by_content(&rows, 4), [None, Some(Field::Name), Some(Field::Phone), Some(Field::Email)]);
    }
}
