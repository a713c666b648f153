//! Whether what was said is settled, as a table of steps.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::states::{State, Step, stored_as_text};

/// Whether what was said is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum CommentState {
    /// Not yet.
    Open,
    /// It is.
    Resolved,
}

stored_as_text!(CommentState {
    Open = "open",
    Resolved = "resolved",
});

/// open → resolved.
pub const RESOLVE: Step<CommentState> =
    Step { name: "resolve", from: &[CommentState::Open], to: CommentState::Resolved };
/// resolved → open.
pub const REOPEN: Step<CommentState> = Step { name: "reopen", from: &[CommentState::Resolved], to: CommentState::Open };

impl State for CommentState {
    const THING: &'static str = "comment";

    fn as_str(self) -> &'static str {
        self.as_str()
    }

    fn steps() -> &'static [Step<Self>] {
        &[RESOLVE, REOPEN]
    }
}
