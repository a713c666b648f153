//! Settings of the web server.

use serde::Deserialize;

/// The web server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// How many proxies of ours append to `X-Forwarded-For`.
    pub trusted_proxies: usize,
    /// An answer that takes longer is given up.
    pub request_timeout_seconds: u64,
    /// A JSON body that takes longer to arrive is given up; less than `request_timeout_seconds`.
    pub body_timeout_seconds: u64,
    /// A connection whose next request's head takes longer to arrive is closed. It counts from the connection's
    /// beginning or the last answer, so it is the longest pause between two requests, too.
    pub header_timeout_seconds: u64,
    /// Event streams that one person may have open at the same time, in all their sessions together.
    pub streams_per_user: usize,
    /// Event streams that this process serves at the same time; a tenth of them is kept for operators.
    pub streams: usize,
    /// Files that one person may upload at the same time.
    pub uploads_per_user: usize,
    /// Files that this process takes in at the same time, each with a few megabytes of memory; a tenth of them is kept
    /// for operators.
    pub uploads: usize,
    /// Files a person may download at the same time that are written while they are read.
    pub downloads_per_user: usize,
    /// Such files on this process, all people together.
    pub downloads: usize,
    /// How long open requests may take to end after a stop was asked for.
    pub shutdown_seconds: u64,
    /// Bearer token for `/_metrics`; empty means open in development and test, and closed in production.
    pub metrics_token: String,
}
