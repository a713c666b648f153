//! Which clients: what a list shows and what is exported.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    error::{Error, Result},
    page::is_our_time,
};

/// Which clients.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ClientStatus {
    /// Not archived.
    #[default]
    Active,
    /// Archived.
    Archived,
    /// Both.
    All,
}

/// Whether something is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Presence {
    /// It is there.
    Yes,
    /// It is not.
    No,
}

/// How content they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum SatisfactionFilter {
    /// 1 of 5.
    #[serde(rename = "1")]
    One,
    /// 2 of 5.
    #[serde(rename = "2")]
    Two,
    /// 3 of 5.
    #[serde(rename = "3")]
    Three,
    /// 4 of 5.
    #[serde(rename = "4")]
    Four,
    /// 5 of 5.
    #[serde(rename = "5")]
    Five,
    /// Nobody has said.
    #[serde(rename = "unrated")]
    Unrated,
}

impl SatisfactionFilter {
    const fn facet(self) -> &'static str {
        match self {
            Self::One => "rated 1",
            Self::Two => "rated 2",
            Self::Three => "rated 3",
            Self::Four => "rated 4",
            Self::Five => "rated 5",
            Self::Unrated => "unrated",
        }
    }
}

/// What a list and an export are narrowed to.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClientFilter {
    /// Words, in any order, of which each is part of the name, the email address, the company or the phone number.
    /// Capitals, accents and punctuation do not count; one or two letters are how a word begins.
    #[param(max_length = 200)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
    /// Archived or not; `active` unless given.
    #[param(inline)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ClientStatus>,
    /// Whether they have an email address.
    #[param(inline)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Presence>,
    /// One of their genres, whole; capitals and accents do not count.
    #[param(max_length = 60)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub genre: Option<String>,
    /// How content they are.
    #[param(inline)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub satisfaction: Option<SatisfactionFilter>,
    /// Added at this time or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_from: Option<DateTime<Utc>>,
    /// Added before this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_before: Option<DateTime<Utc>>,
    /// Made by this import.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub import_id: Option<Uuid>,
}

/// A filter that can be asked for.
#[derive(Clone, Debug)]
pub struct Narrowed {
    /// What was typed, unless it was nothing.
    pub search: Option<String>,
    /// Facets that a client must have, as `search.client_facets` names them.
    pub facets: Vec<String>,
    /// The genre, which the database folds into a facet.
    pub genre: Option<String>,
    /// Added at this time or later.
    pub since: Option<DateTime<Utc>>,
    /// Added before this time.
    pub before: Option<DateTime<Utc>>,
    /// Made by this import.
    pub import: Option<Uuid>,
}

impl ClientFilter {
    /// Checks what was asked for.
    ///
    /// # Errors
    /// 400 `search_too_long`, `genre_too_long` or `invalid_time`.
    pub fn narrowed(self) -> Result<Narrowed> {
        let mut facets = Vec::new();
        match self.status.unwrap_or_default() {
            ClientStatus::Active => facets.push("active".to_owned()),
            ClientStatus::Archived => facets.push("archived".to_owned()),
            ClientStatus::All => {}
        }
        match self.email {
            Some(Presence::Yes) => facets.push("email".to_owned()),
            Some(Presence::No) => facets.push("no email".to_owned()),
            None => {}
        }
        facets.extend(self.satisfaction.map(|satisfaction| satisfaction.facet().to_owned()));
        if [self.created_from, self.created_before].iter().flatten().any(|at| !is_our_time(at)) {
            return Err(Error::bad_request("invalid_time", "Choose days between the years 1970 and 9999."));
        }
        Ok(Narrowed {
            search: within(self.search, 200, "search_too_long", "Search for at most 200 characters.")?,
            facets,
            genre: within(self.genre, 60, "genre_too_long", "A genre has at most 60 characters.")?,
            since: self.created_from,
            before: self.created_before,
            import: self.import_id,
        })
    }
}

fn within(text: Option<String>, most: usize, code: &'static str, detail: &'static str) -> Result<Option<String>> {
    let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    match text {
        Some(text) if text.chars().count() > most => Err(Error::bad_request(code, detail)),
        text => Ok(text),
    }
}
