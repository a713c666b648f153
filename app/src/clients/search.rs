//! The statements that find clients; how is told in migrations/0040_client_search.up.sql and 0072_clients_of_an_import.up.sql.

use uuid::Uuid;

use super::{filter::Narrowed, queries::ClientRow};
use crate::{error::Result, tenant::TenantTx};

/// Where a page begins: behind the client with this key in the order, and this id.
#[derive(Clone, Debug)]
pub struct After {
    /// What is sorted by, as text.
    pub key: String,
    /// The client.
    pub id: Uuid,
}

/// One page of matches.
#[derive(Debug)]
pub struct Matches {
    /// The clients, in order.
    pub ids: Vec<Uuid>,
    /// How many match on all pages.
    pub total: i64,
    /// There are more than `total`.
    pub is_capped: bool,
}

/// The first `limit` matches behind `after`, by `sort` as the API names it.
pub(super) async fn matches(
    tx: &mut TenantTx,
    filter: &Narrowed,
    sort: &str,
    after: Option<&After>,
    limit: i32,
) -> Result<Matches> {
    Ok(sqlx::query_as!(
        Matches,
        r#"select ids as "ids!", total as "total!", is_capped as "is_capped!"
           from search.clients($1, array_remove($2::text[] || ('genre ' || search.fold($3::text)), null), $4, $5, $6, $7, $8, $9,
             $10)"#,
        filter.search,
        &filter.facets,
        filter.genre,
        filter.since,
        filter.before,
        sort,
        after.map(|after| &after.key),
        after.map(|after| after.id),
        limit,
        filter.import,
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// What LIKE is asked for a search.
#[derive(Debug)]
pub(super) struct Patterns {
    /// One for each word; `None` when no word was typed.
    words: Option<Vec<String>>,
    /// The telephone number, when that is all that was typed.
    number: Option<String>,
    /// The genre as a facet.
    genre: Option<String>,
}

/// What the database makes of the words of a search, by the functions that `search.clients` asks, too.
pub(super) async fn patterns(tx: &mut TenantTx, filter: &Narrowed) -> Result<Patterns> {
    Ok(sqlx::query_as!(
        Patterns,
        "select search.patterns(search.fold($1)) as words, search.number_pattern($1) as number,
           'genre ' || search.fold($2) as genre",
        filter.search,
        filter.genre,
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// The first `limit` matches with an id beyond `after`, by id: one walk over the workspace, however many pages.
pub(super) async fn walk(
    tx: &mut TenantTx,
    filter: &Narrowed,
    patterns: &Patterns,
    after: Uuid,
    limit: i64,
) -> Result<Vec<ClientRow>> {
    let facets: Vec<String> = filter.facets.iter().chain(&patterns.genre).cloned().collect();
    Ok(sqlx::query_as!(
        ClientRow,
        "select id, name, email, company, phone, timezone, genres, budget_min_minor, budget_max_minor,
           budget_currency, contact_by_email, contact_by_sms, contact_by_phone, satisfaction, referral_source, notes,
           archived_at, created_at, updated_at, version, phone_e164, merged_into, import_id, import_row
         from clients
         where workspace_id = current_workspace() and id > $1 and facets @> $2
           and (not $3 or search_text like all($4::text[]) or search_text like $5::text)
           and ($6::timestamptz is null or created_at >= $6) and ($7::timestamptz is null or created_at < $7)
           and ($8::uuid is null or import_id = $8)
         order by id limit $9",
        after,
        &facets,
        filter.search.is_some(),
        patterns.words.as_deref(),
        patterns.number,
        filter.since,
        filter.before,
        filter.import,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?)
}
