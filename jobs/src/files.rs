//! Files of projects: join and scan what has arrived, make previews, remove what nobody needs.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, Policy, Queue, UniqueKey};

/// Joins the pieces of an upload, hashes and scans them. Nobody gets the file before.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReceiveFile {
    /// The version of a file.
    pub version_id: Uuid,
}

impl Job for ReceiveFile {
    const KIND: &'static str = "files.receive";
    const QUEUE: Queue = Queue::Default;
    const POLICY: Policy = Policy::DEFAULT.timeout(Duration::from_secs(3600));
    const DESCRIPTION: &'static str = "Joins an uploaded file and checks it for viruses";

    fn unique_key(&self) -> Option<UniqueKey> {
        Some(UniqueKey::UntilFinished(self.version_id.to_string()))
    }
}

/// Makes peaks, a still and a preview of sound and pictures.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ProcessMedia {
    /// The version of a file.
    pub version_id: Uuid,
}

impl Job for ProcessMedia {
    const KIND: &'static str = "files.process_media";
    const QUEUE: Queue = Queue::Media;
    const POLICY: Policy = Policy::DEFAULT.attempts(5).timeout(Duration::from_secs(4 * 3600));
    const DESCRIPTION: &'static str = "Makes a preview and a waveform of sound and pictures";

    fn unique_key(&self) -> Option<UniqueKey> {
        Some(UniqueKey::UntilFinished(self.version_id.to_string()))
    }
}

/// Removes uploads that nobody goes on with.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SweepUploads {}

impl Job for SweepUploads {
    const KIND: &'static str = "files.sweep_uploads";
    const QUEUE: Queue = Queue::Maintenance;
    const POLICY: Policy = Policy::DEFAULT.timeout(Duration::from_secs(900));
    const DESCRIPTION: &'static str = "Removes uploads that were never finished";

    fn unique_key(&self) -> Option<UniqueKey> {
        Some(UniqueKey::UntilStarted("all".to_owned()))
    }
}

/// Removes the bytes of files that were deleted some time ago.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SweepFileBytes {}

impl Job for SweepFileBytes {
    const KIND: &'static str = "files.sweep_bytes";
    const QUEUE: Queue = Queue::Maintenance;
    const POLICY: Policy = Policy::DEFAULT.timeout(Duration::from_secs(900));
    const DESCRIPTION: &'static str = "Removes the bytes of deleted files";

    fn unique_key(&self) -> Option<UniqueKey> {
        Some(UniqueKey::UntilStarted("all".to_owned()))
    }
}
