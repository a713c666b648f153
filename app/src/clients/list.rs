//! A page of clients: filtered, sorted, found.

use chrono::DateTime;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    filter::ClientFilter,
    queries::{self, ClientRow},
    search::{self, After},
};
use crate::{
    error::{Error, Result},
    page::{self, BoundedCount},
    tenant::TenantTx,
};

/// The order; a minus turns it around.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum ClientSort {
    /// A to Z.
    #[default]
    #[serde(rename = "name")]
    Name,
    /// Z to A.
    #[serde(rename = "-name")]
    NameDesc,
    /// Clients without an address first.
    #[serde(rename = "email")]
    Email,
    /// Clients without an address last.
    #[serde(rename = "-email")]
    EmailDesc,
    /// Clients without a company first.
    #[serde(rename = "company")]
    Company,
    /// Clients without a company last.
    #[serde(rename = "-company")]
    CompanyDesc,
    /// Oldest first.
    #[serde(rename = "createdAt")]
    CreatedAt,
    /// Newest first.
    #[serde(rename = "-createdAt")]
    CreatedAtDesc,
}

impl ClientSort {
    /// As the API names it.
    const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::NameDesc => "-name",
            Self::Email => "email",
            Self::EmailDesc => "-email",
            Self::Company => "company",
            Self::CompanyDesc => "-company",
            Self::CreatedAt => "createdAt",
            Self::CreatedAtDesc => "-createdAt",
        }
    }
}

/// What the list shows.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClientListQuery {
    /// Which clients.
    #[serde(flatten)]
    #[param(ignore)]
    pub filter: ClientFilter,
    /// Order; `name` unless given.
    #[param(inline)]
    pub sort: Option<ClientSort>,
    /// `nextCursor` of the page before, for the same sort.
    pub cursor: Option<String>,
    /// Rows on the page, 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
}

/// Where a page ended.
#[derive(Debug, Serialize, Deserialize)]
struct Position {
    sort: ClientSort,
    key: String,
    id: Uuid,
}

impl page::Position for Position {
    fn is_possible(&self) -> bool {
        match self.sort {
            ClientSort::CreatedAt | ClientSort::CreatedAtDesc => {
                DateTime::parse_from_rfc3339(&self.key).is_ok_and(|at| page::is_our_time(&at.to_utc()))
            }
            _ => !self.key.contains('\0'),
        }
    }
}

/// A page with the count of all that match.
#[derive(Debug)]
pub struct ClientPage {
    /// Rows.
    pub rows: Vec<ClientRow>,
    /// Cursor of the page after.
    pub next_cursor: Option<String>,
    /// How many match.
    pub total: BoundedCount,
}

/// Reads a page.
///
/// # Errors
/// 400 `invalid_limit`, `invalid_cursor`, or as [`ClientFilter::narrowed`].
pub async fn list(tx: &mut TenantTx, query: ClientListQuery) -> Result<ClientPage> {
    let limit = page::limit(query.limit)?;
    let sort = query.sort.unwrap_or_default();
    let filter = query.filter.narrowed()?;
    let after = match query.cursor.as_deref() {
        None => None,
        Some(cursor) => {
            let position: Position = page::position(cursor)?;
            if position.sort != sort {
                return Err(page::invalid_cursor());
            }
            Some(After { key: position.key, id: position.id })
        }
    };
    let one_more = i32::try_from(limit + 1).map_err(Error::internal)?;
    let matches = search::matches(tx, &filter, sort.name(), after.as_ref(), one_more).await?;
    let (mut ids, mut more) = (matches.ids, false);
    if i64::try_from(ids.len()).is_ok_and(|found| found > limit) {
        ids.pop();
        more = true;
    }
    let rows = queries::by_ids(tx, &ids).await?;
    let next_cursor = match rows.last() {
        Some(last) if more => Some(page::cursor(&Position { sort, key: key(last, sort), id: last.id })?),
        _ => None,
    };
    let total =
        if matches.is_capped { BoundedCount::more_than(matches.total) } else { BoundedCount::of(matches.total) };
    Ok(ClientPage { rows, next_cursor, total })
}

fn key(row: &ClientRow, sort: ClientSort) -> String {
    match sort {
        ClientSort::Name | ClientSort::NameDesc => row.name.clone(),
        ClientSort::Email | ClientSort::EmailDesc => row.email.clone().unwrap_or_default(),
        ClientSort::Company | ClientSort::CompanyDesc => row.company.clone().unwrap_or_default(),
        ClientSort::CreatedAt | ClientSort::CreatedAtDesc => row.created_at.to_rfc3339(),
    }
}
