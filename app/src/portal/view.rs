//! An engagement as its client sees it. Postgres puts it together; the shapes here are what the API promises of it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    branding::view::{PortalBrand, Stored},
    tenant::Access,
};

/// The answer of the hydration endpoint.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PortalAnswer {
    /// Always true: errors are problem+json.
    pub success: bool,
    /// The engagement.
    pub portal_data: PortalData,
}

/// What the statement gives.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Hydration {
    pub(crate) portal_data: PortalData,
    pub(crate) more: Option<PortalMore>,
}

/// What is stored of a brand becomes what is shown of it.
fn stored<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<PortalBrand, D::Error> {
    Ok(Stored::deserialize(deserializer)?.into())
}

/// An engagement. Amounts are whole minor units of their `currency`, days are `YYYY-MM-DD`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "each is described at its type")]
pub struct PortalData {
    pub client: PortalClient,
    #[schema(required = true)]
    pub contract: Option<PortalContract>,
    /// In the order of the plan.
    pub deliverables: Vec<PortalDeliverable>,
    pub proposal: PortalProposal,
    /// In the order of the schedule; what was proposed until it is agreed on.
    pub payments: Vec<PortalPayment>,
    pub status: PortalStatus,
}

/// Whom it is for.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub struct PortalClient {
    pub name: String,
    #[schema(required = true)]
    pub company: Option<String>,
    #[schema(required = true)]
    pub contact_email: Option<String>,
    pub contact_id: Uuid,
}

/// What both sides have agreed on.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub struct PortalContract {
    pub contract_id: Uuid,
    /// `draft`, `sent`, `partially_signed`, `active`, `completed`, `declined`, `expired`, `voided` or `terminated`.
    pub status: String,
    #[schema(required = true)]
    pub signed_date: Option<NaiveDate>,
}

/// What the client gets.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub struct PortalDeliverable {
    pub id: Uuid,
    pub title: String,
    /// `pending`, `in-progress`, `completed` or `blocked`.
    pub status: String,
    #[schema(required = true)]
    pub category: Option<String>,
    #[schema(required = true)]
    pub due_date: Option<NaiveDate>,
    #[schema(required = true)]
    pub completed_at: Option<DateTime<Utc>>,
}

/// The plan, in the version that the client was sent.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub struct PortalProposal {
    pub id: Uuid,
    pub purpose: String,
    pub phases: Vec<PortalPhase>,
    pub milestones: Vec<PortalPlanMilestone>,
    /// `draft`, `sent`, `viewed`, `approved`, `active`, `completed`, `declined`, `expired` or `withdrawn`.
    pub status: String,
}

/// A part of the plan.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub struct PortalPhase {
    pub id: Uuid,
    pub title: String,
    pub description: String,
    #[schema(required = true)]
    pub start_date: Option<NaiveDate>,
    #[schema(required = true)]
    pub end_date: Option<NaiveDate>,
}

/// An item of the plan.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub struct PortalPlanMilestone {
    pub id: Uuid,
    #[schema(required = true)]
    pub phase_id: Option<Uuid>,
    pub title: String,
    pub description: String,
    #[schema(required = true)]
    pub category: Option<String>,
    pub amount: i64,
    #[schema(required = true)]
    pub due_date: Option<NaiveDate>,
}

/// A part of the payment schedule.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub struct PortalPayment {
    pub id: Uuid,
    pub amount: i64,
    pub currency: String,
    #[schema(required = true)]
    pub due_date: Option<NaiveDate>,
    /// What makes it due: `date`, `approval`, `milestone` or `completion`.
    pub due: String,
    /// `pending`, `processing`, `paid`, `failed`, `expired`, `not_required` or `manual`.
    pub status: String,
    pub description: String,
}

/// Where it stands.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub struct PortalStatus {
    /// `pending` until it is agreed on, then `in-progress`, or `blocked` when something is or a day has passed; `completed`;
    /// `cancelled` when it was declined, withdrawn or cancelled, or has expired.
    pub overall: String,
    pub completed_deliverables: i64,
    pub total_deliverables: i64,
    /// Its title.
    #[schema(required = true)]
    pub next_milestone: Option<String>,
    #[schema(required = true)]
    pub next_payment: Option<PortalNextPayment>,
}

