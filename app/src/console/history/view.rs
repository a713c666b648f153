//! History on the wire.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::page::BoundedCount;

/// How far back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Range {
    /// The last hour, by the minute.
    #[default]
    Hour,
    /// The last day, by a quarter of an hour.
    Day,
    /// The last week, by the hour.
    Week,
}

impl Range {
    /// Minutes of a step.
    #[must_use]
    pub const fn step_minutes(self) -> i16 {
        match self {
            Self::Hour => 1,
            Self::Day => 15,
            Self::Week => 60,
        }
    }

    /// Steps.
    #[must_use]
    pub const fn steps(self) -> usize {
        match self {
            Self::Hour => 60,
            Self::Day => 96,
            Self::Week => 168,
        }
    }
}

/// How far back.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct HistoryQuery {
    /// An hour unless given.
    #[serde(default)]
    #[param(inline)]
    pub range: Range,
}

/// Times in seconds that half, 95 and 99 of a hundred did not exceed; none where nothing ran.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Percentiles {
    /// Half.
    #[schema(required = true)]
    pub p50: Option<f64>,
    /// 95 of a hundred.
    #[schema(required = true)]
    pub p95: Option<f64>,
    /// 99 of a hundred.
    #[schema(required = true)]
    pub p99: Option<f64>,
}

/// What happened within one step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct HistoryStep {
    /// Jobs that came into the queues. Retries of dead ones do so again, and what was rolled back may be among them.
    pub asked: i64,
    /// Attempts that ended well.
    pub succeeded: i64,
    /// Attempts that failed, whether they were tried again or not.
    pub failed: i64,
    /// Jobs that were due, at most, all queues together.
    pub depth: i64,
    /// How long jobs were due before they began.
    pub wait: Percentiles,
    /// How long attempts took.
    pub run: Percentiles,
}

/// A queue within the range.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueueHistory {
    /// Its name.
    pub name: String,
    /// Per step, jobs that were due at most; the count stops after ten thousand.
    pub depth: Vec<i64>,
    /// Per step, how long the oldest was due at most.
    pub oldest_seconds: Vec<i64>,
    /// Per step, attempts that ended well or failed.
    pub ended: Vec<i64>,
}

/// A kind whose jobs failed within the range, or are dead now.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FailingKind {
    /// `<slice>.<verb>`.
    pub kind: String,
    /// Attempts that failed within the range.
    pub failed: i64,
    /// Those of them that were the last.
    pub died: i64,
    /// Attempts that ended well within the range.
    pub succeeded: i64,
    /// Jobs that are dead or quarantined now, whenever they died.
    pub dead_now: BoundedCount,
    /// What went wrong last.
    #[schema(required = true)]
    pub last_error: Option<String>,
    /// In which job.
    #[schema(required = true)]
    pub last_error_job: Option<Uuid>,
    /// When.
    #[schema(required = true)]
    pub last_error_at: Option<DateTime<Utc>>,
}

/// How it went.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct History {
    /// How far back.
    pub range: Range,
    /// Length of a step.
    pub step_seconds: i64,
    /// When the first step began; the last one is not over yet.
    pub since: DateTime<Utc>,
    /// The steps, the oldest first.
    pub steps: Vec<HistoryStep>,
    /// All of them together; the depth is the largest.
    pub total: HistoryStep,
    /// Queues in which something waited or ran, by name.
    pub queues: Vec<QueueHistory>,
    /// Kinds that failed or are dead, the worst first; at most twenty.
    pub failing: Vec<FailingKind>,
}
