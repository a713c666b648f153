//! Settings of Redis.

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
