//! A project as the API shows it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    input::OriginalsOpen,
    queries::ProjectRow,
    stage::Stage,
    state::{ProjectState, SubmissionState},
};

/// Somebody a project is for.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProjectPerson {
    /// The client or contact.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Email address.
    #[schema(required = true)]
    pub email: Option<String>,
}

/// The work that was handed in last, or is going to be.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProjectSubmission {
    /// The submission.
    pub id: Uuid,
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
}

/// Sums of a project, in minor units of its currency.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProjectTotals {
    /// Milestones that are not cancelled.
    pub milestones: i64,
    /// Of them, those that are approved.
    pub milestones_approved: i64,
    /// What the milestones add up to.
    pub milestones_minor: i64,
    /// What the approved ones add up to.
    pub milestones_approved_minor: i64,
    /// What no milestone stands for yet.
    pub unplanned_minor: i64,
    /// Paid.
    pub paid_minor: i64,
    /// Being paid.
    pub in_flight_minor: i64,
    /// Not paid.
    pub open_minor: i64,
    /// Deliverables.
    pub deliverables: i64,
    /// Of them, those that are completed.
    pub deliverables_completed: i64,
}

/// A project.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Project)]
pub struct ProjectView {
    /// The project.
    pub id: Uuid,
    /// Title.
    pub title: String,
    /// What it is about.
    pub description: String,
    /// Such as "Mixing" or "Kitchen".
    #[schema(required = true)]
    pub project_type: Option<String>,
    /// How far it is.
    pub state: ProjectState,
    /// Where it stands on the board; nowhere when it is archived or cancelled.
    #[schema(required = true)]
    pub stage: Option<Stage>,
    /// Since when it stands there.
    pub stage_since: DateTime<Utc>,
    /// Whom it is for.
    pub client: ProjectPerson,
    /// Whom one talks to.
    pub contact: ProjectPerson,
    /// The proposal it belongs to.
    pub proposal_id: Uuid,
    /// Whether that proposal was made with the project, so that nobody has seen it.
    pub is_proposal_implicit: bool,
    /// What it costs, in minor units.
    pub amount_minor: i64,
    /// ISO 4217.
    #[schema(example = "EUR")]
    pub currency: String,
    /// Whether the amount can still be changed.
    pub is_amount_agreed: bool,
    /// When it is to be done.
    #[schema(required = true)]
    pub deadline: Option<DateTime<Utc>>,
    /// How many days it takes.
    #[schema(required = true)]
    pub estimated_days: Option<i32>,
    /// Whether a licence belongs to it.
    pub licence_required: bool,
    /// When the originals may be downloaded.
    pub originals_open: OriginalsOpen,
    /// Whether milestones are paid in their order.
    pub pays_milestones_in_order: bool,
    /// The work that was handed in last, or is going to be.
    pub submission: ProjectSubmission,
    /// Sums.
    pub totals: ProjectTotals,
    /// How much is done by the producer's last word, in percent.
    #[schema(required = true)]
    pub percent: Option<i16>,
    /// When it was completed.
    #[schema(required = true)]
    pub completed_at: Option<DateTime<Utc>>,
    /// When it was archived.
    #[schema(required = true)]
    pub archived_at: Option<DateTime<Utc>>,
    /// When it was cancelled.
    #[schema(required = true)]
    pub cancelled_at: Option<DateTime<Utc>>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
    /// To be sent back with a change.
    pub version: i32,
}

impl From<ProjectRow> for ProjectView {
    fn from(row: ProjectRow) -> Self {
        Self {
            id: row.id,
            stage: row.stage(),
            originals_open: OriginalsOpen::of(&row),
            is_amount_agreed: !row.is_implicit
                || row.is_paying
                || matches!(row.submission_state, SubmissionState::Approved | SubmissionState::Completed),
            totals: ProjectTotals {
                milestones: row.milestones,
                milestones_approved: row.milestones_approved,
                milestones_minor: row.milestones_minor,
                milestones_approved_minor: row.milestones_approved_minor,
                unplanned_minor: row.amount_minor - row.milestones_minor,
                paid_minor: row.paid_minor,
                in_flight_minor: row.in_flight_minor,
                open_minor: row.open_minor(),
                deliverables: row.deliverables,
                deliverables_completed: row.deliverables_completed,
            },
            title: row.title,
            description: row.description,
            project_type: row.project_type,
            state: row.state,
            stage_since: row.stage_since,
            client: ProjectPerson { id: row.client_id, name: row.client_name, email: row.client_email },
            contact: ProjectPerson { id: row.contact_id, name: row.contact_name, email: row.contact_email },
            proposal_id: row.proposal_id,
            is_proposal_implicit: row.is_implicit,
            amount_minor: row.amount_minor,
            currency: row.currency,
            deadline: row.deadline,
            estimated_days: row.estimated_days,
            licence_required: row.licence_required,
            pays_milestones_in_order: row.pays_milestones_in_order,
            submission: ProjectSubmission {
                id: row.submission_id,
                number: row.submission_number,
                state: row.submission_state,
                round: row.submission_round,
                submitted_at: row.submitted_at,
                approved_at: row.approved_at,
            },
            percent: row.percent,
            completed_at: row.completed_at,
            archived_at: row.archived_at,
            cancelled_at: row.cancelled_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}
