//! The states of a proposal and every step between them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::states::{State, Step, stored_as_text};

/// How far a proposal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProposalState {
    /// Being written.
    Draft,
    /// The client has it.
    Sent,
    /// The client has looked at it.
    Viewed,
    /// The client has accepted it; its project is there.
    Approved,
    /// Work has begun.
    Active,
    /// All is done.
    Completed,
    /// The client has refused it.
    Declined,
    /// Nobody decided in time.
    Expired,
    /// Taken back.
    Withdrawn,
}

stored_as_text!(ProposalState {
    Draft = "draft",
    Sent = "sent",
    Viewed = "viewed",
    Approved = "approved",
    Active = "active",
    Completed = "completed",
    Declined = "declined",
    Expired = "expired",
    Withdrawn = "withdrawn",
});

impl ProposalState {
    /// States in which it can be changed.
    pub const EDITED: &'static [Self] = &[Self::Draft, Self::Sent, Self::Viewed];
    /// States in which the client can decide.
    pub const OPEN: &'static [Self] = &[Self::Sent, Self::Viewed];
}

/// draft → sent, and a newer version in place of the one that was sent.
pub const SEND: Step<ProposalState> = Step { name: "send", from: ProposalState::EDITED, to: ProposalState::Sent };
/// sent → viewed.
pub const VIEW: Step<ProposalState> = Step { name: "view", from: &[ProposalState::Sent], to: ProposalState::Viewed };
/// sent | viewed → approved.
pub const APPROVE: Step<ProposalState> =
    Step { name: "approve", from: ProposalState::OPEN, to: ProposalState::Approved };
/// sent | viewed → declined.
pub const DECLINE: Step<ProposalState> =
    Step { name: "decline", from: ProposalState::OPEN, to: ProposalState::Declined };
/// sent | viewed → expired.
pub const EXPIRE: Step<ProposalState> = Step { name: "expire", from: ProposalState::OPEN, to: ProposalState::Expired };
/// draft | sent | viewed → withdrawn.
pub const WITHDRAW: Step<ProposalState> =
    Step { name: "withdraw", from: ProposalState::EDITED, to: ProposalState::Withdrawn };
/// approved → active, with the first work.
pub const BEGIN: Step<ProposalState> =
    Step { name: "begin", from: &[ProposalState::Approved], to: ProposalState::Active };
/// active → completed, with its project.
pub const COMPLETE: Step<ProposalState> =
    Step { name: "complete", from: &[ProposalState::Active], to: ProposalState::Completed };

impl State for ProposalState {
    const THING: &'static str = "proposal";

    fn as_str(self) -> &'static str {
        self.as_str()
    }

    fn steps() -> &'static [Step<Self>] {
        &[SEND, VIEW, APPROVE, DECLINE, EXPIRE, WITHDRAW, BEGIN, COMPLETE]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_steps_are_those_of_the_table() {
        let steps: BTreeSet<String> = ProposalState::steps()
            .iter()
            .flat_map(|step| step.from.iter().map(|from| format!("{} > {}", from.as_str(), step.to.as_str())))
            .collect();
        let table = [
            "draft > sent",
            // a newer version takes the place of the one that was sent
            "sent > sent",
            "viewed > sent",
            "sent > viewed",
            "sent > approved",
            "viewed > approved",
            "approved > active",
            "active > completed",
            "sent > declined",
            "viewed > declined",
            "sent > expired",
            "viewed > expired",
            "draft > withdrawn",
            "sent > withdrawn",
            "viewed > withdrawn",
        ];
        assert_eq!(steps, table.map(str::to_owned).into());
    }
}
