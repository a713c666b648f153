//! What is sent.

use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::{BulkItemState, BulkVerb};
use crate::{
    error::{Error, FieldError, Result},
    input::Checks,
};

/// Most rows that are ticked one by one.
pub const MAX_TICKED: usize = 1_000;
/// Longest reason.
const MAX_REASON: usize = 500;

/// Which jobs, and what to do to them. Either `search` or `jobIds`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewBulkAction {
    /// What to do.
    pub verb: BulkVerb,
    /// All jobs that a search finds, written as in the list of jobs; at most 100 000.
    #[schema(max_length = 1_000)]
    pub search: Option<String>,
    /// These jobs.
    #[schema(max_items = 1_000)]
    pub job_ids: Option<Vec<Uuid>>,
}

/// Which jobs.
#[derive(Clone, Debug)]
pub enum Selection {
    /// All that a search finds.
    Search(String),
    /// These.
    Ids(Vec<Uuid>),
}

impl NewBulkAction {
    /// Either of the two.
    ///
    /// # Errors
    /// 422 `invalid`.
    pub fn selection(self) -> Result<Selection> {
        let wrong =
            |field: &str, code, message: String| Err(Error::invalid(vec![FieldError::new(field, code, message)]));
        match (self.search, self.job_ids) {
            (Some(search), None) if search.trim().is_empty() => wrong(
                "search",
                "required",
                "Say which jobs: an empty search would take every job there is. Give at least a state or a kind."
                    .to_owned(),
            ),
            (Some(search), None) => Ok(Selection::Search(search)),
            (None, Some(mut ids)) => {
                ids.sort_unstable();
                ids.dedup();
                match ids.len() {
                    0 => wrong("jobIds", "required", "Choose at least one job.".to_owned()),
                    1..=MAX_TICKED => Ok(Selection::Ids(ids)),
                    many => {
                        let message = format!("{many} jobs are too many to name; at most {MAX_TICKED}. Use a search.");
                        wrong("jobIds", "too_many", message)
                    }
                }
            }
            _ => wrong("search", "required", "Give either `search` or `jobIds`.".to_owned()),
        }
    }
}

/// How to begin.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BulkStart {
    /// Act on so many first, and see how they go; all at once unless given.
    #[schema(minimum = 1, maximum = 100_000)]
    pub canary: Option<i32>,
    /// Whether the rest goes by itself when all of the canary succeed.
    #[serde(default)]
    pub continue_when_green: bool,
    /// Why, for the audit log.
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

impl BulkStart {
    /// The reason, trimmed.
    ///
    /// # Errors
    /// 422 `invalid`.
    pub fn reason(&self) -> Result<Option<String>> {
        let mut checks = Checks::new();
        let reason = checks.text("reason", "The reason", self.reason.as_deref(), MAX_REASON);
        checks.done()?;
        Ok(reason)
    }
}

/// Which jobs of a bulk action.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ItemQuery {
    /// How they went; all unless given.
    #[param(inline)]
    pub state: Option<BulkItemState>,
    /// `nextCursor` of the page before.
    pub cursor: Option<String>,
    /// Rows on the page, 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
}
