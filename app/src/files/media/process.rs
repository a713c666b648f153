//! Copies the bytes of a version to this machine, has them read, and puts what was made beside them.

use std::path::{Path, PathBuf};

use futures::TryStreamExt as _;
use ledgerline_jobs::{
    engine::{outcome::Outcome, run::Run},
    files::ProcessMedia,
};
use serde_json::json;
use sqlx::PgPool;
use tokio::io::AsyncWriteExt as _;
use tokio_util::io::ReaderStream;

use super::{
    Made,
    ffmpeg::{Input, MediaError, Probed},
    formats,
};
use crate::{
    Ledgerline,
    audit::{self, Audience},
    error::{Error, Result},
    files::queries::{self, Processed, ToProcess},
    tenant::{Actor, TenantTx},
};

/// Longest side of a still.
const THUMBNAIL: &str = "scale=w='min(480,iw)':h='min(480,ih)':force_original_aspect_ratio=decrease";
/// Longest side of the preview of a picture.
const PICTURE: &str = "scale=w='min(1600,iw)':h='min(1600,ih)':force_original_aspect_ratio=decrease";
/// Frame of the preview of a film; its encoder wants even sides.
const FILM: &str =
    "scale=w='min(1280,iw)':h='min(1280,ih)':force_original_aspect_ratio=decrease:force_divisible_by=2,format=yuv420p";
const WEBP: [&str; 6] = ["-c:v", "libwebp", "-quality", "78", "-f", "webp"];
/// A still of a film is taken here, or earlier in a short one.
const STILL_AT_MS: i64 = 3_000;

/// See the module. Doing it again makes the same again.
///
/// # Errors
/// When storage, machine or Postgres fail, or FFmpeg is not there; the attempt can be repeated.
pub async fn process(ledgerline: &Ledgerline, engine: &PgPool, run: &Run, job: ProcessMedia) -> Result<Outcome> {
    let id = job.version_id;
    let workspace = run.workspace_id().ok_or_else(|| Error::internal("files belong to workspaces"))?;
    let actor = Actor::job(workspace, run.id(), run.cause_request().map(str::to_owned));
    let mut tx = TenantTx::begin_on(engine, &actor).await?;
    let Some(version) = queries::to_process(&mut tx, id).await? else {
        return Ok(Outcome::Cancel("this version has no bytes that sound or pictures could be read from".to_owned()));
    };
    drop(tx);
    let folder = Folder::make(run)?;
    let processed = match make(ledgerline, run, &version, &folder.0).await {
        Ok(processed) => processed,
        Err(MakeError::Media(MediaError::Unreadable(detail))) => {
            run.log("warn", format!("nothing was made of {}: {detail}", version.filename));
            Processed { state: "failed", detail: Some(detail), ..Processed::default() }
        }
        Err(MakeError::Media(error)) => return Err(Error::internal(error)),
        Err(MakeError::Other(error)) => return Err(error),
    };

    let mut tx = TenantTx::begin_on(engine, &actor).await?;
    if !queries::processed(&mut tx, id, &processed).await? {
        drop(tx);
        for made in Made::ALL {
            ledgerline.storage.delete(&made.path(&version.path)).await?;
        }
        return Ok(Outcome::Cancel("the bytes were deleted meanwhile".to_owned()));
    }
    let audience = if version.is_shared { Audience::Both } else { Audience::Producer };
    let data = json!({ "fileId": version.file_id, "number": version.number });
    audit::project_event(&mut tx, version.project_id, audience, "file_prepared", ("file", version.file_id), data)
        .await?;
    run.finish(&mut tx).await.map_err(Error::internal)?;
    tx.commit().await?;
    Ok(Outcome::Settled)
}

enum MakeError {
    Media(MediaError),
    Other(Error),
}

impl From<MediaError> for MakeError {
    fn from(error: MediaError) -> Self {
        Self::Media(error)
    }
}

impl From<Error> for MakeError {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

/// A folder of this attempt, removed with it.
struct Folder(PathBuf);

impl Folder {
    /// Also removes what an attempt that was killed on this machine has left.
    fn make(run: &Run) -> Result<Self> {
        let path = std::env::temp_dir().join(format!("ledgerline-media-{}", run.id()));
        if path.exists() {
            std::fs::remove_dir_all(&path).map_err(Error::internal)?;
        }
        std::fs::create_dir(&path).map_err(Error::internal)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(folder = %self.0.display(), %error, "a folder for media cannot be removed");
        }
    }
}

