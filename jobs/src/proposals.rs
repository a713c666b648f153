//! What happens to proposals by themselves.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, Policy, Queue};

/// Ends a proposal that was not decided in time. Asked for whenever a time is set; one that has time by then is left alone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ExpireProposal {
    /// The proposal.
    pub proposal_id: Uuid,
}

impl Job for ExpireProposal {
    const KIND: &'static str = "proposals.expire";
    const QUEUE: Queue = Queue::Default;
    const POLICY: Policy = Policy::DEFAULT;
    const DESCRIPTION: &'static str = "Ends a proposal that was not decided in time";
}
