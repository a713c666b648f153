//! The states of projects and of what belongs to them, and every step between them. Nothing else changes a state.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::states::{State, Step, stored_as_text};

/// How far a project is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProjectState {
    /// Being prepared.
    Draft,
    /// Ready to begin.
    Open,
    /// Work has begun.
    InProgress,
    /// The work is done and accepted.
    Completed,
    /// Put away.
    Archived,
    /// Given up.
    Cancelled,
}

stored_as_text!(ProjectState {
    Draft = "draft",
    Open = "open",
    InProgress = "in_progress",
    Completed = "completed",
    Archived = "archived",
    Cancelled = "cancelled",
});

impl ProjectState {
    /// States in which what belongs to it can be planned and changed.
    pub const PLANNED: &'static [Self] = &[Self::Draft, Self::Open, Self::InProgress];
    /// States in which work can be handed in and decided on.
    pub const WORKED_ON: &'static [Self] = &[Self::Open, Self::InProgress];
}

/// draft → open.
pub const OPEN: Step<ProjectState> = Step { name: "open", from: &[ProjectState::Draft], to: ProjectState::Open };
/// open → in_progress, with the first work.
pub const START: Step<ProjectState> = Step { name: "start", from: &[ProjectState::Open], to: ProjectState::InProgress };
/// in_progress → completed, with its submission.
pub const COMPLETE: Step<ProjectState> =
    Step { name: "complete", from: &[ProjectState::InProgress], to: ProjectState::Completed };
/// completed → archived.
pub const ARCHIVE: Step<ProjectState> =
    Step { name: "archive", from: &[ProjectState::Completed], to: ProjectState::Archived };
/// archived → completed.
pub const UNARCHIVE: Step<ProjectState> =
    Step { name: "unarchive", from: &[ProjectState::Archived], to: ProjectState::Completed };
/// any → cancelled.
pub const CANCEL: Step<ProjectState> = Step {
    name: "cancel",
    from: &[
        ProjectState::Draft,
        ProjectState::Open,
        ProjectState::InProgress,
        ProjectState::Completed,
        ProjectState::Archived,
    ],
    to: ProjectState::Cancelled,
};

impl State for ProjectState {
    const THING: &'static str = "project";

    fn as_str(self) -> &'static str {
        self.as_str()
    }

    fn steps() -> &'static [Step<Self>] {
        &[OPEN, START, COMPLETE, ARCHIVE, UNARCHIVE, CANCEL]
    }
}

/// How far the work that is handed in is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SubmissionState {
    /// The producer works on it.
    InProgress,
    /// The client looks at it.
    ReadyForReview,
    /// The client has asked for changes.
    ClientRevisionsRequested,
    /// The client has accepted it.
    Approved,
    /// Done.
    Completed,
}

stored_as_text!(SubmissionState {
    InProgress = "in_progress",
    ReadyForReview = "ready_for_review",
    ClientRevisionsRequested = "client_revisions_requested",
    Approved = "approved",
    Completed = "completed",
});

/// in_progress | client_revisions_requested → ready_for_review.
pub const SUBMIT: Step<SubmissionState> = Step {
    name: "submit",
    from: &[SubmissionState::InProgress, SubmissionState::ClientRevisionsRequested],
    to: SubmissionState::ReadyForReview,
};
/// ready_for_review → in_progress.
pub const RECALL: Step<SubmissionState> =
    Step { name: "recall", from: &[SubmissionState::ReadyForReview], to: SubmissionState::InProgress };
/// ready_for_review → approved.
pub const APPROVE: Step<SubmissionState> =
    Step { name: "approve", from: &[SubmissionState::ReadyForReview], to: SubmissionState::Approved };
/// ready_for_review → client_revisions_requested.
pub const REQUEST_REVISIONS: Step<SubmissionState> = Step {
    name: "request-revisions",
    from: &[SubmissionState::ReadyForReview],
    to: SubmissionState::ClientRevisionsRequested,
};
/// approved → ready_for_review, as long as nothing is paid.
pub const REVERT_APPROVAL: Step<SubmissionState> =
    Step { name: "revert-approval", from: &[SubmissionState::Approved], to: SubmissionState::ReadyForReview };
/// approved → completed.
pub const COMPLETE_SUBMISSION: Step<SubmissionState> =
    Step { name: "complete", from: &[SubmissionState::Approved], to: SubmissionState::Completed };

impl State for SubmissionState {
    const THING: &'static str = "submission";

    fn as_str(self) -> &'static str {
        self.as_str()
    }

    fn steps() -> &'static [Step<Self>] {
        &[SUBMIT, RECALL, APPROVE, REQUEST_REVISIONS, REVERT_APPROVAL, COMPLETE_SUBMISSION]
    }
}

/// How far a milestone is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MilestoneState {
    /// Not handed in.
    Pending,
    /// The client looks at it.
    Submitted,
    /// The client has asked for changes.
    Revision,
    /// The client has accepted it.
    Approved,
    /// Given up.
    Cancelled,
}

stored_as_text!(MilestoneState {
    Pending = "pending",
    Submitted = "submitted",
    Revision = "revision",
    Approved = "approved",
    Cancelled = "cancelled",
});

