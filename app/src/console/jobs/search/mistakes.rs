//! What can be wrong with a search, and how it is said.

use axum::http::StatusCode;

use crate::error::{Error, FieldError};

/// Which mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the codes say it")]
pub enum Code {
    UnknownKey,
    MissingValue,
    Repeated,
    UnclosedQuote,
    UnknownState,
    InvalidId,
    InvalidTime,
    InvalidPath,
    MaskedArgument,
    TooMany,
    TooLong,
    UnknownName,
    IdStandsAlone,
}

impl Code {
    const fn as_str(self) -> &'static str {
        match self {
            Self::UnknownKey => "unknown_key",
            Self::MissingValue => "missing_value",
            Self::Repeated => "repeated",
            Self::UnclosedQuote => "unclosed_quote",
            Self::UnknownState => "unknown_state",
            Self::InvalidId => "invalid_id",
            Self::InvalidTime => "invalid_time",
            Self::InvalidPath => "invalid_path",
            Self::MaskedArgument => "masked_argument",
            Self::TooMany => "too_many",
            Self::TooLong => "too_long",
            Self::UnknownName => "unknown_name",
            Self::IdStandsAlone => "id_stands_alone",
        }
    }
}

/// One mistake in a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchError {
    /// Which.
    pub code: Code,
    /// The character at which the wrong term begins, from 1.
    pub at: Option<usize>,
    /// What is wrong and how to mend it.
    pub message: String,
}

/// 422 `invalid_search`, naming each mistake.
#[must_use]
pub fn invalid(mistakes: Vec<SearchError>) -> Error {
    let errors: Vec<FieldError> = mistakes
        .into_iter()
        .map(|mistake| {
            let place = mistake.at.map(|at| format!("At character {at}: ")).unwrap_or_default();
            FieldError::new("search", mistake.code.as_str(), format!("{place}{}", mistake.message))
        })
        .collect();
    let detail = match errors.as_slice() {
        [one] => one.message.clone(),
        _ => "Some terms of this search need correction.".to_owned(),
    };
    Error { errors, ..Error::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_search", detail) }
}
