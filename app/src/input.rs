//! Checks on what people send: each wrong field is named, all of them at once, and nothing reaches the database
//! that it cannot hold.

use std::str::FromStr;

use serde::{Deserialize, Deserializer};

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

    /// One line of text that must be there, trimmed.
    pub fn required(&mut self, field: &str, label: &str, value: &str, max: usize) -> String {
        let value = value.trim();
        if value.is_empty() {
            self.wrong(field, "required", format!("{label} must not be empty."));
        }
        self.line(field, label, value, max);
        value.to_owned()
    }

    /// One line of text that may be missing; only spaces count as missing.
    pub fn optional(&mut self, field: &str, label: &str, value: Option<&str>, max: usize) -> Option<String> {
        let value = value.map(str::trim).filter(|value| !value.is_empty())?;
        self.line(field, label, value, max);
        Some(value.to_owned())
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
        if value.chars().any(char::is_control) {
            self.wrong(field, "bad_characters", format!("{label} must be one line without control characters."));
        }
    }

    /// A mail address that must be there.
    pub fn email(&mut self, field: &str, value: &str) -> String {
        let value = value.trim();
        if value.is_empty() {
            self.wrong(field, "required", "Enter a mail address.");
        } else if !is_email(value) {
            self.wrong(field, "not_an_email", "Enter a mail address like name@example.com.");
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

/// Whether this can be mailed to.
#[must_use]
pub fn is_email(value: &str) -> bool {
    value.len() <= 254
        && !value.chars().any(|c| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>' | '"' | ',' | ';'))
        && lettre::Address::from_str(value)
            .is_ok_and(|address| address.user().len() <= 64 && address.domain().contains('.'))
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
            &long,
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
