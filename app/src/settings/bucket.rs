//! Settings of the bucket that files may stand in.

use std::fmt;

use serde::Deserialize;

/// A bucket of S3, or of what speaks like it.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// Its name; empty when files stand in `storage_dir`.
    pub name: String,
    /// Its region.
    pub region: String,
    /// Where it answers, if not at Amazon: `https://s3.example.com`.
    pub endpoint: String,
    /// Who asks. Empty for the rights of the machine or the pod.
    pub access_key_id: String,
    /// Proves who asks.
    pub secret_access_key: String,
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bucket").field("name", &self.name).field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}
