//! A file as the API shows it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Kind, Side, content,
    queries::{self, FileRow, VersionRow},
    rules,
};
use crate::{error::Result, projects::queries::ProjectRow, tenant::TenantTx};

/// How far a version is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    /// It is being checked for viruses.
    Scanning,
    /// It can be had.
    Available,
    /// It is held back.
    Quarantined,
}

/// What the scanner said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScanResult {
    /// Nothing was found.
    Clean,
    /// Something was found.
    Infected,
    /// It is larger than the scanner takes: sound and pictures can be had without, other files cannot.
    TooLarge,
    /// Its bytes did not arrive whole.
    Damaged,
}

/// What a client says of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileApproval {
    /// It is accepted.
    Approved,
    /// It is to be changed.
    ChangesRequested,
}

/// How far the preview of a version is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PreviewState {
    /// It is being made.
    Waiting,
    /// It is there.
    Ready,
    /// None could be made: the file cannot be read, or is too large.
    Failed,
}

/// What sound and pictures hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// Sound.
    Audio,
    /// Moving pictures.
    Video,
    /// A still picture.
    Image,
}

/// What was made of sound or a picture, to be shown also while the original is locked.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    /// How far it is.
    pub state: PreviewState,
    /// What it shows; null until it is there.
    #[schema(required = true)]
    pub kind: Option<MediaKind>,
    /// How long it plays, in milliseconds.
    #[schema(required = true)]
    pub duration_ms: Option<i64>,
    /// Width of the original in pixels.
    #[schema(required = true)]
    pub width: Option<i32>,
    /// Height of the original in pixels.
    #[schema(required = true)]
    pub height: Option<i32>,
    /// How loud it is over its time: up to 240 values from 0 to 255, evenly.
    #[schema(required = true)]
    pub peaks: Option<Vec<u16>>,
    /// Whether there is a still.
    pub has_thumbnail: bool,
}

/// A version of a file.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FileVersion {
    /// The version.
    pub id: Uuid,
    /// Its number, from 1.
    pub number: i32,
    /// Its name where it came from.
    pub filename: String,
    /// Size in bytes.
    pub size_bytes: i64,
    /// How far it is.
    pub state: FileState,
    /// What the scanner said.
    #[schema(required = true)]
    pub scan: Option<ScanResult>,
    /// By what name the scanner knows what it found.
    #[schema(required = true)]
    pub found: Option<String>,
    /// What it is, by its bytes.
    #[schema(required = true)]
    pub content_type: Option<String>,
    /// SHA-256 of its bytes, in hexadecimal digits.
    #[schema(required = true)]
    pub sha256: Option<String>,
    /// Whether a page can show or play it.
    pub is_shown: bool,
    /// What was made of it; null for what is neither sound nor a picture that is known here.
    #[schema(required = true)]
    pub preview: Option<Preview>,
    /// From when on the other side sees it.
    #[schema(required = true)]
    pub shared_at: Option<DateTime<Utc>>,
    /// The round that it was handed in with.
    #[schema(required = true)]
    pub round: Option<i32>,
    /// Who uploaded it.
    #[schema(required = true)]
    pub uploaded_by: Option<String>,
    /// How often the client has downloaded it.
    pub downloads: i32,
    /// Whether its bytes were deleted.
    pub is_deleted: bool,
    /// When it arrived.
    pub created_at: DateTime<Utc>,
}

/// A file.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ProjectFile)]
pub struct FileView {
    /// The file.
    pub id: Uuid,
    /// Its project.
    pub project_id: Uuid,
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// Who brought it.
    pub side: Side,
    /// How often the client may download each version.
    #[schema(required = true)]
    pub download_limit: Option<i32>,
    /// Why the client cannot download it yet; null when they can.
    #[schema(required = true)]
    pub locked: Option<String>,
    /// What the client says of its last version.
    #[schema(required = true)]
    pub approval: Option<FileApproval>,
    /// What was said with that.
    #[schema(required = true)]
    pub approval_note: Option<String>,
    /// When that was.
    #[schema(required = true)]
    pub approval_at: Option<DateTime<Utc>>,
    /// Its versions, newest first: the last one in lists, up to fifty on the file itself.
    pub versions: Vec<FileVersion>,
    /// When it came.
    pub created_at: DateTime<Utc>,
    /// To be sent back with a change.
    pub version: i32,
}

