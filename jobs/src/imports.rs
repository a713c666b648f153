//! CSV imports: plan the chunks, import each, finish once.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, Policy, Queue, UniqueKey};

/// Reads the stored file once, cuts it into chunks at record boundaries and adds their jobs to the import's batch.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlanImport {
    /// The import.
    pub import_id: Uuid,
}

impl Job for PlanImport {
    const KIND: &'static str = "imports.plan";
    // 2: the batch is there already. 3: the file may be written in any of several ways. A node that does not know that
    // must leave this job to others
    const VERSION: i16 = 3;
    const QUEUE: Queue = Queue::Imports;
    const POLICY: Policy = Policy::DEFAULT.timeout(Duration::from_secs(900));
    const DESCRIPTION: &'static str = "Cuts an uploaded CSV file into chunks";

    fn unique_key(&self) -> Option<UniqueKey> {
        Some(UniqueKey::UntilFinished(self.import_id.to_string()))
    }
}

/// [`PlanImport`] as releases asked for it that opened the batch with the plan. Nobody asks for it any more; rows of it
/// may still wait.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlanImportV1 {
    /// The import.
    pub import_id: Uuid,
}

impl Job for PlanImportV1 {
    const KIND: &'static str = PlanImport::KIND;
    const VERSION: i16 = 1;
    const QUEUE: Queue = PlanImport::QUEUE;
    const POLICY: Policy = PlanImport::POLICY;
    const DESCRIPTION: &'static str = PlanImport::DESCRIPTION;
}

/// [`PlanImport`] as releases asked for it whose files were all UTF-8 with a row of names; it asks for the same.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlanImportV2 {
    /// The import.
    pub import_id: Uuid,
}

impl Job for PlanImportV2 {
    const KIND: &'static str = PlanImport::KIND;
    const VERSION: i16 = 2;
    const QUEUE: Queue = PlanImport::QUEUE;
    const POLICY: Policy = PlanImport::POLICY;
    const DESCRIPTION: &'static str = PlanImport::DESCRIPTION;
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
    // the file may be written in any of several ways: a node that does not know that must leave this job to others
    const VERSION: i16 = 2;
    const QUEUE: Queue = Queue::Imports;
    const DESCRIPTION: &'static str = "Imports one chunk of an uploaded CSV file";
}

/// [`ImportChunk`] as releases asked for it whose files were all UTF-8; it asks for the same.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ImportChunkV1 {
    /// The import.
    pub import_id: Uuid,
    /// Number of the chunk within the import, from 0.
    pub chunk: i32,
}

impl Job for ImportChunkV1 {
    const KIND: &'static str = ImportChunk::KIND;
    const VERSION: i16 = 1;
    const QUEUE: Queue = ImportChunk::QUEUE;
    const DESCRIPTION: &'static str = ImportChunk::DESCRIPTION;
}

/// Closes an import when its last chunk has ended, or the last chunk of undoing it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FinishImport {
    /// The import.
    pub import_id: Uuid,
}

impl Job for FinishImport {
    const KIND: &'static str = "imports.finish";
    // an import may be undone, and suggests merges when it has ended: a node that does not know that must leave this job
    // to others
    const VERSION: i16 = 2;
    const QUEUE: Queue = Queue::Imports;
    const DESCRIPTION: &'static str = "Closes an import, or undoing one, when its last chunk has ended";
}

/// [`FinishImport`] as releases asked for it that could undo nothing; it asks for the same.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FinishImportV1 {
    /// The import.
    pub import_id: Uuid,
}

impl Job for FinishImportV1 {
    const KIND: &'static str = FinishImport::KIND;
    const VERSION: i16 = 1;
    const QUEUE: Queue = FinishImport::QUEUE;
    const DESCRIPTION: &'static str = FinishImport::DESCRIPTION;
}

/// Suggests merges of clients that some chunks of an import have created and others who share a phone number, or name and
/// company; asks for the chunks that follow.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SuggestMerges {
    /// The import.
    pub import_id: Uuid,
    /// The first chunk to look at.
    pub from_chunk: i32,
}

impl Job for SuggestMerges {
    const KIND: &'static str = "imports.suggest_merges";
    // some chunks at a time: a node that would look at all of them must leave this job to others
    const VERSION: i16 = 2;
    const QUEUE: Queue = Queue::Imports;
    const DESCRIPTION: &'static str = "Suggests merges of clients that an import has created";

    fn unique_key(&self) -> Option<UniqueKey> {
        Some(UniqueKey::UntilStarted(self.import_id.to_string()))
    }
}

/// [`SuggestMerges`] as releases asked for it that looked at all chunks at once.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SuggestMergesV1 {
    /// The import.
    pub import_id: Uuid,
}

impl Job for SuggestMergesV1 {
    const KIND: &'static str = SuggestMerges::KIND;
    const VERSION: i16 = 1;
    const QUEUE: Queue = SuggestMerges::QUEUE;
    const DESCRIPTION: &'static str = SuggestMerges::DESCRIPTION;
}

/// Takes back what one chunk did; that and its completion are one transaction.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct UndoChunk {
    /// The import.
    pub import_id: Uuid,
    /// Number of the chunk within the import, from 0.
    pub chunk: i32,
}

impl Job for UndoChunk {
    const KIND: &'static str = "imports.undo_chunk";
    const QUEUE: Queue = Queue::Imports;
    const DESCRIPTION: &'static str = "Takes back what one chunk of an import did";
}

/// Removes files of uploads that were cut off, and files and rejected rows of imports that ended long ago; asks again for
/// the end of imports whose last job was cancelled.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SweepFiles {}

impl Job for SweepFiles {
    const KIND: &'static str = "imports.sweep_files";
    const QUEUE: Queue = Queue::Maintenance;
    const POLICY: Policy = Policy::DEFAULT.attempts(3).timeout(Duration::from_secs(3600));
    const DESCRIPTION: &'static str =
        "Removes files of cut-off uploads and of imports that ended long ago, and ends imports whose last job was lost";
}
