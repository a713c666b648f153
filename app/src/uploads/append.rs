//! Takes the next bytes of a file in.

use axum::{body::Body, http::HeaderMap};
use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use loco_rs::app::AppContext;
use uuid::Uuid;

use super::{
    By,
    complete::{complete_if_whole, piece_path},
    protocol::{self, Checksum},
    queries::{self, Piece, UploadRow},
};
use crate::{
    Ledgerline,
    error::{Error, Result},
    files::quota,
    storage::{SILENCE, Storage, StorageError},
    tenant::TenantTx,
};

/// Bytes that are stored, and written down, at once: what a broken line can lose, and what an upload takes of memory.
const PIECE: usize = 8 * 1024 * 1024;

/// Takes the body in, from the place that it says. What has arrived stays, however this ends; with a checksum, all of it
/// or nothing.
///
/// # Errors
/// 400, 403 for an upload of parts; 404; 409 `wrong_offset`; 413; 415; 429 `too_many_uploads`; 460 `checksum_mismatch`.
pub(super) async fn append(ctx: &AppContext, by: &By, id: Uuid, headers: &HeaderMap, body: Body) -> Result<UploadRow> {
    protocol::check_piece(headers)?;
    let from = i64::try_from(protocol::offset(headers)?).map_err(|_| wrong_offset(0))?;
    let checksum = Checksum::of(headers)?;
    let length = protocol::length(headers)?;
    let upload = begin(ctx, by, id, from, length).await?;
    let announced = body_length(headers);
    if announced.is_some_and(|bytes| upload.size_bytes.is_some_and(|size| bytes > size - from)) {
        return Err(beyond());
    }
    let ledgerline = Ledgerline::of(ctx);
    let _place = ledgerline.uploads.take(by.id, false)?;
    Intake { ctx, by, storage: &ledgerline.storage, upload, checksum, kept: Vec::new() }.take(body).await
}

fn body_length(headers: &HeaderMap) -> Option<i64> {
    headers.get("content-length")?.to_str().ok()?.parse().ok()
}

/// The upload, at the place where the bytes begin.
async fn begin(ctx: &AppContext, by: &By, id: Uuid, from: i64, length: Option<u64>) -> Result<UploadRow> {
    let mut tx = TenantTx::begin(ctx, &by.actor).await?;
    let upload = queries::find(&mut tx, by, id).await?.ok_or_else(Error::not_found)?;
    if upload.concat.as_deref() == Some("final") {
        return Err(Error::forbidden("An upload of parts has all its bytes."));
    }
    if upload.offset_bytes != from {
        return Err(wrong_offset(upload.offset_bytes));
    }
    match (upload.size_bytes, length) {
        (None, Some(length)) => {
            let size = i64::try_from(length).map_err(Error::internal)?;
            quota::reserve(&mut tx, size - upload.offset_bytes).await?;
            if !queries::set_size(&mut tx, id, size).await? {
                return Err(beyond());
            }
            let upload = queries::find(&mut tx, by, id).await?.ok_or_else(Error::not_found)?;
            // the size may be what was missing
            complete_if_whole(&mut tx, &upload).await?;
            tx.commit().await?;
            Ok(upload)
        }
        (Some(size), Some(length)) if u64::try_from(size) != Ok(length) => {
            Err(Error::bad_request("invalid_header", "The size of an upload does not change once it was told."))
        }
        _ => Ok(upload),
    }
}

fn wrong_offset(at: i64) -> Error {
    Error::conflict("wrong_offset", format!("The upload stands at byte {at}. Ask where it stands, then go on there."))
}

fn beyond() -> Error {
    let detail = "There are more bytes than the file was said to have.";
    Error::new(axum::http::StatusCode::PAYLOAD_TOO_LARGE, "file_too_large", detail)
}

/// What is being taken in.
struct Intake<'a> {
    ctx: &'a AppContext,
    by: &'a By,
    storage: &'a Storage,
    upload: UploadRow,
    checksum: Option<Checksum>,
    /// Pieces that are stored and not written down, as the checksum is not known yet.
    kept: Vec<Piece>,
}

