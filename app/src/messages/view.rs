//! Messages as the API shows them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::queries::MessageRow;
use crate::projects::talk::{Person, Side};

/// Something that was said.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Message)]
pub struct MessageView {
    /// The id that who wrote it has made.
    pub id: Uuid,
    /// Its place in the project: without a hole, in the order in which messages came.
    pub number: i64,
    /// What it says; may be empty when it has attachments.
    pub body: String,
    /// Which side wrote it.
    pub side: Side,
    /// The user, or the contact.
    pub author_id: Uuid,
    /// Their name, as long as it is known.
    #[schema(required = true)]
    pub by: Option<String>,
    /// Whether it was whoever asks.
    pub is_mine: bool,
    /// When.
    pub created_at: DateTime<Utc>,
    /// What it answers.
    #[schema(required = true)]
    pub parent: Option<MessageParent>,
    /// How many answers it has.
    pub answers: i64,
    /// In the order in which they were attached.
    pub attachments: Vec<MessageAttachment>,
}

/// A message that was answered.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageParent {
    /// Which one.
    pub id: Uuid,
    /// How it begins, up to 200 characters.
    pub excerpt: String,
    /// Who wrote it, as long as their name is known.
    #[schema(required = true)]
    pub by: Option<String>,
}

/// A version of a file that was sent with a message.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageAttachment {
    /// The file.
    pub file_id: Uuid,
    /// The number of the version.
    pub number: i32,
    /// Its name.
    pub filename: String,
    /// In bytes.
    pub size_bytes: i64,
    /// `scanning`, `available` or `quarantined`; `deleted` when its bytes are gone.
    pub state: String,
}

/// How far somebody has read.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageRead {
    /// The user, or the contact.
    pub reader_id: Uuid,
    /// Their side.
    pub side: Side,
    /// Their name, as long as it is known.
    #[schema(required = true)]
    pub by: Option<String>,
    /// The number of the last message they have read.
    pub number: i64,
    /// When they came so far.
    pub at: DateTime<Utc>,
    /// Whether it is whoever asks.
    pub is_me: bool,
}

/// A page of messages.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageList {
    /// Newest first.
    pub messages: Vec<MessageView>,
    #[expect(missing_docs, reason = "as in all lists")]
    #[schema(required = true)]
    pub next_cursor: Option<String>,
    /// Who has read how far.
    pub reads: Vec<MessageRead>,
    /// Messages of others that whoever asks has not read yet, counted up to 100.
    pub unread: i64,
}

impl MessageView {
    pub(super) fn of(row: MessageRow, reader: Person) -> Self {
        let side = Side::of(&row.author_kind);
        Self {
            id: row.id,
            number: row.number,
            body: row.body,
            side,
            author_id: row.author_id,
            by: row.by,
            is_mine: reader == Person { side, id: row.author_id },
            created_at: row.created_at,
            parent: row.parent_id.map(|id| MessageParent {
                id,
                excerpt: row.parent_excerpt.unwrap_or_default(),
                by: row.parent_by,
            }),
            answers: row.answers,
            attachments: row.attachments.0,
        }
    }
}
