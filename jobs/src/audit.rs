//! The audit log is sealed and checked by jobs, so that whoever writes it waits for nobody.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Job, Policy, Queue, UniqueKey};

/// Seals what was written to the audit log since the last time.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SealAudit {}

impl Job for SealAudit {
    const KIND: &'static str = "audit.seal";
    const QUEUE: Queue = Queue::Maintenance;
    const POLICY: Policy = Policy::DEFAULT.attempts(3);
    const DESCRIPTION: &'static str = "Seals new entries of the audit log into its chain of hashes";
}

/// Seals what is new, then computes every seal anew and keeps what was found.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct VerifyAudit {}

impl Job for VerifyAudit {
    const KIND: &'static str = "audit.verify";
    const QUEUE: Queue = Queue::Maintenance;
    const POLICY: Policy = Policy::DEFAULT.attempts(3).timeout(Duration::from_secs(3600));
    const DESCRIPTION: &'static str = "Checks that no sealed entry of the audit log was changed or taken away";

    fn unique_key(&self) -> Option<UniqueKey> {
        Some(UniqueKey::UntilFinished("all".to_owned()))
    }
}
