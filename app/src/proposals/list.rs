//! A page of proposals, newest first.

use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::{
    queries::{self, Narrowed, ProposalRow},
    state::ProposalState,
};
use crate::{error::Result, page, tenant::TenantTx};

/// What the list shows.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProposalListQuery {
    /// Words, in any order, of which each is part of the title or of the client's or contact's name or address.
    #[param(max_length = 200)]
    pub search: Option<String>,
    /// How far they are.
    #[param(inline)]
    pub state: Option<ProposalState>,
    /// Those for a client.
    pub client_id: Option<Uuid>,
    /// Those for a contact.
    pub contact_id: Option<Uuid>,
    /// Those for the contacts of a company.
    pub company_id: Option<Uuid>,
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
pub async fn list(tx: &mut TenantTx, query: ProposalListQuery) -> Result<(Vec<ProposalRow>, Option<String>)> {
    let narrowed = Narrowed {
        words: page::words(query.search.as_deref())?,
        state: query.state.map(ProposalState::as_str),
        client_id: query.client_id,
        contact_id: query.contact_id,
        company_id: query.company_id,
    };
    page::read(
        query.cursor.as_deref(),
        query.limit,
        |after, limit| queries::page(tx, &narrowed, after, limit),
        |row| (row.created_at, row.id),
    )
    .await
}
