//! A deliverable as the owner's API shows it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::queries::DeliverableRow;
use crate::projects::state::DeliverableState;

/// A deliverable.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Deliverable)]
pub struct DeliverableView {
    /// The deliverable.
    pub id: Uuid,
    /// Who gets it.
    pub contact_id: Uuid,
    /// The proposal it was planned in.
    #[schema(required = true)]
    pub proposal_id: Option<Uuid>,
    /// The project it is part of.
    #[schema(required = true)]
    pub project_id: Option<Uuid>,
    /// The milestone of the plan.
    #[schema(required = true)]
    pub milestone_id: Option<Uuid>,
    /// The phase of the plan.
    #[schema(required = true)]
    pub phase_id: Option<Uuid>,
    /// Title.
    pub title: String,
    /// What it is.
    pub description: String,
    /// Category.
    #[schema(required = true)]
    pub category: Option<String>,
    /// How far it is.
    pub status: DeliverableState,
    /// The day on which it is to be there.
    #[schema(required = true)]
    pub due_date: Option<NaiveDate>,
    /// Since when it is there.
    #[schema(required = true)]
    pub completed_at: Option<DateTime<Utc>>,
    /// Notes.
    #[schema(required = true)]
    pub notes: Option<String>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
    /// To be sent back with a change.
    pub version: i32,
}

impl From<DeliverableRow> for DeliverableView {
    fn from(row: DeliverableRow) -> Self {
        Self {
            id: row.id,
            contact_id: row.contact_id,
            proposal_id: row.proposal_id,
            project_id: row.project_id,
            milestone_id: row.milestone_id,
            phase_id: row.phase_id,
            title: row.title,
            description: row.description,
            category: row.category,
            status: row.state,
            due_date: row.due_on,
            completed_at: row.completed_at,
            notes: row.notes,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}