impl From<VersionRow> for FileVersion {
    fn from(row: VersionRow) -> Self {
        let preview = preview(&row);
        let hex = |hash: Vec<u8>| hash.iter().map(|byte| format!("{byte:02x}")).collect();
        Self {
            id: row.id,
            number: row.number,
            filename: row.filename,
            size_bytes: row.size_bytes,
            state: match row.state.as_str() {
                "available" => FileState::Available,
                "quarantined" => FileState::Quarantined,
                _ => FileState::Scanning,
            },
            scan: match row.scan.as_deref() {
                Some("clean") => Some(ScanResult::Clean),
                Some("infected") => Some(ScanResult::Infected),
                Some("too_large") => Some(ScanResult::TooLarge),
                Some(_) => Some(ScanResult::Damaged),
                None => None,
            },
            preview,
            found: row.scan_detail,
            is_shown: row.content_type.as_deref().is_some_and(content::is_shown),
            content_type: row.content_type,
            sha256: row.sha256.map(hex),
            shared_at: row.shared_at,
            round: row.round,
            uploaded_by: row.uploaded_by,
            downloads: row.downloads,
            is_deleted: row.bytes_deleted_at.is_some(),
            created_at: row.created_at,
        }
    }
}

fn preview(row: &VersionRow) -> Option<Preview> {
    let state = match row.media_state.as_deref()? {
        "ready" => PreviewState::Ready,
        "failed" => PreviewState::Failed,
        _ => PreviewState::Waiting,
    };
    let kind = row.media.as_deref().map(|media| match media {
        "audio" => MediaKind::Audio,
        "video" => MediaKind::Video,
        _ => MediaKind::Image,
    });
    Some(Preview {
        state,
        kind,
        duration_ms: row.duration_ms,
        width: row.width,
        height: row.height,
        peaks: row.peaks.as_ref().map(|peaks| peaks.iter().copied().map(u16::from).collect()),
        has_thumbnail: row.thumbnail_bytes.is_some(),
    })
}

/// Files as they are shown, each with its last versions.
///
/// # Errors
/// When Postgres cannot be reached.
pub(super) async fn with_versions(
    tx: &mut TenantTx,
    project: &ProjectRow,
    files: Vec<FileRow>,
    each: i64,
) -> Result<Vec<FileView>> {
    let ids: Vec<Uuid> = files.iter().map(|file| file.id).collect();
    let rows = queries::versions(tx, &ids, each).await?;
    let mut shown = Vec::with_capacity(files.len());
    for file in files {
        let locked = rules::locked(tx, project, &file).await?.map(str::to_owned);
        let versions: Vec<VersionRow> = rows.iter().filter(|row| row.file_id == file.id).cloned().collect();
        let last_shared = versions.iter().filter(|row| row.shared_at.is_some()).map(|row| row.number).max();
        let decided = file.approval.as_deref().filter(|_| file.approval_version == last_shared);
        shown.push(FileView {
            id: file.id,
            project_id: file.project_id,
            kind: file.kind,
            name: file.name,
            side: file.side,
            download_limit: file.download_limit,
            locked,
            approval: decided.map(|said| match said {
                "approved" => FileApproval::Approved,
                _ => FileApproval::ChangesRequested,
            }),
            approval_note: file.approval_note.filter(|_| decided.is_some()),
            approval_at: file.approval_at.filter(|_| decided.is_some()),
            versions: versions.into_iter().map(FileVersion::from).collect(),
            created_at: file.created_at,
            version: file.version,
        });
    }
    Ok(shown)
}