impl Intake<'_> {
    async fn take(mut self, body: Body) -> Result<UploadRow> {
        let taken = self.read(body).await;
        let ended = match (taken, self.checksum.take()) {
            (Ok(()), Some(checksum)) => match checksum.check() {
                Ok(()) => {
                    let pieces = std::mem::take(&mut self.kept);
                    self.write(pieces).await
                }
                wrong => wrong,
            },
            (taken, _) => taken,
        };
        self.discard().await;
        ended.map(|()| self.upload)
    }

    async fn read(&mut self, body: Body) -> Result<()> {
        let mut pieces = body.into_data_stream();
        let mut filled = BytesMut::new();
        loop {
            let next = tokio::time::timeout(SILENCE, pieces.next()).await;
            let (piece, error) = match next {
                Ok(None) => return self.store(filled).await,
                Ok(Some(Ok(piece))) => (piece, None),
                Ok(Some(Err(error))) => (Bytes::new(), Some(StorageError::Cut(error.into()))),
                Err(_) => (Bytes::new(), Some(StorageError::Silent)),
            };
            if let Some(error) = error {
                self.store(filled).await?;
                return Err(cut(&error));
            }
            if let Some(checksum) = &mut self.checksum {
                checksum.read(&piece);
            }
            let mut piece = &piece[..];
            while !piece.is_empty() {
                let (fits, rest) = piece.split_at(piece.len().min(PIECE - filled.len()));
                filled.extend_from_slice(fits);
                piece = rest;
                if filled.len() == PIECE {
                    self.store(std::mem::take(&mut filled)).await?;
                }
            }
        }
    }

    /// Stores a piece and writes it down.
    async fn store(&mut self, filled: BytesMut) -> Result<()> {
        if filled.is_empty() {
            return Ok(());
        }
        let bytes = i64::try_from(filled.len()).map_err(Error::internal)?;
        let ahead: i64 = self.kept.iter().map(|piece| piece.bytes).sum();
        let end = self.upload.offset_bytes + ahead + bytes;
        let most = self.upload.size_bytes.unwrap_or(i64::try_from(protocol::MAX_BYTES).unwrap_or(i64::MAX));
        if end > most {
            return Err(beyond());
        }
        let path = piece_path(self.by.actor.workspace_id, self.upload.id);
        self.storage.put(&path, filled.freeze()).await?;
        self.kept.push(Piece { path, bytes });
        if self.checksum.is_some() {
            return Ok(());
        }
        let pieces = std::mem::take(&mut self.kept);
        self.write(pieces).await
    }

    /// Writes pieces down. Of two who send the same bytes at the same time, the first one is believed.
    async fn write(&mut self, pieces: Vec<Piece>) -> Result<()> {
        let written = self.write_in(&pieces).await;
        if written.is_err() {
            self.kept = pieces;
        }
        written
    }

    async fn write_in(&mut self, pieces: &[Piece]) -> Result<()> {
        let bytes = pieces.iter().map(|piece| piece.bytes).sum();
        let from = self.upload.offset_bytes;
        let mut tx = TenantTx::begin(self.ctx, &self.by.actor).await?;
        if self.upload.size_bytes.is_none() {
            quota::reserve(&mut tx, bytes).await?;
        }
        let Some(upload) = queries::advance(&mut tx, self.upload.id, from, bytes).await? else {
            let now = queries::find(&mut tx, self.by, self.upload.id).await?.ok_or_else(Error::not_found)?;
            return Err(wrong_offset(now.offset_bytes));
        };
        queries::insert_pieces(&mut tx, &upload, from, pieces).await?;
        complete_if_whole(&mut tx, &upload).await?;
        tx.commit().await?;
        self.upload = upload;
        Ok(())
    }

    /// Removes what was stored and will not be written down.
    async fn discard(&mut self) {
        for piece in std::mem::take(&mut self.kept) {
            if let Err(error) = self.storage.delete(&piece.path).await {
                tracing::warn!(path = piece.path, error = %error, "a piece of an upload is left to the sweeper");
            }
        }
    }
}

fn cut(error: &StorageError) -> Error {
    match error {
        StorageError::Silent => Error::new(
            axum::http::StatusCode::REQUEST_TIMEOUT,
            "upload_stalled",
            "Nothing came for a minute. Ask where the upload stands, then go on there.",
        ),
        _ => {
            let detail = "The connection ended before the body did. Ask where the upload stands, then go on there.";
            Error::bad_request("upload_cut", detail)
        }
    }
}
