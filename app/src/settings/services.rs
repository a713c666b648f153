//! Settings of what the product talks to besides Postgres.

use serde::Deserialize;

/// Redis.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redis {
    /// `redis://host:port`.
    pub url: String,
    /// Begins every key.
    pub namespace: String,
}

/// Outgoing mail.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// `smtp://`, or `smtps://user:password@host:465`.
    pub smtp_url: String,
    /// The sender, `Name <address>`.
    pub from: String,
}

/// Error tracking.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sentry {
    /// Empty means off.
    pub dsn: String,
    /// Version that errors are filed under.
    pub release: String,
}
