//! How often strangers may try something, and what a try may cost.

use serde::Deserialize;

/// Hashing of passwords.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Passwords {
    /// Hashes computed at the same time; each takes 19 MiB and one core.
    pub concurrent_hashes: usize,
}

/// `burst` attempts at once, then one every `every_seconds`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// Attempts at once.
    pub burst: i32,
    /// Seconds until one more is allowed.
    pub every_seconds: i32,
}

/// How often strangers may try something.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Logins with one email address from one internet address.
    pub login_per_email_and_address: Limit,
    /// Logins with one email address from internet addresses that it was never used from.
    pub login_per_email: Limit,
    /// Logins from one internet address.
    pub login_per_address: Limit,
    /// New accounts from one internet address.
    pub sign_up_per_address: Limit,
    /// Reset mails to one email address.
    pub reset_per_email: Limit,
    /// Reset mails asked for from one internet address.
    pub reset_per_address: Limit,
    /// Tokens (resets, invitations) tried from one internet address.
    pub token_per_address: Limit,
    /// Invitations sent by one workspace.
    pub invite_per_workspace: Limit,
    /// Access codes tried with one portal link.
    pub portal_code_per_link: Limit,
    /// Portal links asked for by one email address, or for one engagement.
    pub portal_link_per_email: Limit,
    /// Portal links asked for from one internet address.
    pub portal_link_per_address: Limit,
    /// Portal links mailed by one workspace.
    pub portal_mail_per_workspace: Limit,
    /// Messages and comments written by one person.
    pub talk_per_person: Limit,
}
