//! Bulk actions on the wire.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::console::view::JobState;

/// What is done to each job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum BulkVerb {
    /// Dead and quarantined jobs run again.
    Retry,
    /// Live jobs do not run, or are asked to stop.
    Cancel,
    /// Dead and quarantined jobs are given up; they leave after 30 days.
    Delete,
}

impl BulkVerb {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::Cancel => "cancel",
            Self::Delete => "delete",
        }
    }
}

/// Where a bulk action stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum BulkState {
    /// Nothing was done.
    Preview,
    /// Nothing was done, and the selection is too old to act on.
    Expired,
    /// The first few are being acted on and watched.
    Canary,
    /// The operator decides whether the rest goes.
    Waiting,
    /// The rest is being acted on.
    Running,
    /// Every job that could be acted on has a result.
    Done,
    /// It was ended by an operator; what was done stays.
    Aborted,
}

/// How the canary went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum BulkVerdict {
    /// All succeeded.
    Green,
    /// Some failed again.
    Red,
    /// It cannot be told: nothing of it could be acted on, or it did not end within an hour.
    Undecided,
}

/// Why a job cannot be acted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BulkObstacle {
    /// Only dead and quarantined jobs are retried.
    NotDead,
    /// It runs.
    Running,
    /// It has not ended: cancel it instead.
    Live,
    /// It has ended for good.
    Ended,
    /// It has begun to act on the outside world.
    EffectIntended,
    /// A live job does the same work.
    KeyHeld,
}

/// How a job of a bulk action went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum BulkItemState {
    /// Not acted on, so far.
    Left,
    /// Acted on.
    Done,
    /// Looked at and left alone, since it changed after the preview.
    Skipped,
    /// Not to be acted on: the preview said why.
    Unable,
}

impl BulkItemState {
    /// As queries know it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Done => "done",
            Self::Skipped => "skipped",
            Self::Unable => "unable",
        }
    }
}

/// So many jobs that have something in common.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BulkGroup {
    /// What they have in common: a kind, a workspace's name, a fingerprint, a state.
    #[schema(required = true)]
    pub name: Option<String>,
    /// One of their errors, for fingerprints.
    #[schema(required = true)]
    pub example: Option<String>,
    /// How many.
    pub count: i64,
}

/// So many jobs that cannot be acted on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BulkUnable {
    /// Why.
    pub obstacle: BulkObstacle,
    /// How many.
    pub count: i64,
}

/// What a selection holds; the ten largest groups of each sort.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BulkSummary {
    /// By kind.
    pub kinds: Vec<BulkGroup>,
    /// By the workspace that they work for.
    pub workspaces: Vec<BulkGroup>,
    /// By what failures have in common.
    pub errors: Vec<BulkGroup>,
    /// By state.
    pub states: Vec<BulkGroup>,
    /// What cannot be acted on, and why.
    pub unable: Vec<BulkUnable>,
}

/// How the jobs of the canary went after they were acted on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct CanaryOutcome {
    /// Jobs in it.
    pub jobs: i64,
    /// Acted on, and well.
    pub succeeded: i64,
    /// Acted on, and failed again.
    pub failed: i64,
    /// Left alone, since they changed after the preview.
    pub skipped: i64,
    /// Not known yet.
    pub pending: i64,
}

/// A bulk action.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BulkAction)]
pub struct BulkView {
    /// The bulk action.
    pub id: Uuid,
    /// What is done.
    pub verb: BulkVerb,
    /// Where it stands.
    pub state: BulkState,
    /// What was searched for; none when rows were ticked.
    #[schema(required = true)]
    pub search: Option<String>,
    /// Why, where the operator said so.
    #[schema(required = true)]
    pub reason: Option<String>,
    /// Who made it.
    pub created_by: String,
    /// Who ended it early.
    #[schema(required = true)]
    pub aborted_by: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Until when a preview can be acted on.
    pub expires_at: DateTime<Utc>,
    /// When its first job was let go.
    #[schema(required = true)]
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    #[schema(required = true)]
    pub finished_at: Option<DateTime<Utc>>,
    /// Jobs selected.
    pub total: i64,
    /// Jobs that can be acted on.
    pub able: i64,
    /// What it holds.
    pub summary: BulkSummary,
    /// Whether the rest goes by itself when the canary is green.
    pub continue_when_green: bool,
    /// How the canary goes; none without one.
    #[schema(required = true)]
    pub canary: Option<CanaryOutcome>,
    /// What came of it.
    #[schema(required = true)]
    pub verdict: Option<BulkVerdict>,
    /// Jobs acted on.
    pub done: i64,
    /// Jobs left alone, since they changed after the preview.
    pub skipped: i64,
    /// Jobs that can still be acted on.
    pub left: i64,
    /// Jobs per second, lately.
    #[schema(required = true)]
    pub per_second: Option<f64>,
    /// Time left at that rate.
    #[schema(required = true)]
    pub seconds_left: Option<i64>,
    /// The batch of jobs that acts.
    #[schema(required = true)]
    pub batch_id: Option<Uuid>,
}

/// A bulk action in a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BulkActionRow)]
pub struct BulkRowView {
    /// The bulk action.
    pub id: Uuid,
    /// What is done.
    pub verb: BulkVerb,
    /// Where it stands.
    pub state: BulkState,
    /// What was searched for; none when rows were ticked.
    #[schema(required = true)]
    pub search: Option<String>,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Jobs selected.
    pub total: i64,
    /// Jobs that can be acted on.
    pub able: i64,
}

/// A page of bulk actions.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BulkActionList {
    /// The bulk actions, the latest first.
    pub bulk_actions: Vec<BulkRowView>,
    /// For the next page.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

/// A job of a bulk action.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BulkItem)]
pub struct BulkItemView {
    /// The job.
    pub job_id: Uuid,
    /// `<slice>.<verb>`.
    pub kind: String,
    /// Name of the workspace it works for.
    #[schema(required = true)]
    pub workspace_name: Option<String>,
    /// Where it stood at the preview.
    pub was: JobState,
    /// Its error at the preview.
    #[schema(required = true)]
    pub error: Option<String>,
    /// Whether it belongs to the canary.
    pub canary: bool,
    /// How it went.
    pub state: BulkItemState,
    /// Why it cannot be acted on.
    #[schema(required = true)]
    pub obstacle: Option<BulkObstacle>,
    /// What was done, or why nothing was, in words.
    #[schema(required = true)]
    pub note: Option<String>,
    /// The linked copy that does its work.
    #[schema(required = true)]
    pub copy_id: Option<Uuid>,
    /// When it was acted on.
    #[schema(required = true)]
    pub acted_at: Option<DateTime<Utc>>,
}

/// A page of the jobs of a bulk action.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BulkItemList {
    /// The jobs, in the order in which they are acted on.
    pub items: Vec<BulkItemView>,
    /// For the next page.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}
