//! A milestone as the API shows it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::queries::MilestoneRow;
use crate::projects::state::MilestoneState;

/// How far the payment of something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// Not begun.
    Pending,
    /// On its way.
    Processing,
    /// There.
    Paid,
    /// It did not work.
    Failed,
    /// Given up on the way.
    Expired,
    /// Nothing is to be paid.
    NotRequired,
    /// Paid outside of the platform.
    Manual,
}

impl PaymentStatus {
    fn of(stored: &str) -> Self {
        match stored {
            "processing" => Self::Processing,
            "paid" => Self::Paid,
            "failed" => Self::Failed,
            "expired" => Self::Expired,
            "not_required" => Self::NotRequired,
            "manual" => Self::Manual,
            _ => Self::Pending,
        }
    }
}

/// A milestone.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Milestone)]
pub struct MilestoneView {
    /// The milestone.
    pub id: Uuid,
    /// Its project.
    pub project_id: Uuid,
    /// The item of the proposal's plan that it was made of.
    #[schema(required = true)]
    pub plan_milestone_id: Option<Uuid>,
    /// Name.
    pub name: String,
    /// What belongs to it.
    pub description: String,
    /// Its part of the project's amount, in minor units.
    pub amount_minor: i64,
    /// ISO 4217: the project's.
    #[schema(example = "EUR")]
    pub currency: String,
    /// Its place.
    pub sort_order: i32,
    /// How far it is.
    pub state: MilestoneState,
    /// How far its payment is.
    pub payment_status: PaymentStatus,
    /// The day on which it is to be done.
    #[schema(required = true)]
    pub due_on: Option<NaiveDate>,
    /// What the client wanted changed last.
    #[schema(required = true)]
    pub note: Option<String>,
    /// When the client accepted it.
    #[schema(required = true)]
    pub approved_at: Option<DateTime<Utc>>,
    /// Whether a payment that was agreed on is due with it, so that its amount stands.
    pub is_in_schedule: bool,
    /// To be sent back with a change.
    pub version: i32,
}

impl From<MilestoneRow> for MilestoneView {
    fn from(row: MilestoneRow) -> Self {
        Self {
            id: row.id,
            project_id: row.project_id,
            plan_milestone_id: row.plan_milestone_id,
            name: row.name,
            description: row.description,
            amount_minor: row.amount_minor,
            currency: row.currency,
            sort_order: row.sort_order,
            state: row.state,
            payment_status: PaymentStatus::of(&row.payment_status),
            due_on: row.due_on,
            note: row.note,
            approved_at: row.approved_at,
            is_in_schedule: row.is_in_schedule,
            version: row.version,
        }
    }
}
