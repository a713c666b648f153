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
    // the name that rows written by earlier releases wait under: with another one they would be parked for good
    const KIND: &'static str = "accounts.send_invitation";
    const QUEUE: Queue = Queue::Mail;
    const POLICY: Policy = Policy::DEFAULT.priority(Priority::Urgent);
    const DESCRIPTION: &'static str = "Mails an invitation to join a workspace";
}
