//! A merge as the API shows it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{fields::Field, queries::MergeRow};
use crate::clients::{
    queries::{ClientRow, Fields},
    view::ClientView,
};

/// Where a merge is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = MergeState)]
pub enum State {
    /// Nobody has decided.
    #[default]
    Suggested,
    /// They are two.
    Ignored,
    /// They are one.
    Merged,
    /// They were one for a while.
    Undone,
}

impl State {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Suggested => "suggested",
            Self::Ignored => "ignored",
            Self::Merged => "merged",
            Self::Undone => "undone",
        }
    }
}

/// Two clients who may be one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Merge)]
pub struct MergeView {
    /// The merge.
    pub id: Uuid,
    /// `suggested`, `ignored`, `merged` or `undone`.
    #[schema(value_type = State)]
    pub state: String,
    /// Why they may be one: the same `email`, `phone`, or `name` and company, or a `person` says so.
    #[schema(example = "phone")]
    pub reason: String,
    /// The address that the other client has in the file and could not have here, since the first has it.
    #[schema(required = true)]
    pub email: Option<String>,
    /// The import that suggests it.
    #[schema(required = true)]
    pub import_id: Option<Uuid>,
    /// The one who was here first.
    pub client: ClientView,
    /// The other one.
    pub other: ClientView,
    /// Fields in which they differ.
    pub differing: Vec<Field>,
    /// Who is left, once they are merged.
    #[schema(required = true)]
    pub kept_id: Option<Uuid>,
    /// When it was suggested.
    pub created_at: DateTime<Utc>,
    /// Who decided; null when nobody has, or they have left the workspace.
    #[schema(required = true)]
    pub decided_by: Option<String>,
    /// When somebody decided.
    #[schema(required = true)]
    pub decided_at: Option<DateTime<Utc>>,
}

impl MergeView {
    /// A row with both of its clients.
    #[must_use]
    pub fn of(row: MergeRow, client: ClientRow, other: ClientRow) -> Self {
        let mut second = Fields::from(&other);
        if second.email.is_none() {
            second.email.clone_from(&row.email);
        }
        Self {
            id: row.id,
            state: row.state,
            reason: row.reason,
            email: row.email,
            import_id: row.import_id,
            differing: Field::differing(&Fields::from(&client), &second),
            client: client.into(),
            other: other.into(),
            kept_id: row.kept_id,
            created_at: row.created_at,
            decided_by: row.decided_by_name,
            decided_at: row.decided_at,
        }
    }
}
