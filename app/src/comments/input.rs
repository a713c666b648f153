//! What people write.

use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::queries::VersionRow;
use crate::{error::Result, input::Checks};

/// Most characters of a comment.
const LONGEST: usize = 4_000;
/// As long as something may last whose length is not known, in milliseconds: a day.
const A_DAY: i64 = 24 * 60 * 60 * 1_000;

/// Something to say to a version of a file.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewComment {
    /// Made by who writes: the same id once more is the same comment, so that it can be sent again without doubling it.
    pub id: Uuid,
    /// Up to 4 000 characters.
    #[schema(min_length = 1, max_length = 4000)]
    pub body: String,
    /// The comment that this one answers; not an answer itself.
    pub parent_id: Option<Uuid>,
    /// Where in the recording, in milliseconds from its beginning; an answer has none.
    #[schema(minimum = 0)]
    pub at_ms: Option<i64>,
}

impl NewComment {
    /// The text.
    ///
    /// # Errors
    /// 422.
    pub(super) fn checked(&self, version: &VersionRow) -> Result<String> {
        let mut checks = Checks::new();
        let body = checks.text("body", "The comment", Some(&self.body), LONGEST).unwrap_or_default();
        if body.is_empty() {
            checks.wrong("body", "required", "Write something.");
        }
        if let Some(at) = self.at_ms {
            if self.parent_id.is_some() {
                checks.wrong("atMs", "of_an_answer", "An answer belongs to the time of what it answers.");
            } else if !(0..=version.duration_ms.unwrap_or(A_DAY)).contains(&at) {
                checks.wrong("atMs", "out_of_range", "The recording has no such time.");
            }
        }
        checks.done()?;
        Ok(body)
    }
}
