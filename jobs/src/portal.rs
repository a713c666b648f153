//! Mails to clients about the portal.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, Policy, Priority, Queue};

/// Mails a contact the link to an engagement. The token is minted when the mail is sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SendPortalLink {
    /// The link.
    pub link_id: Uuid,
}

impl Job for SendPortalLink {
    const KIND: &'static str = "portal.send_link";
    const QUEUE: Queue = Queue::Mail;
    const POLICY: Policy = Policy::DEFAULT.priority(Priority::Urgent);
    const DESCRIPTION: &'static str = "Mails a client the link to the portal";
}

/// Mails a contact the code with which they open an account. The code is minted when the mail is sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SendAccountCode {
    /// The link through which they asked.
    pub link_id: Uuid,
}

impl Job for SendAccountCode {
    const KIND: &'static str = "portal.send_account_code";
    const QUEUE: Queue = Queue::Mail;
    const POLICY: Policy = Policy::DEFAULT.priority(Priority::Urgent);
    const DESCRIPTION: &'static str = "Mails a client the code for opening an account";
}
