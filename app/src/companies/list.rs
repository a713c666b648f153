//! A page of companies by name.

use serde::Deserialize;
use utoipa::IntoParams;

use super::queries::{self, CompanyRow};
use crate::{
    error::Result,
    page::{self, Named},
    tenant::TenantTx,
};

/// What the list shows.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CompanyListQuery {
    /// Words, in any order, of which each is part of the name, the website, the phone number or the primary contact.
    #[param(max_length = 200)]
    pub search: Option<String>,
    /// The archived ones instead of the others.
    pub archived: Option<bool>,
    /// `nextCursor` of the page before.
    pub cursor: Option<String>,
    /// Rows on the page, 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
}

/// Reads a page.
///
/// # Errors
/// 400 `invalid_limit`, `invalid_cursor`, `search_too_long`.
pub async fn list(tx: &mut TenantTx, query: CompanyListQuery) -> Result<(Vec<CompanyRow>, Option<String>)> {
    let words = page::words(query.search.as_deref())?;
    let archived = query.archived.unwrap_or(false);
    page::read(
        query.cursor.as_deref(),
        query.limit,
        |after: Option<Named>, limit| queries::page(tx, &words, archived, after.map(Named::parts), limit),
        |row| Named::new(&row.name, row.id),
    )
    .await
}
