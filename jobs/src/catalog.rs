//! The one list of jobs. A kind that is not here does not exist for consoles, schedules and workers.

use crate::{Job, Policy, Queue, accounts, audit, console, imports, invitations, maintenance};

/// What is known of a kind without its payload.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// `<slice>.<verb>`.
    pub name: &'static str,
    /// The newest version of the payload.
    pub version: i16,
    /// Where it waits.
    pub queue: Queue,
    /// How it is tried.
    pub policy: Policy,
    /// One plain sentence for operators.
    pub description: &'static str,
    /// Argument fields that operators see masked.
    pub masked: &'static [&'static str],
}

impl Kind {
    /// The entry of job `J`.
    #[must_use]
    pub const fn of<J: Job>() -> Self {
        Self {
            name: J::KIND,
            version: J::VERSION,
            queue: J::QUEUE,
            policy: J::POLICY,
            description: J::DESCRIPTION,
            masked: J::MASKED,
        }
    }
}

/// Every job of the product.
pub const KINDS: &[Kind] = &[
    Kind::of::<accounts::SendPasswordReset>(),
    Kind::of::<invitations::SendInvitation>(),
    Kind::of::<imports::PlanImport>(),
    Kind::of::<imports::ImportChunk>(),
    Kind::of::<imports::FinishImport>(),
    Kind::of::<imports::SuggestMerges>(),
    Kind::of::<imports::UndoChunk>(),
    Kind::of::<imports::SweepFiles>(),
    Kind::of::<maintenance::KeepHouse>(),
    Kind::of::<audit::SealAudit>(),
    Kind::of::<audit::VerifyAudit>(),
    Kind::of::<console::ActInBulk>(),
    Kind::of::<console::StepInBulk>(),
];

/// The kind of that name.
#[must_use]
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::KINDS;

    #[test]
    fn names_are_unique_and_say_slice_and_verb() {
        let mut seen = HashSet::new();
        for kind in KINDS {
            assert!(seen.insert(kind.name), "{} stands twice", kind.name);
            assert_eq!(kind.name.split('.').count(), 2, "{}", kind.name);
            assert!(kind.policy.max_attempts > 0, "{}", kind.name);
        }
    }
}
