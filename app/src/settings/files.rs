//! Settings of files.

use serde::Deserialize;

/// Files of projects.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Files {
    /// Where clamd answers: `tcp://host:3310`, or `unix:/run/clamav/clamd.ctl`.
    pub clamd: String,
    /// The largest file that is sent to the scanner, in megabytes; no more than clamd's `StreamMaxLength`. Larger sound and
    /// pictures can be had unscanned, other files cannot.
    pub scan_limit_mb: u64,
    /// The largest file that a preview is made of, in megabytes.
    pub media_limit_mb: u64,
    /// The program that reads and writes sound and pictures.
    pub ffmpeg: String,
    /// The program that says what is in them.
    pub ffprobe: String,
}

impl Files {
    /// In bytes.
    #[must_use]
    pub const fn scan_limit(&self) -> u64 {
        self.scan_limit_mb * 1024 * 1024
    }

    /// In bytes.
    #[must_use]
    pub const fn media_limit(&self) -> u64 {
        self.media_limit_mb * 1024 * 1024
    }

    /// Host and port.
    #[must_use]
    pub fn clamd_host(&self) -> &str {
        self.clamd.strip_prefix("tcp://").unwrap_or(&self.clamd)
    }
}
