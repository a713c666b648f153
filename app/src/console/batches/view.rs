//! Batches on the wire.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::view::JobRef;

/// Where a batch stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum BatchState {
    /// Jobs may still be added.
    Open,
    /// No job is added any more, and some have not ended.
    Sealed,
    /// All its jobs have ended.
    Done,
    /// Somebody cancelled it.
    Cancelled,
}

impl BatchState {
    /// As on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Sealed => "sealed",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }
}

/// A batch.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Batch)]
pub struct BatchView {
    /// The batch.
    pub id: Uuid,
    /// What for, as whoever opened it named it.
    pub kind: String,
    /// Where it stands.
    pub state: BatchState,
    /// The workspace it works for.
    #[schema(required = true)]
    pub workspace_id: Option<Uuid>,
    /// Its name.
    #[schema(required = true)]
    pub workspace_name: Option<String>,
    /// Jobs in all; more may come while it is open.
    pub total: i64,
    /// Jobs that ended well.
    pub succeeded: i64,
    /// Jobs that are dead or quarantined.
    pub dead: i64,
    /// Jobs that were cancelled.
    pub cancelled: i64,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it was sealed.
    #[schema(required = true)]
    pub sealed_at: Option<DateTime<Utc>>,
    /// When its last job ended.
    #[schema(required = true)]
    pub finished_at: Option<DateTime<Utc>>,
    /// Jobs that ended per second: in the last minute, or when none did or all have ended, on the average since it was
    /// opened.
    #[schema(required = true)]
    pub per_second: Option<f64>,
    /// Seconds until its last job ends at that rate; known once it is sealed.
    #[schema(required = true)]
    pub seconds_left: Option<f64>,
    /// Kind of the job that is asked for when it is done.
    #[schema(required = true)]
    pub on_done_kind: Option<String>,
    /// That job.
    #[schema(required = true)]
    pub done_job: Option<JobRef>,
}

/// A page of batches.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BatchList {
    /// The batches, the latest first.
    pub batches: Vec<BatchView>,
    /// For the next page.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

/// Which batches.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct BatchQuery {
    /// Where they stand; all unless given.
    #[param(inline)]
    pub state: Option<BatchState>,
    /// `nextCursor` of the page before.
    pub cursor: Option<String>,
    /// Rows on the page, 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
}
