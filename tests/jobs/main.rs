//! The job engine's contract, at the level of whoever asks for jobs and whoever operates them.

#![expect(clippy::expect_used, reason = "tests")]

mod batches;
mod effects;
mod life;
mod nodes;
mod operators;
mod rates;
mod recurring;

use std::time::Duration;

use ledgerline_jobs::{Job, Policy, Queue, UniqueKey};
use serde::{Deserialize, Serialize};

/// Does what its handler in the test says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// Which.
    pub n: i64,
}

impl Job for Task {
    const KIND: &'static str = "tests.task";
    const QUEUE: Queue = Queue::Default;
    const POLICY: Policy = Policy::DEFAULT
        .attempts(3)
        .backoff(Duration::from_millis(10), Duration::from_millis(20))
        .grace(Duration::from_secs(5));
    const DESCRIPTION: &'static str = "Does what a test says";
}

/// Unique until it has started.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct UntilStarted {
    /// What it is about.
    pub about: String,
}

impl Job for UntilStarted {
    const KIND: &'static str = "tests.until_started";
    const QUEUE: Queue = Queue::Default;
    const DESCRIPTION: &'static str = "Unique until it has started";

    fn unique_key(&self) -> Option<UniqueKey> {
        Some(UniqueKey::UntilStarted(self.about.clone()))
    }
}

/// Unique until it has finished.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct UntilFinished {
    /// What it is about.
    pub about: String,
}

impl Job for UntilFinished {
    const KIND: &'static str = "tests.until_finished";
    const QUEUE: Queue = Queue::Default;
    const POLICY: Policy = Policy::DEFAULT.attempts(1);
    const DESCRIPTION: &'static str = "Unique until it has finished";

    fn unique_key(&self) -> Option<UniqueKey> {
        Some(UniqueKey::UntilFinished(self.about.clone()))
    }
}
