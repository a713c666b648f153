//! Searches that an operator keeps under a name. They are the operator's own and change nothing of the platform, so
//! read-only operators keep some, too.

use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    filter::JobFilter,
    queries::searches::{self, SearchRow},
    view::{SavedSearch, SavedSearchList},
};
use crate::{
    Ledgerline,
    accounts::session::Operator,
    console::queries,
    error::{Error, Result},
    input::Checks,
};

/// Most searches of one operator.
const MOST: i64 = 50;
const LONGEST_NAME: usize = 60;

/// A search to keep.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSearch {
    /// At most 60 characters; each of an operator's searches has another.
    #[schema(min_length = 1, max_length = 60, example = "Dead mails")]
    pub name: String,
    /// As it is typed.
    #[schema(max_length = 1000, example = "state:dead queue:mail")]
    pub search: String,
}

/// An operator's searches.
///
/// # Errors
/// When Postgres cannot be reached.
pub async fn list(ledgerline: &Ledgerline, operator: &Operator) -> Result<SavedSearchList> {
    let mut tx = queries::look(&ledgerline.databases.platform).await?;
    let rows = searches::list(&mut tx, operator.user_id, MOST).await?;
    Ok(SavedSearchList { searches: rows.into_iter().map(SavedSearch::from).collect() })
}

/// Keeps a search.
///
/// # Errors
/// 409 `search_name_taken` or `too_many_searches`, 422 `invalid` or `invalid_search`.
pub async fn keep(ledgerline: &Ledgerline, operator: &Operator, new: &NewSearch) -> Result<SavedSearch> {
    let mut checks = Checks::new();
    let name = checks.required("name", "The name", &new.name, LONGEST_NAME);
    checks.done()?;
    let _readable: JobFilter = new.search.parse()?;
    let mut tx = ledgerline.databases.platform.begin().await?;
    let kept = searches::list(&mut tx, operator.user_id, MOST).await?.len();
    if i64::try_from(kept).unwrap_or(i64::MAX) >= MOST {
        let detail = format!("You keep {MOST} searches already. Delete one first.");
        return Err(Error::conflict("too_many_searches", detail));
    }
    let row = searches::insert(&mut tx, operator.user_id, &name, new.search.trim()).await?;
    tx.commit().await?;
    Ok(row.into())
}

/// Forgets a search.
///
/// # Errors
/// 404.
pub async fn forget(ledgerline: &Ledgerline, operator: &Operator, id: Uuid) -> Result<()> {
    let mut tx = ledgerline.databases.platform.begin().await?;
    if !searches::delete(&mut tx, operator.user_id, id).await? {
        return Err(Error::not_found());
    }
    tx.commit().await?;
    Ok(())
}

impl From<SearchRow> for SavedSearch {
    fn from(row: SearchRow) -> Self {
        Self { id: row.id, name: row.name, search: row.search, created_at: row.created_at }
    }
}
