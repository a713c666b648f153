//! A submission as the API shows it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::queries::{RoundRow, SubmissionRow};
use crate::projects::state::SubmissionState;

/// A submission.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Submission)]
pub struct SubmissionView {
    /// The submission.
    pub id: Uuid,
    /// Its project.
    pub project_id: Uuid,
    /// Its number in the project, from 1.
    pub number: i32,
    /// How far it is.
    pub state: SubmissionState,
    /// How often it was handed in.
    pub round: i32,
    /// When it was handed in last.
    #[schema(required = true)]
    pub submitted_at: Option<DateTime<Utc>>,
    /// When the client accepted it.
    #[schema(required = true)]
    pub approved_at: Option<DateTime<Utc>>,
    /// When it was completed.
    #[schema(required = true)]
    pub completed_at: Option<DateTime<Utc>>,
}

/// What became of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoundOutcome {
    /// The client accepted it.
    Approved,
    /// The client asked for changes.
    RevisionsRequested,
    /// The producer took it back.
    Recalled,
}

/// What was handed in once.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SubmissionRound)]
pub struct RoundView {
    /// Its number, from 1.
    pub round: i32,
    /// What has changed, in the producer's words; empty when nothing was said.
    pub summary: String,
    /// Who handed it in, while they are a member.
    #[schema(required = true)]
    pub submitted_by: Option<String>,
    /// When.
    pub submitted_at: DateTime<Utc>,
    /// What became of it; nothing yet, as long as it is looked at.
    #[schema(required = true)]
    pub outcome: Option<RoundOutcome>,
    /// What was said with that.
    #[schema(required = true)]
    pub note: Option<String>,
    /// When that was.
    #[schema(required = true)]
    pub decided_at: Option<DateTime<Utc>>,
}

impl From<SubmissionRow> for SubmissionView {
    fn from(row: SubmissionRow) -> Self {
        Self {
            id: row.id,
            project_id: row.project_id,
            number: row.number,
            state: row.state,
            round: row.round,
            submitted_at: row.submitted_at,
            approved_at: row.approved_at,
            completed_at: row.completed_at,
        }
    }
}

impl From<RoundRow> for RoundView {
    fn from(row: RoundRow) -> Self {
        Self {
            round: row.round,
            summary: row.summary,
            submitted_by: row.submitted_by,
            submitted_at: row.submitted_at,
            outcome: match row.outcome.as_deref() {
                Some("approved") => Some(RoundOutcome::Approved),
                Some("revisions_requested") => Some(RoundOutcome::RevisionsRequested),
                Some("recalled") => Some(RoundOutcome::Recalled),
                _ => None,
            },
            note: row.note,
            decided_at: row.decided_at,
        }
    }
}