async fn make(ledgerline: &Ledgerline, run: &Run, version: &ToProcess, folder: &Path) -> Result<Processed, MakeError> {
    let settings = &ledgerline.settings.files;
    let unreadable = |text: &str| MakeError::Media(MediaError::Unreadable(text.to_owned()));
    let demuxer =
        formats::demuxer(&version.content_type).ok_or_else(|| unreadable("files of this kind are not read"))?;
    let size = u64::try_from(version.size_bytes).unwrap_or(u64::MAX);
    if size > settings.media_limit() {
        return Err(unreadable(&format!("it is larger than {} MB", settings.media_limit_mb)));
    }
    run.progress(0, Some(4), Some("fetched"));
    let path = folder.join("original");
    fetch(ledgerline, &version.path, size, &path).await?;
    let input = Input { settings, path: &path, demuxer };
    run.progress(1, Some(4), Some("read"));
    let is_still = version.content_type.starts_with("image/");
    let probed = input.probe(is_still).await?;
    if probed.picture.is_none() && (is_still || !probed.has_audio) {
        return Err(unreadable("there is neither sound nor a picture in it"));
    }
    let mut made = Processed { state: "ready", ..Processed::default() };
    (made.width, made.height) = probed.picture.unzip();
    if !is_still {
        made.duration_ms = probed.duration_ms;
        if probed.has_audio {
            let peaks = input.peaks().await?;
            // a film may be longer than its sound
            made.duration_ms = made.duration_ms.max(Some(peaks.duration_ms()));
            made.peaks = Some(peaks.finish()).filter(|peaks| !peaks.is_empty());
        }
    }
    run.progress(2, Some(4), Some("drawn"));
    if probed.picture.is_some() {
        let still = folder.join("thumbnail");
        let options = [&["-map", "0:v:0", "-frames:v", "1", "-vf", THUMBNAIL], &WEBP[..]].concat();
        input.write(still_at(is_still, made.duration_ms).as_deref(), &options, &still).await?;
        made.thumbnail_bytes = Some(store(ledgerline, &still, &Made::Thumbnail.path(&version.path)).await?);
    }
    run.progress(3, Some(4), Some("made a preview"));
    let preview = folder.join("preview");
    let (kind, preview_type, options) = preview_of(is_still, &probed);
    input.write(None, &options, &preview).await?;
    made.preview_bytes = Some(store(ledgerline, &preview, &Made::Preview.path(&version.path)).await?);
    (made.media, made.preview_type) = (Some(kind), Some(preview_type));
    run.progress(4, Some(4), Some("stored"));
    Ok(made)
}

/// What is made of it to be shown: what it is, its content type, and what FFmpeg is asked.
fn preview_of(is_still: bool, probed: &Probed) -> (&'static str, &'static str, Vec<&'static str>) {
    if is_still {
        let options = [&["-map", "0:v:0", "-frames:v", "1", "-vf", PICTURE], &WEBP[..]].concat();
        return ("image", "image/webp", options);
    }
    if probed.picture.is_none() {
        let options =
            vec!["-map", "0:a:0", "-vn", "-c:a", "libmp3lame", "-b:a", "128k", "-ac", "2", "-ar", "44100", "-f", "mp3"];
        return ("audio", "audio/mpeg", options);
    }
    let options = vec![
        "-map",
        "0:v:0",
        "-map",
        "0:a:0?",
        "-sn",
        "-dn",
        "-vf",
        FILM,
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-crf",
        "26",
        "-maxrate",
        "2500k",
        "-bufsize",
        "5000k",
        "-c:a",
        "aac",
        "-b:a",
        "128k",
        "-ac",
        "2",
        "-movflags",
        "+faststart",
        "-f",
        "mp4",
    ];
    ("video", "video/mp4", options)
}

/// Where a still is taken, in seconds: a film may begin in the dark.
fn still_at(is_still: bool, duration_ms: Option<i64>) -> Option<String> {
    let at = duration_ms.filter(|_| !is_still)?.div_euclid(10).min(STILL_AT_MS);
    Some(format!("{}.{:03}", at / 1_000, at % 1_000))
}

async fn fetch(ledgerline: &Ledgerline, from: &str, size: u64, to: &Path) -> Result<()> {
    let mut bytes = ledgerline.storage.read(from, 0..size).await?;
    let mut file = tokio::fs::File::create(to).await.map_err(Error::internal)?;
    while let Some(piece) = bytes.try_next().await.map_err(Error::internal)? {
        file.write_all(&piece).await.map_err(Error::internal)?;
    }
    file.flush().await.map_err(Error::internal)
}

async fn store(ledgerline: &Ledgerline, from: &Path, to: &str) -> Result<i64> {
    let file = tokio::fs::File::open(from).await.map_err(Error::internal)?;
    let size = file.metadata().await.map_err(Error::internal)?.len();
    ledgerline.storage.receive(to, ReaderStream::new(file), size).await?;
    i64::try_from(size).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stills_are_taken_after_the_beginning() {
        assert_eq!(still_at(true, Some(60_000)), None);
        assert_eq!(still_at(false, None), None);
        assert_eq!(still_at(false, Some(1_000)).as_deref(), Some("0.100"));
        assert_eq!(still_at(false, Some(3_600_000)).as_deref(), Some("3.000"));
    }
}
