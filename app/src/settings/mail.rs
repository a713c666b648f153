//! Settings of outgoing mail.

use serde::Deserialize;

/// Outgoing mail.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// `smtp://`, or `smtps://user:password@host:465`.
    pub smtp_url: String,
    /// The sender, `Name <address>`.
    pub from: String,
}
