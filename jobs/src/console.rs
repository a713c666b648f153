//! What operators do to many jobs at once is done by jobs: it survives any kill and can be stopped.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, Policy, Priority, Queue};

/// Acts on the jobs of a bulk action that stand at these places and have no result yet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ActInBulk {
    /// The bulk action.
    pub bulk_id: Uuid,
    /// First place.
    pub first: i32,
    /// Last place.
    pub last: i32,
}

impl Job for ActInBulk {
    const KIND: &'static str = "console.act_in_bulk";
    const QUEUE: Queue = Queue::Critical;
    const POLICY: Policy = Policy::DEFAULT.priority(Priority::Low);
    const DESCRIPTION: &'static str = "Retries, cancels or deletes some jobs of an operator's bulk action";
}

/// Which part of a bulk action has been acted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The first few, to see whether it goes well.
    Canary,
    /// All others.
    Rest,
}

/// Looks how a part of a bulk action went, and goes on, waits for the operator, or ends it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StepInBulk {
    /// The bulk action.
    pub bulk_id: Uuid,
    /// The part that was acted on.
    pub part: Part,
}

impl Job for StepInBulk {
    const KIND: &'static str = "console.step_in_bulk";
    const QUEUE: Queue = Queue::Critical;
    const POLICY: Policy = Policy::DEFAULT.priority(Priority::Low);
    const DESCRIPTION: &'static str = "Watches the canary of an operator's bulk action, and ends the action";
}
