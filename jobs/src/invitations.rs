//! Mails about invitations.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, Policy, Priority, Queue};

/// Mails an invitation to join a workspace. The token is minted when the mail is sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SendInvitation {
    /// The invitation.
    pub invitation_id: Uuid,
}

impl Job for SendInvitation {
    const KIND: &'static str = "invitations.send";
    const QUEUE: Queue = Queue::Mail;
    const POLICY: Policy = Policy::DEFAULT.priority(Priority::Urgent);
    const DESCRIPTION: &'static str = "Mails an invitation to join a workspace";
}
