//! What people write.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{error::Result, input::Checks};

/// Most characters of a message.
const LONGEST: usize = 10_000;
/// Most files with one message.
const MOST_ATTACHMENTS: usize = 20;

/// Which page of messages.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MessageQuery {
    /// Only this message and its answers.
    pub thread: Option<Uuid>,
    /// `nextCursor` of the page before.
    pub cursor: Option<String>,
    /// Rows on the page, 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
}

/// Something to say.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewMessage {
    /// Made by who writes: the same id once more is the same message, so that it can be sent again without doubling it.
    pub id: Uuid,
    /// Up to 10 000 characters; may be left out when files say it.
    #[serde(default)]
    #[schema(max_length = 10_000)]
    pub body: String,
    /// The message that this one answers; not an answer itself.
    pub parent_id: Option<Uuid>,
    /// Versions of files of the project, each uploaded by the side that writes; at most 20. The other side sees them from
    /// then on.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub attachments: Vec<Uuid>,
}

impl NewMessage {
    /// The text, and the attachments without repetition.
    ///
    /// # Errors
    /// 422.
    pub(super) fn checked(&self) -> Result<(String, Vec<Uuid>)> {
        let mut checks = Checks::new();
        let body = checks.text("body", "The message", Some(&self.body), LONGEST).unwrap_or_default();
        let mut attachments: Vec<Uuid> = Vec::new();
        for id in &self.attachments {
            if !attachments.contains(id) {
                attachments.push(*id);
            }
        }
        if body.is_empty() && attachments.is_empty() {
            checks.wrong("body", "required", "Write something.");
        }
        if attachments.len() > MOST_ATTACHMENTS {
            let message = format!("Send at most {MOST_ATTACHMENTS} files with one message.");
            checks.wrong("attachments", "too_many", message);
        }
        checks.done()?;
        Ok((body, attachments))
    }
}

/// How far somebody has read.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadMark {
    /// The number of the last message that was read.
    #[schema(minimum = 1)]
    pub number: i64,
}
