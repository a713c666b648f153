//! Mails about accounts.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, Policy, Priority, Queue};

/// Mails a link with which a user chooses a new password. The token is minted when the mail is sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SendPasswordReset {
    /// Who asked.
    pub user_id: Uuid,
}

impl Job for SendPasswordReset {
    const KIND: &'static str = "accounts.send_password_reset";
    const QUEUE: Queue = Queue::Mail;
    const POLICY: Policy = Policy::DEFAULT.priority(Priority::Urgent);
    const DESCRIPTION: &'static str = "Mails a link with which a user chooses a new password";
}
