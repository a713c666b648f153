//! What a proposal may consist of.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::plan::Plan;
use crate::{
    clients::input::is_money,
    contacts::upsert::NewContact,
    input::{Checks, kept, patch},
};

/// A new proposal for a contact: a known one by `contactId`, or any by `contact`, who is found or added.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewProposal {
    /// Title, up to 255 characters.
    #[schema(min_length = 1, max_length = 255)]
    pub title: String,
    /// The contact, when known.
    pub contact_id: Option<Uuid>,
    /// The contact, when perhaps not known.
    pub contact: Option<NewContact>,
    /// ISO 4217.
    #[schema(example = "EUR")]
    pub currency: String,
    /// Until when the client can decide once it is sent.
    pub valid_until: Option<DateTime<Utc>>,
    /// What is proposed; nothing yet unless given.
    pub plan: Option<Plan>,
}

/// A change: fields that are left out stay as they are. Once a proposal was sent, a change of title or plan begins its
/// next version, and contact and currency stay.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProposalChange {
    /// The version of the row that was read.
    pub version: i32,
    /// Title.
    #[serde(default, deserialize_with = "kept")]
    #[schema(value_type = String, required = false)]
    pub title: Option<String>,
    /// The contact.
    #[serde(default, deserialize_with = "kept")]
    #[schema(value_type = Uuid, required = false)]
    pub contact_id: Option<Uuid>,
    /// ISO 4217.
    #[serde(default, deserialize_with = "kept")]
    #[schema(value_type = String, required = false, example = "EUR")]
    pub currency: Option<String>,
    /// Until when the client can decide.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<DateTime<Utc>>)]
    pub valid_until: Option<Option<DateTime<Utc>>>,
    /// What is proposed, in place of what was.
    #[serde(default, deserialize_with = "kept")]
    #[schema(value_type = Plan, required = false)]
    pub plan: Option<Plan>,
}

/// Sends a proposal.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Sending {
    /// The version of the row that was read.
    pub version: i32,
}

/// What the client has decided.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = ProposalDecision)]
pub struct Decision {
    /// The version of the proposal that it is about, as it was sent.
    pub sent_version: i32,
    /// How the client said so, up to 4000 characters.
    #[schema(min_length = 1, max_length = 4000)]
    pub note: String,
}

/// The currency, checked.
pub(super) fn currency(checks: &mut Checks, code: &str) -> String {
    let code = code.trim().to_uppercase();
    if !is_money(&code) {
        checks.wrong("currency", "unknown", "Use the three letters of a currency of today, such as EUR.");
    }
    code
}
