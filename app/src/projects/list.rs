//! A page of projects: filtered, found, newest first.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    queries::{self, Narrowed, ProjectRow},
    stage::{Stage, facts_of},
    state::ProjectState,
};
use crate::{
    error::{Error, Result},
    page::{self, BoundedCount},
    tenant::TenantTx,
};

/// Projects in which states.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProjectStateFilter {
    /// Neither archived nor cancelled.
    #[default]
    Current,
    /// Any.
    All,
    /// Being prepared.
    Draft,
    /// Ready to begin.
    Open,
    /// Work has begun.
    InProgress,
    /// Done.
    Completed,
    /// Put away.
    Archived,
    /// Given up.
    Cancelled,
}

impl ProjectStateFilter {
    fn states(self) -> Vec<String> {
        let states: &[ProjectState] = match self {
            Self::All => ProjectState::ALL,
            Self::Current => {
                &[ProjectState::Draft, ProjectState::Open, ProjectState::InProgress, ProjectState::Completed]
            }
            Self::Draft => &[ProjectState::Draft],
            Self::Open => &[ProjectState::Open],
            Self::InProgress => &[ProjectState::InProgress],
            Self::Completed => &[ProjectState::Completed],
            Self::Archived => &[ProjectState::Archived],
            Self::Cancelled => &[ProjectState::Cancelled],
        };
        states.iter().map(|state| state.as_str().to_owned()).collect()
    }
}

/// What the list shows.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProjectListQuery {
    /// Words, in any order, of which each is part of the title, the type, or the client's name, company or address.
    #[param(max_length = 200)]
    pub search: Option<String>,
    /// In which states; `current` unless given.
    #[param(inline)]
    pub state: Option<ProjectStateFilter>,
    /// On which stage of the board.
    #[param(inline)]
    pub stage: Option<Stage>,
    /// Of this client.
    pub client_id: Option<Uuid>,
    /// `nextCursor` of the page before.
    pub cursor: Option<String>,
    /// Rows on the page, 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
}

/// A page with the count of all that match.
#[derive(Debug)]
pub struct ProjectPage {
    /// Rows.
    pub rows: Vec<ProjectRow>,
    /// Cursor of the page after.
    pub next_cursor: Option<String>,
    /// How many match.
    pub total: BoundedCount,
}

/// Reads a page.
///
/// # Errors
/// 400 `invalid_limit`, `invalid_cursor`, `search_too_long`.
pub async fn list(tx: &mut TenantTx, query: ProjectListQuery) -> Result<ProjectPage> {
    let limit = page::limit(query.limit)?;
    let after = query.cursor.as_deref().map(page::position).transpose()?;
    let search = query.search.map(|search| search.trim().to_owned()).filter(|search| !search.is_empty());
    if search.as_ref().is_some_and(|search| search.chars().count() > 200) {
        return Err(Error::bad_request("search_too_long", "Search for at most 200 characters."));
    }
    let filter = Narrowed {
        search,
        states: query.state.unwrap_or_default().states(),
        client: query.client_id,
        facts: query.stage.map(facts_of),
    };
    let total = BoundedCount::of(queries::count(tx, &filter).await?);
    let ids = queries::page(tx, &filter, after, limit + 1).await?;
    let rows = queries::by_ids(tx, &ids).await?;
    let (rows, next_cursor) = page::cut(rows, limit, |row| (row.created_at, row.id))?;
    Ok(ProjectPage { rows, next_cursor, total })
}
