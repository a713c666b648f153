//! A proposal as the API shows it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    plan::Plan,
    queries::{ProposalRow, plan::VersionRow},
    state::ProposalState,
};

/// A proposal in a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ProposalSummary)]
pub struct ProposalSummary {
    /// The proposal.
    pub id: Uuid,
    /// The client it is for.
    pub client_id: Uuid,
    /// Its name.
    pub client_name: String,
    /// The contact it goes to.
    pub contact_id: Uuid,
    /// Their name.
    pub contact_name: String,
    /// Their address.
    #[schema(required = true)]
    pub contact_email: Option<String>,
    /// Title, as the client has it once it was sent.
    pub title: String,
    /// How far it is.
    pub state: ProposalState,
    /// Whether it only stands for a project that was made without one.
    pub is_implicit: bool,
    /// ISO 4217.
    #[schema(example = "EUR")]
    pub currency: String,
    /// The price, in minor units, as the current version has it.
    pub total_minor: i64,
    /// The version that is being written, or was sent last.
    pub current_version: i32,
    /// The version that the client has.
    #[schema(required = true)]
    pub sent_version: Option<i32>,
    /// Until when the client can decide.
    #[schema(required = true)]
    pub valid_until: Option<DateTime<Utc>>,
    /// When it was sent last.
    #[schema(required = true)]
    pub sent_at: Option<DateTime<Utc>>,
    /// When the client looked at that version first.
    #[schema(required = true)]
    pub viewed_at: Option<DateTime<Utc>>,
    /// When the client decided.
    #[schema(required = true)]
    pub decided_at: Option<DateTime<Utc>>,
    /// What was said with the decision.
    #[schema(required = true)]
    pub decision_note: Option<String>,
    /// Its project, once it was approved.
    #[schema(required = true)]
    pub project_id: Option<Uuid>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
    /// To be sent back with a change.
    pub version: i32,
}

impl From<ProposalRow> for ProposalSummary {
    fn from(row: ProposalRow) -> Self {
        Self {
            id: row.id,
            client_id: row.client_id,
            client_name: row.client_name,
            contact_id: row.contact_id,
            contact_name: row.contact_name,
            contact_email: row.contact_email,
            title: row.title,
            state: row.state,
            is_implicit: row.is_implicit,
            currency: row.currency,
            total_minor: row.total_minor,
            current_version: row.current_version,
            sent_version: row.sent_version,
            valid_until: row.valid_until,
            sent_at: row.sent_at,
            viewed_at: row.viewed_at,
            decided_at: row.decided_at,
            decision_note: row.decision_note,
            project_id: row.project_id,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}

/// A version of a proposal.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ProposalVersion)]
pub struct VersionView {
    /// Its number.
    pub version: i32,
    /// Its price, in minor units.
    pub total_minor: i64,
    /// When it was sent; a version that was not is being written.
    #[schema(required = true)]
    pub sent_at: Option<DateTime<Utc>>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
}

/// A proposal with what one of its versions says.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Proposal)]
pub struct ProposalView {
    /// The proposal.
    #[serde(flatten)]
    pub summary: ProposalSummary,
    /// The version that `planTitle` and `plan` are of.
    pub plan_version: i32,
    /// Title of that version.
    pub plan_title: String,
    /// What that version says.
    pub plan: Plan,
    /// Sum of its milestones, in minor units.
    pub milestones_minor: i64,
    /// Sum of its payments, in minor units.
    pub instalments_minor: i64,
    /// All versions, newest first; the newest 200.
    pub versions: Vec<VersionView>,
}

impl ProposalView {
    pub(super) fn new(row: ProposalRow, version: i32, plan: Plan, versions: Vec<VersionRow>) -> Self {
        let title = versions.iter().find(|each| each.version == version).and_then(|each| each.title.clone());
        Self {
            plan_version: version,
            plan_title: title.unwrap_or_else(|| row.title.clone()),
            milestones_minor: plan.milestones_minor(),
            instalments_minor: plan.instalments_minor(),
            plan,
            versions: versions
                .into_iter()
                .map(|each| VersionView {
                    version: each.version,
                    total_minor: each.total_minor,
                    sent_at: each.sent_at,
                    created_at: each.created_at,
                })
                .collect(),
            summary: row.into(),
        }
    }
}
