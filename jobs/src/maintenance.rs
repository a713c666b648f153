//! Housekeeping of the platform.

use serde::{Deserialize, Serialize};

use crate::{Job, Policy, Queue};

/// Makes tomorrow's partitions, drops what is past retention, ends expired sessions and tokens.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct KeepHouse {}

impl Job for KeepHouse {
    const KIND: &'static str = "maintenance.keep_house";
    const QUEUE: Queue = Queue::Maintenance;
    const POLICY: Policy = Policy::DEFAULT.attempts(3);
    const DESCRIPTION: &'static str =
        "Makes partitions, drops what is past retention, ends expired sessions and tokens";
}
