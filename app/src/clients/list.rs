//! A page of clients: filtered, sorted, found.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::queries::{self, ClientRow, Filter};
use crate::{
    error::{Error, Result},
    page::{self, BoundedCount},
    tenant::TenantTx,
};

/// Which clients.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
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

/// What the list shows.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClientQuery {
    /// Part of name, email address, company or phone number.
    #[param(max_length = 200)]
    pub search: Option<String>,
    /// Archived or not; `active` unless given.
    #[param(inline)]
    pub status: Option<ClientStatus>,
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
        !self.key.contains('\0')
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
/// 400 `invalid_limit`, `invalid_cursor` or `search_too_long`.
pub async fn list(tx: &mut TenantTx, query: ClientQuery) -> Result<ClientPage> {
    let limit = page::limit(query.limit)?;
    let sort = query.sort.unwrap_or_default();
    let filter = Filter {
        archived: match query.status.unwrap_or_default() {
            ClientStatus::Active => Some(false),
            ClientStatus::Archived => Some(true),
            ClientStatus::All => None,
        },
        pattern: pattern(query.search.as_deref())?,
    };
    let after = match query.cursor.as_deref() {
        None => None,
        Some(cursor) => {
            let position: Position = page::position(cursor)?;
            if position.sort != sort {
                return Err(page::invalid_cursor());
            }
            Some((position.key, position.id))
        }
    };
    let first = after.is_none();
    let rows = rows(tx, sort, &filter, after, limit + 1).await?;
    let (rows, next_cursor) = page::cut(rows, limit, |row| Position { sort, key: key(row, sort), id: row.id })?;
    // a search that finds little has looked at every row already: no need to look again
    let counted = match i64::try_from(rows.len()) {
        Ok(all) if first && next_cursor.is_none() => all,
        _ => queries::count(tx, &filter).await?,
    };
    let total = BoundedCount::of(counted);
    Ok(ClientPage { rows, next_cursor, total })
}

async fn rows(
    tx: &mut TenantTx,
    sort: ClientSort,
    filter: &Filter,
    after: Option<(String, Uuid)>,
    limit: i64,
) -> Result<Vec<ClientRow>> {
    match sort {
        ClientSort::Name => queries::by_name(tx, filter, after, limit).await,
        ClientSort::NameDesc => queries::by_name_desc(tx, filter, after, limit).await,
        ClientSort::Email => queries::by_email(tx, filter, after, limit).await,
        ClientSort::EmailDesc => queries::by_email_desc(tx, filter, after, limit).await,
        ClientSort::Company => queries::by_company(tx, filter, after, limit).await,
        ClientSort::CompanyDesc => queries::by_company_desc(tx, filter, after, limit).await,
        ClientSort::CreatedAt => queries::by_created_at(tx, filter, time(after)?, limit).await,
        ClientSort::CreatedAtDesc => queries::by_created_at_desc(tx, filter, time(after)?, limit).await,
    }
}

fn key(row: &ClientRow, sort: ClientSort) -> String {
    match sort {
        ClientSort::Name | ClientSort::NameDesc => row.name.clone(),
        ClientSort::Email | ClientSort::EmailDesc => row.email.clone().unwrap_or_default(),
        ClientSort::Company | ClientSort::CompanyDesc => row.company.clone().unwrap_or_default(),
        ClientSort::CreatedAt | ClientSort::CreatedAtDesc => row.created_at.to_rfc3339(),
    }
}

fn time(after: Option<(String, Uuid)>) -> Result<Option<(DateTime<Utc>, Uuid)>> {
    after
        .map(|(key, id)| {
            let at = DateTime::parse_from_rfc3339(&key).map_err(|_| page::invalid_cursor())?;
            let place = (at.to_utc(), id);
            if page::Position::is_possible(&place) { Ok(place) } else { Err(page::invalid_cursor()) }
        })
        .transpose()
}

/// What is searched for, as a pattern of LIKE in which nothing but the ends is a wildcard.
fn pattern(search: Option<&str>) -> Result<Option<String>> {
    let Some(search) = search.map(str::trim).filter(|search| !search.is_empty()) else { return Ok(None) };
    if search.chars().count() > 200 {
        return Err(Error::bad_request("search_too_long", "Search for at most 200 characters."));
    }
    let mut pattern = String::from("%");
    for c in search.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    Ok(Some(pattern))
}
