//! All files of a project as one archive, made while it is sent: it is never stored.

use std::{
    collections::HashSet,
    io::{self, Write as _},
};

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::StreamExt as _;
use loco_rs::app::AppContext;
use tokio::{runtime::Handle, sync::mpsc};
use tokio_stream::wrappers::ReceiverStream;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{
    Kind, Side,
    download::{self, Viewer},
    filename,
    queries::{self, FileRow, VersionRow},
    rules,
};
use crate::{
    Ledgerline,
    error::{Error, Result},
    http::Verbatim,
    projects,
    storage::Storage,
    tenant::TenantTx,
};

/// Files of one archive; the newest of more.
const MOST: i64 = 2_000;
/// Pieces that wait to be sent.
const AHEAD: usize = 4;

/// One file of the archive.
struct Entry {
    name: String,
    path: String,
    size: u64,
    at: chrono::DateTime<chrono::Utc>,
}

/// The last version of each file that the viewer may download now. Each is noted as a download.
///
/// # Errors
/// 404; 409 `nothing_to_download`; 503 `storage_unavailable`.
pub(super) async fn archive(ctx: &AppContext, viewer: &Viewer) -> Result<Response> {
    let mut tx = TenantTx::begin(ctx, &viewer.actor).await?;
    let project = projects::queries::find(&mut tx, viewer.project_id).await?.ok_or_else(Error::not_found)?;
    let files = queries::page(&mut tx, viewer.project_id, None, MOST).await?;
    let ids: Vec<_> = files.iter().map(|file| file.id).collect();
    let versions = queries::versions(&mut tx, &ids, 1).await?;
    let mut names = Names::default();
    let mut entries = Vec::new();
    for file in files {
        let Some(version) = versions.iter().find(|version| version.file_id == file.id) else { continue };
        let Ok(path) = download::stored(version) else { continue };
        // of two downloads at the same time, one is the last that is allowed
        let limited = viewer.side == Side::Client && file.download_limit.is_some();
        let file = if limited { queries::lock(&mut tx, viewer.project_id, file.id).await? } else { Some(file) };
        let Some(file) = file else { continue };
        let Some(version) = current(&mut tx, version, limited).await? else { continue };
        if rules::may_download(&mut tx, &project, &file, &version).await.is_err() {
            continue;
        }
        queries::note_download(&mut tx, &version, viewer.project_id, viewer.side, viewer.id).await?;
        entries.push(Entry {
            name: names.take(&file),
            path: path.to_owned(),
            size: u64::try_from(version.size_bytes).map_err(Error::internal)?,
            at: version.created_at,
        });
    }
    if entries.is_empty() {
        return Err(Error::conflict("nothing_to_download", "There is no file here that can be downloaded now."));
    }
    tx.commit().await?;

    let title = filename::clean(&project.title, "Files");
    let mut response = Body::from_stream(written(Ledgerline::of(ctx).storage.clone(), entries)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    headers.insert(header::CONTENT_DISPOSITION, download::disposition("attachment", &format!("{title}.zip"))?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    response.extensions_mut().insert(Verbatim);
    Ok(response)
}

/// The version as it is once its file is locked: another download may have been counted meanwhile.
async fn current(tx: &mut TenantTx, version: &VersionRow, limited: bool) -> Result<Option<VersionRow>> {
    if !limited {
        return Ok(Some(version.clone()));
    }
    queries::version(tx, version.file_id, version.number).await
}

/// Names of an archive: a folder for each kind, no name twice, also where case makes no difference.
#[derive(Default)]
struct Names(HashSet<String>);

impl Names {
    fn take(&mut self, file: &FileRow) -> String {
        let folder = match (file.side, file.kind) {
            (Side::Client, _) => "From the client",
            (_, Kind::Reference) => "References",
            (_, Kind::WorkInProgress) => "Work in progress",
            (_, Kind::Revision) => "Revisions",
            (_, Kind::Final) => "Final",
        };
        let name = filename::clean(&file.name, "file");
        let (stem, end) = match name.rsplit_once('.') {
            Some((stem, end)) if !stem.is_empty() => (stem, format!(".{end}")),
            _ => (name.as_str(), String::new()),
        };
        let mut path = format!("{folder}/{name}");
        let mut number = 2;
        while !self.0.insert(path.to_lowercase()) {
            path = format!("{folder}/{stem} ({number}){end}");
            number += 1;
        }
        path
    }
}

/// What cannot be read ends the answer without its end, so that nobody takes half an archive for a whole one.
fn written(storage: Storage, entries: Vec<Entry>) -> ReceiverStream<io::Result<Bytes>> {
    let (sender, receiver) = mpsc::channel(AHEAD);
    let runtime = Handle::current();
    tokio::task::spawn_blocking(move || {
        if let Err(error) = write(&storage, &entries, &sender, &runtime) {
            tracing::warn!(%error, "an archive was not sent to its end");
            // whoever reads may be gone
            let _ = sender.blocking_send(Err(error));
        }
    });
    ReceiverStream::new(receiver)
}

fn write(
    storage: &Storage,
    entries: &[Entry],
    sender: &mpsc::Sender<io::Result<Bytes>>,
    runtime: &Handle,
) -> io::Result<()> {
    let mut archive = ZipWriter::new_stream(Sending(sender.clone()));
    let copied = entries.iter().try_for_each(|entry| {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .large_file(entry.size >= u64::from(u32::MAX))
            .last_modified_time(entry.at.naive_utc().try_into().unwrap_or_default());
        archive.start_file(&entry.name, options)?;
        if entry.size == 0 {
            return Ok(());
        }
        let mut pieces = runtime.block_on(storage.read(&entry.path, 0..entry.size)).map_err(io::Error::other)?;
        while let Some(piece) = runtime.block_on(pieces.next()) {
            archive.write_all(&piece.map_err(io::Error::other)?)?;
        }
        Ok(())
    });
    match copied {
        Ok(()) => archive.finish().map(|_| ()).map_err(io::Error::other),
        Err(error) => {
            // dropped, it would write a proper end
            std::mem::forget(archive);
            Err(error)
        }
    }
}

/// Gives on what is written.
struct Sending(mpsc::Sender<io::Result<Bytes>>);

impl io::Write for Sending {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let gone = |_| io::Error::new(io::ErrorKind::BrokenPipe, "whoever asked for it is gone");
        self.0.blocking_send(Ok(Bytes::copy_from_slice(bytes))).map_err(gone)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, side: Side, kind: Kind) -> FileRow {
        FileRow {
            id: uuid::Uuid::nil(),
            project_id: uuid::Uuid::nil(),
            kind,
            name: name.to_owned(),
            side,
            download_limit: None,
            approval: None,
            approval_version: None,
            approval_note: None,
            approval_at: None,
            created_at: chrono::DateTime::UNIX_EPOCH,
            version: 1,
        }
    }

    #[test]
    fn no_name_stands_twice_or_leads_out_of_the_archive() {
        let mut names = Names::default();
        let mut take = |name: &str| names.take(&file(name, Side::Producer, Kind::Final));
        assert_eq!(take("mix.wav"), "Final/mix.wav");
        assert_eq!(take("Mix.WAV"), "Final/Mix (2).WAV");
        assert_eq!(take("mix.wav"), "Final/mix (3).wav");
        assert_eq!(take("../../etc/passwd"), "Final/passwd");
        assert_eq!(take("/"), "Final/file");
        assert_eq!(names.take(&file("mix.wav", Side::Client, Kind::Reference)), "From the client/mix.wav");
    }
}
