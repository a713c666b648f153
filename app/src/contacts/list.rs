//! A page of contacts by name.

use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use uuid::Uuid;

use super::queries::{self, ContactRow, Narrowed};
use crate::{
    error::Result,
    page::{self, Named},
    tenant::TenantTx,
};

/// What the list shows.
#[derive(Debug, Deserialize, Serialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContactListQuery {
    /// Words, in any order, of which each is part of the name, the address, the phone number, the title or the company.
    #[param(max_length = 200)]
    pub search: Option<String>,
    /// Those of a client.
    pub client_id: Option<Uuid>,
    /// Those of a company.
    pub company_id: Option<Uuid>,
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
pub async fn list(tx: &mut TenantTx, query: ContactListQuery) -> Result<(Vec<ContactRow>, Option<String>)> {
    let narrowed = Narrowed {
        words: page::words(query.search.as_deref())?,
        client_id: query.client_id,
        company_id: query.company_id,
        is_archived: query.archived.unwrap_or(false),
    };
    page::read(
        query.cursor.as_deref(),
        query.limit,
        |after: Option<Named>, limit| queries::page(tx, &narrowed, after.map(Named::parts), limit),
        |row| Named::new(&row.name, row.id),
    )
    .await
}