impl MilestoneState {
    /// States in which its name and amount can be changed: nobody decides on it meanwhile.
    pub const EDITED: &'static [Self] = &[Self::Pending, Self::Revision];
}

/// pending → submitted.
pub const SUBMIT_MILESTONE: Step<MilestoneState> =
    Step { name: "submit", from: &[MilestoneState::Pending], to: MilestoneState::Submitted };
/// submitted → approved.
pub const APPROVE_MILESTONE: Step<MilestoneState> =
    Step { name: "approve", from: &[MilestoneState::Submitted], to: MilestoneState::Approved };
/// submitted → revision.
pub const REQUEST_REVISION: Step<MilestoneState> =
    Step { name: "request-revision", from: &[MilestoneState::Submitted], to: MilestoneState::Revision };
/// revision → pending.
pub const RESUME_MILESTONE: Step<MilestoneState> =
    Step { name: "resume", from: &[MilestoneState::Revision], to: MilestoneState::Pending };
/// pending | submitted → cancelled.
pub const CANCEL_MILESTONE: Step<MilestoneState> =
    Step { name: "cancel", from: &[MilestoneState::Pending, MilestoneState::Submitted], to: MilestoneState::Cancelled };

impl State for MilestoneState {
    const THING: &'static str = "milestone";

    fn as_str(self) -> &'static str {
        self.as_str()
    }

    fn steps() -> &'static [Step<Self>] {
        &[SUBMIT_MILESTONE, APPROVE_MILESTONE, REQUEST_REVISION, RESUME_MILESTONE, CANCEL_MILESTONE]
    }
}

/// How far a deliverable is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DeliverableState {
    /// Not begun.
    #[default]
    Pending,
    /// Being made.
    InProgress,
    /// There.
    Completed,
    /// Something is in the way.
    Blocked,
}

stored_as_text!(DeliverableState {
    Pending = "pending",
    InProgress = "in-progress",
    Completed = "completed",
    Blocked = "blocked",
});

impl DeliverableState {
    /// The step that ends here.
    #[must_use]
    pub const fn step_to(self) -> Step<Self> {
        match self {
            Self::Pending => Step { name: "pending", from: &[Self::InProgress, Self::Blocked], to: self },
            Self::InProgress => {
                Step { name: "in-progress", from: &[Self::Pending, Self::Blocked, Self::Completed], to: self }
            }
            Self::Completed => {
                Step { name: "completed", from: &[Self::Pending, Self::InProgress, Self::Blocked], to: self }
            }
            Self::Blocked => Step { name: "blocked", from: &[Self::Pending, Self::InProgress], to: self },
        }
    }
}

impl State for DeliverableState {
    const THING: &'static str = "deliverable";

    fn as_str(self) -> &'static str {
        self.as_str()
    }

    fn steps() -> &'static [Step<Self>] {
        const STEPS: [Step<DeliverableState>; 4] = [
            DeliverableState::Pending.step_to(),
            DeliverableState::InProgress.step_to(),
            DeliverableState::Completed.step_to(),
            DeliverableState::Blocked.step_to(),
        ];
        &STEPS
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Every step as "from > to", against the table as the design words it.
    fn assert_table<S: State>(rows: &[&str]) {
        let steps: BTreeSet<String> = S::steps()
            .iter()
            .flat_map(|step| step.from.iter().map(|from| format!("{} > {}", from.as_str(), step.to.as_str())))
            .collect();
        assert_eq!(steps, rows.iter().map(|row| (*row).to_owned()).collect());
    }

    #[test]
    fn projects() {
        assert_table::<ProjectState>(&[
            "draft > open",
            "open > in_progress",
            "in_progress > completed",
            "completed > archived",
            "archived > completed",
            "draft > cancelled",
            "open > cancelled",
            "in_progress > cancelled",
            "completed > cancelled",
            "archived > cancelled",
        ]);
    }

    #[test]
    fn submissions() {
        assert_table::<SubmissionState>(&[
            "in_progress > ready_for_review",
            "ready_for_review > approved",
            "approved > completed",
            "ready_for_review > client_revisions_requested",
            "client_revisions_requested > ready_for_review",
            "ready_for_review > in_progress",
            "approved > ready_for_review",
        ]);
    }

    #[test]
    fn milestones() {
        assert_table::<MilestoneState>(&[
            "pending > submitted",
            "submitted > approved",
            "submitted > revision",
            "revision > pending",
            "pending > cancelled",
            "submitted > cancelled",
        ]);
    }

    #[test]
    fn deliverables() {
        assert_table::<DeliverableState>(&[
            "pending > in-progress",
            "pending > blocked",
            "pending > completed",
            "in-progress > pending",
            "in-progress > blocked",
            "in-progress > completed",
            "blocked > pending",
            "blocked > in-progress",
            "blocked > completed",
            "completed > in-progress",
        ]);
    }

    #[test]
    fn a_refusal_says_what_is_possible() {
        let refused = APPROVE.refused(SubmissionState::InProgress);
        assert_eq!(refused.code, "wrong_state");
        assert_eq!(
            refused.detail,
            "The submission is `in_progress`; `approve` needs it to be `ready_for_review`. Possible now: submit."
        );
        assert!(OPEN.refused(ProjectState::Cancelled).detail.ends_with("Possible now: nothing."));
    }
}
