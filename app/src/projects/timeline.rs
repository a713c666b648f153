//! What happened in a project, newest first, but for what was said.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::queries::EventRow;

/// Who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum TimelineActor {
    /// A member of the workspace.
    Producer,
    /// Somebody in the portal.
    Client,
    /// Ledgerline itself.
    System,
}

impl From<Option<&str>> for TimelineActor {
    fn from(actor_kind: Option<&str>) -> Self {
        match actor_kind {
            Some("user") => Self::Producer,
            Some("client") => Self::Client,
            _ => Self::System,
        }
    }
}

/// What people say to each other has its own pages, and would bury what happened.
pub(crate) const TALK: [&str; 4] = ["message_posted", "comment_added", "comment_resolved", "comment_reopened"];

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimelineEvent {
    /// Its place in the project, in the order in which things came true. Messages and comments have theirs among them.
    pub number: i64,
    /// What happened, such as `submission_approved`.
    #[schema(example = "submission_approved")]
    pub kind: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Which side did it.
    pub actor: TimelineActor,
    /// Their name, as long as it is known.
    #[schema(required = true)]
    pub by: Option<String>,
    /// What it happened to, such as `milestone`.
    pub subject: String,
    /// Which one.
    pub subject_id: Uuid,
    /// The note that was left with it.
    #[schema(required = true)]
    pub note: Option<String>,
    /// Name of what it happened to.
    #[schema(required = true)]
    pub title: Option<String>,
    /// The round of a submission.
    #[schema(required = true)]
    pub round: Option<i64>,
    /// How much is done, in percent.
    #[schema(required = true)]
    pub percent: Option<i64>,
}

impl From<EventRow> for TimelineEvent {
    fn from(row: EventRow) -> Self {
        let text = |key: &str| row.data[key].as_str().map(str::to_owned);
        Self {
            number: row.number,
            at: row.at,
            actor: row.actor_kind.as_deref().into(),
            note: text("note").or_else(|| text("reason")).or_else(|| text("summary")),
            title: text("title"),
            round: row.data["round"].as_i64(),
            percent: row.data["percent"].as_i64(),
            kind: row.kind,
            by: row.by,
            subject: row.subject_kind,
            subject_id: row.subject_id,
        }
    }
}
