//! Checks on what people send: each wrong field is named, all of them at once, and nothing reaches the database
//! that it cannot hold.

use std::str::FromStr;

use serde::{Deserialize, Deserializer};
use unicode_normalization::UnicodeNormalization as _;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory as _};

use crate::error::{Error, FieldError, Result};

/// Shortest password we accept.
pub const MIN_PASSWORD: usize = 10;
const MAX_PASSWORD: usize = 256;

/// Collects what is wrong.
#[derive(Debug, Default)]
pub struct Checks {
    errors: Vec<FieldError>,
}

impl Checks {
    /// Nothing is wrong yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes an error.
    pub fn wrong(&mut self, field: &str, code: &'static str, message: impl Into<String>) {
        self.errors.push(FieldError::new(field, code, message));
    }

    /// Ends the checks.
    ///
    /// # Errors
    /// 422 `invalid` with every field that is wrong.
    pub fn done(self) -> Result<()> {
        if self.errors.is_empty() { Ok(()) } else { Err(Error::invalid(self.errors)) }
    }

    /// One line of text that must be there and have something to see, such as a name; trimmed.
    pub fn required(&mut self, field: &str, label: &str, value: &str, max: usize) -> String {
        let value = upright(value);
        if value.is_empty() {
            self.wrong(field, "required", format!("{label} must not be empty."));
        } else if !value.chars().any(is_visible) {
            self.wrong(field, "required", format!("{label} must have a character that can be seen."));
        }
        self.line(field, label, &value, max);
        value
    }

    /// One line of text that may be missing; nothing to see counts as missing.
    pub fn optional(&mut self, field: &str, label: &str, value: Option<&str>, max: usize) -> Option<String> {
        let value = value.map(upright).filter(|value| value.chars().any(is_visible))?;
        self.line(field, label, &value, max);
        Some(value)
    }

    /// Text that may have several lines.
    pub fn text(&mut self, field: &str, label: &str, value: Option<&str>, max: usize) -> Option<String> {
        let value = value.map(str::trim).filter(|value| !value.is_empty())?;
        if value.chars().count() > max {
            self.wrong(field, "too_long", format!("{label} must have at most {max} characters."));
        }
        if value.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            self.wrong(field, "bad_characters", format!("{label} must not contain control characters."));
        }
        Some(value.to_owned())
    }

    fn line(&mut self, field: &str, label: &str, value: &str, max: usize) {
        if value.chars().count() > max {
            self.wrong(field, "too_long", format!("{label} must have at most {max} characters."));
        }
        if value.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
            self.wrong(field, "bad_characters", format!("{label} must be one line without control characters."));
        }
    }

    /// An email address that must be there.
    pub fn email(&mut self, field: &str, value: &str) -> String {
        let value = value.trim();
        if value.is_empty() {
            self.wrong(field, "required", "Enter an email address.");
        } else if !is_email(value) {
            self.wrong(field, "not_an_email", "Enter an email address like name@example.com.");
        }
        value.to_owned()
    }

    /// A new password.
    pub fn password(&mut self, field: &str, value: &str) {
        let length = value.chars().count();
        if length < MIN_PASSWORD {
            self.wrong(field, "too_short", format!("Use at least {MIN_PASSWORD} characters."));
        } else if value.len() > MAX_PASSWORD {
            self.wrong(field, "too_long", format!("Use at most {MAX_PASSWORD} characters."));
        }
    }
}

/// A line without the characters that turn the order of the text around it or show nothing, with which somebody may look
/// like someone else, and which phones and spreadsheets leave in what is copied. Scripts that go from right to left do
/// without; the joiners U+200C and U+200D stay, since Persian and emoji are written with them. Accents are composed (NFC),
/// as some systems write `é` as two characters, and one person would be two.
fn upright(value: &str) -> String {
    if value.is_ascii() {
        return value.trim().to_owned();
    }
    let unseen = |c: &char| {
        matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let kept: String = value.chars().filter(|c| !unseen(c)).nfc().collect();
    kept.trim().to_owned()
}

/// Whether a character shows something by itself: a letter, digit, sign or symbol, but for those that are empty by design.
fn is_visible(c: char) -> bool {
    let empty = matches!(c, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{2800}');
    !empty
        && matches!(
            c.general_category_group(),
            GeneralCategoryGroup::Letter
                | GeneralCategoryGroup::Number
                | GeneralCategoryGroup::Punctuation
                | GeneralCategoryGroup::Symbol
        )
}

/// Whether this can be mailed to.
#[must_use]
pub fn is_email(value: &str) -> bool {
    value.len() <= 254
        && value.chars().all(|c| is_visible(c) || c.general_category_group() == GeneralCategoryGroup::Mark)
        && !value.contains(['<', '>', '"', ',', ';'])
        && lettre::Address::from_str(value)
            .is_ok_and(|address| address.user().len() <= 64 && address.domain().contains('.'))
}

/// A field that may be left out of a PATCH but not emptied: null is refused like any other wrong type.
///
/// # Errors
/// When the value is null or has another type.
pub fn kept<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Tells "not sent" (`None`) from "sent as null" (`Some(None)`) in a PATCH.
///
/// # Errors
/// When the value has another type.
pub fn patch<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_is_one_name_however_its_accents_are_written() {
        let mut checks = Checks::new();
        let of = |checks: &mut Checks, name: &str| checks.required("name", "The name", name, 20);
        assert_eq!(of(&mut checks, " Zoe\u{308} "), "Zo\u{eb}");
        assert_eq!(of(&mut checks, "Zo\u{eb}"), "Zo\u{eb}");
        checks.done().unwrap();
    }

    #[test]
    fn mail_addresses() {
        for good in ["nina@example.com", "a.b+c@sub.example.co.uk", "x@münchen.example"] {
            assert!(is_email(good), "{good}");
        }
        let long = format!("{}@example.com", "a".repeat(250));
        for bad in [
            "",
            "nina",
            "nina@",
            "@example.com",
            "a@localhost",
            "a b@example.com",
            "a@b.c\r\nBcc: x@y.z",
            "<a@b.c>",
            "a@b.c,d@e.f",
            "a\u{200b}b@example.com",
            "\u{202e}a@example.com",
            &long,
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
