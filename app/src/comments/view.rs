//! Comments as the API shows them.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{queries::CommentRow, state::CommentState};
use crate::projects::talk::{Person, Side};

/// Something that was said to a version of a file.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Comment)]
pub struct CommentView {
    /// The id that who wrote it has made.
    pub id: Uuid,
    /// Its place among the version's comments, in the order in which they came.
    pub number: i64,
    /// The comment that it answers.
    #[schema(required = true)]
    pub parent_id: Option<Uuid>,
    /// Where in the recording, in milliseconds from its beginning.
    #[schema(required = true, minimum = 0)]
    pub at_ms: Option<i64>,
    /// What it says.
    pub body: String,
    /// Which side wrote it.
    pub side: Side,
    /// Their name, as long as it is known.
    #[schema(required = true)]
    pub by: Option<String>,
    /// Whether it was whoever asks.
    pub is_mine: bool,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Whether it is settled; answers are settled with what they answer.
    pub state: CommentState,
    /// Since when.
    #[schema(required = true)]
    pub resolved_at: Option<DateTime<Utc>>,
    /// By whom, as long as their name is known.
    #[schema(required = true)]
    pub resolved_by: Option<String>,
}

/// A page of comments.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CommentList {
    /// Oldest first, so that answers come after what they answer.
    pub comments: Vec<CommentView>,
    #[expect(missing_docs, reason = "as in all lists")]
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

impl CommentView {
    pub(super) fn of(row: CommentRow, reader: Person) -> Self {
        let side = Side::of(&row.author_kind);
        Self {
            id: row.id,
            number: row.number,
            parent_id: row.parent_id,
            at_ms: row.at_ms,
            body: row.body,
            side,
            by: row.by,
            is_mine: reader == Person { side, id: row.author_id },
            created_at: row.created_at,
            state: row.state,
            resolved_at: row.resolved_at,
            resolved_by: row.resolved_by,
        }
    }
}
