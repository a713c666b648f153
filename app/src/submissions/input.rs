//! What is said with a step.

use serde::Deserialize;
use utoipa::ToSchema;

/// Work that is handed in.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HandIn {
    /// What has changed, up to 4 000 characters.
    pub summary: Option<String>,
}

/// The work is accepted.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Approval {
    /// The round that was looked at.
    pub round: i32,
    /// Up to 4 000 characters.
    pub note: Option<String>,
}

/// The work is to be changed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RevisionRequest {
    /// The round that was looked at.
    pub round: i32,
    /// What is to be changed, up to 4 000 characters.
    #[schema(min_length = 1, max_length = 4000)]
    pub note: String,
}