/// What is to be paid next.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub struct PortalNextPayment {
    pub amount: i64,
    pub currency: String,
    #[schema(required = true)]
    pub due_date: Option<NaiveDate>,
}

/// All that the pages of the portal show.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PortalPage {
    /// What the visitor may do.
    pub access: Access,
    /// Whether it is a member of the workspace who looks at what the client sees.
    pub preview: bool,
    /// As the hydration endpoint gives it.
    pub portal_data: PortalData,
    /// What it does not have.
    pub more: PortalMore,
}

/// What the pages show beyond the hydration endpoint.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub struct PortalMore {
    pub workspace_name: String,
    /// How the workspace looks.
    #[serde(deserialize_with = "stored")]
    pub brand: PortalBrand,
    /// Who reads this.
    pub visitor_name: String,
    pub title: String,
    /// The version of the proposal that is shown: a decision names it.
    pub shown_version: i32,
    /// Whether there was a proposal at all, or only a project.
    pub is_implicit: bool,
    pub total: i64,
    pub currency: String,
    #[schema(required = true)]
    pub valid_until: Option<DateTime<Utc>>,
    #[schema(required = true)]
    pub decided_at: Option<DateTime<Utc>>,
    #[schema(required = true)]
    pub project: Option<PortalProject>,
    /// The work that is handed in, or will be.
    #[schema(required = true)]
    pub submission: Option<PortalSubmission>,
    /// In their order.
    pub milestones: Vec<PortalMilestone>,
    /// What the producer told, newest first, at most 50.
    pub updates: Vec<PortalUpdate>,
    /// What happened, newest first, at most 50; what was said stands in the messages.
    pub events: Vec<PortalEvent>,
    /// Messages that the reader has not read yet, counted up to 100; none for a member who looks.
    pub unread_messages: i64,
}

/// The work.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub struct PortalProject {
    pub id: Uuid,
    pub title: String,
    pub description: String,
    /// `draft`, `open`, `in_progress`, `completed`, `archived` or `cancelled`.
    pub state: String,
    pub amount: i64,
    pub currency: String,
    #[schema(required = true)]
    pub deadline: Option<DateTime<Utc>>,
    #[schema(required = true)]
    pub completed_at: Option<DateTime<Utc>>,
    /// The number of the last event that this page knows of: whoever watches goes on after it.
    pub last_event: i64,
}

/// Work that is handed in.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub struct PortalSubmission {
    pub id: Uuid,
    /// `in_progress`, `ready_for_review`, `client_revisions_requested`, `approved` or `completed`.
    pub state: String,
    pub round: i32,
    /// What has changed in this round, in the producer's words.
    pub summary: String,
    #[schema(required = true)]
    pub submitted_at: Option<DateTime<Utc>>,
}

/// A part of the project with an amount.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub struct PortalMilestone {
    pub id: Uuid,
    pub name: String,
    pub description: String,
    pub amount: i64,
    /// `pending`, `submitted`, `revision`, `approved` or `cancelled`.
    pub state: String,
    /// As a payment's.
    pub payment_status: String,
    #[schema(required = true)]
    pub due_date: Option<NaiveDate>,
    #[schema(required = true)]
    pub approved_at: Option<DateTime<Utc>>,
}

/// How the work goes.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub struct PortalUpdate {
    pub id: Uuid,
    pub title: String,
    pub body: String,
    #[schema(required = true)]
    pub percent: Option<i16>,
    pub at: DateTime<Utc>,
}

/// Something that happened.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub struct PortalEvent {
    pub number: i64,
    pub kind: String,
    pub at: DateTime<Utc>,
    /// `user`, `client` or `job`.
    #[schema(required = true)]
    pub by: Option<String>,
    #[schema(value_type = Object)]
    pub data: Value,
}
