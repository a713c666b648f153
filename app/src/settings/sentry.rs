//! Settings of error tracking.

use serde::Deserialize;

/// Error tracking.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sentry {
    /// Empty means off.
    pub dsn: String,
    /// Version that errors are filed under.
    pub release: String,
}
