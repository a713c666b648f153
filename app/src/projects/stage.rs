//! Where a project stands on the board: follows from the states, and is kept nowhere.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::state::{ProjectState, SubmissionState};

/// A stage of the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Nothing has been begun.
    Setup,
    /// The producer works on it.
    InProgress,
    /// The client looks at it.
    Submitted,
    /// The client has asked for changes.
    ClientFeedback,
    /// The client has accepted it, and owes nothing.
    Approved,
    /// The client has accepted it, and has to pay.
    PaymentPending,
    /// Completed and paid.
    Paid,
}

/// What a stage follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The project's state.
    pub project: ProjectState,
    /// The state of the work that was handed in last.
    pub submission: SubmissionState,
    /// Whether a part of the amount is not paid.
    pub is_open: bool,
}

/// The stage; projects that are put away or given up are on no board.
#[must_use]
pub const fn stage(facts: Facts) -> Option<Stage> {
    match (facts.project, facts.submission, facts.is_open) {
        (ProjectState::Archived | ProjectState::Cancelled, ..) => None,
        (ProjectState::Draft | ProjectState::Open, ..) => Some(Stage::Setup),
        (_, SubmissionState::InProgress, _) => Some(Stage::InProgress),
        (_, SubmissionState::ReadyForReview, _) => Some(Stage::Submitted),
        (_, SubmissionState::ClientRevisionsRequested, _) => Some(Stage::ClientFeedback),
        (_, SubmissionState::Approved | SubmissionState::Completed, true) => Some(Stage::PaymentPending),
        (_, SubmissionState::Approved, false) => Some(Stage::Approved),
        (_, SubmissionState::Completed, false) => Some(Stage::Paid),
    }
}

/// All facts from which a stage follows, each as "project submission open" for a query that filters by it.
#[must_use]
pub(super) fn facts_of(wanted: Stage) -> Vec<String> {
    let mut found = Vec::new();
    for &project in ProjectState::ALL {
        for &submission in SubmissionState::ALL {
            for is_open in [false, true] {
                if stage(Facts { project, submission, is_open }) == Some(wanted) {
                    found.push(format!("{} {} {is_open}", project.as_str(), submission.as_str()));
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(project: ProjectState, submission: SubmissionState, is_open: bool) -> Option<Stage> {
        stage(Facts { project, submission, is_open })
    }

    #[test]
    fn before_the_first_work_it_is_setup() {
        for project in [ProjectState::Draft, ProjectState::Open] {
            for is_open in [true, false] {
                assert_eq!(of(project, SubmissionState::InProgress, is_open), Some(Stage::Setup));
            }
        }
    }

    #[test]
    fn while_worked_on_it_follows_the_submission() {
        for (submission, stage) in [
            (SubmissionState::InProgress, Stage::InProgress),
            (SubmissionState::ReadyForReview, Stage::Submitted),
            (SubmissionState::ClientRevisionsRequested, Stage::ClientFeedback),
        ] {
            for is_open in [true, false] {
                assert_eq!(of(ProjectState::InProgress, submission, is_open), Some(stage));
            }
        }
    }

    #[test]
    fn what_is_accepted_is_paid_or_to_be_paid() {
        let working = ProjectState::InProgress;
        assert_eq!(of(working, SubmissionState::Approved, false), Some(Stage::Approved));
        assert_eq!(of(working, SubmissionState::Approved, true), Some(Stage::PaymentPending));
        assert_eq!(of(ProjectState::Completed, SubmissionState::Completed, true), Some(Stage::PaymentPending));
        assert_eq!(of(ProjectState::Completed, SubmissionState::Completed, false), Some(Stage::Paid));
    }

    #[test]
    fn what_is_put_away_is_on_no_board() {
        for project in [ProjectState::Archived, ProjectState::Cancelled] {
            for &submission in SubmissionState::ALL {
                assert_eq!(of(project, submission, true), None);
            }
        }
    }

    #[test]
    fn a_filter_names_the_facts_of_its_stage() {
        assert_eq!(facts_of(Stage::Approved), ["in_progress approved false", "completed approved false"]);
    }
}
