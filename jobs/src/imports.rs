//! CSV imports: plan the chunks, import each, finish once.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, Policy, Queue, UniqueKey};

/// Reads the stored file once, cuts it into chunks at record boundaries and seals the batch of chunk jobs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlanImport {
    /// The import.
    pub import_id: Uuid,
}

impl Job for PlanImport {
    const KIND: &'static str = "imports.plan";
    const QUEUE: Queue = Queue::Imports;
    const POLICY: Policy = Policy::DEFAULT.timeout(Duration::from_secs(900));
    const DESCRIPTION: &'static str = "Cuts an uploaded CSV file into chunks";

    fn unique_key(&self) -> Option<UniqueKey> {
        Some(UniqueKey::UntilFinished(self.import_id.to_string()))
    }
}

/// Imports one chunk of rows; its rows and its completion are one transaction.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ImportChunk {
    /// The import.
    pub import_id: Uuid,
    /// Number of the chunk within the import, from 0.
    pub chunk: i32,
}

impl Job for ImportChunk {
    const KIND: &'static str = "imports.chunk";
    const QUEUE: Queue = Queue::Imports;
    const DESCRIPTION: &'static str = "Imports one chunk of an uploaded CSV file";
}

/// Closes an import when its last chunk has ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FinishImport {
    /// The import.
    pub import_id: Uuid,
}

impl Job for FinishImport {
    const KIND: &'static str = "imports.finish";
    const QUEUE: Queue = Queue::Imports;
    const DESCRIPTION: &'static str = "Closes an import when its last chunk has ended";
}

/// Removes files of uploads that were cut off, and files and rejected rows of imports that ended long ago.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SweepFiles {}

impl Job for SweepFiles {
    const KIND: &'static str = "imports.sweep_files";
    const QUEUE: Queue = Queue::Maintenance;
    const POLICY: Policy = Policy::DEFAULT.attempts(3).timeout(Duration::from_secs(3600));
    const DESCRIPTION: &'static str = "Removes files of cut-off uploads and of imports that ended long ago";
}
