//! Makes an upload: of a file that is to come, of a part of one, or of parts that are here.

use std::collections::BTreeMap;

use axum::http::HeaderMap;
use loco_rs::app::AppContext;
use uuid::Uuid;

use super::{
    By,
    complete::complete_if_whole,
    protocol::{self, Concat},
    queries::{self, NewUpload, UploadRow},
};
use crate::{
    error::{Error, FieldError, Result},
    files::{self, Kind, Side, filename, quota},
    projects::record::locked,
    tenant::TenantTx,
};

/// What a request asks for.
pub(super) struct Asked {
    length: Option<u64>,
    concat: Option<Concat>,
    file_id: Option<Uuid>,
    kind: Option<Kind>,
    filename: String,
    metadata: Option<String>,
}

impl Asked {
    /// # Errors
    /// 400 `invalid_header`; 413 `file_too_large`; 422.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self> {
        let length = protocol::length(headers)?;
        let concat = protocol::concat(headers)?;
        let defers = protocol::defers_length(headers)?;
        let is_final = matches!(concat, Some(Concat::Final(..)));
        if usize::from(length.is_some()) + usize::from(defers) + usize::from(is_final) != 1 {
            let detail = "Say how large the file is: either Upload-Length, or Upload-Defer-Length: 1; a final upload says neither.";
            return Err(Error::bad_request("invalid_header", detail));
        }
        let (metadata, header) = protocol::metadata(headers)?;
        let (file_id, kind) = (file_id(&metadata)?, kind(&metadata)?);
        let name = metadata.get("filename").or_else(|| metadata.get("name")).map_or("", String::as_str);
        Ok(Self { length, concat, file_id, kind, filename: filename::clean(name, "file"), metadata: header })
    }
}

fn file_id(metadata: &BTreeMap<String, String>) -> Result<Option<Uuid>> {
    metadata
        .get("fileId")
        .map(|id| id.parse())
        .transpose()
        .map_err(|_| Error::invalid(vec![FieldError::new("fileId", "unknown", "There is no such file.")]))
}

fn kind(metadata: &BTreeMap<String, String>) -> Result<Option<Kind>> {
    let Some(sent) = metadata.get("kind") else { return Ok(None) };
    sent.parse().map(Some).map_err(|()| {
        let message = "Use reference, work_in_progress, revision or final.";
        Error::invalid(vec![FieldError::new("kind", "unknown", message)])
    })
}

/// Makes it; one of no bytes, and one of parts, is complete at once.
///
/// # Errors
/// 404 for a file that is not there; 409 `wrong_state`, `unfinished_part`; 413 `storage_full`; 422.
pub(super) async fn create(ctx: &AppContext, by: &By, asked: Asked) -> Result<UploadRow> {
    let mut tx = TenantTx::begin(ctx, &by.actor).await?;
    let project = locked(&mut tx, by.project_id).await?;
    let file = match asked.file_id {
        Some(id) => Some(files::queries::lock(&mut tx, by.project_id, id).await?.ok_or_else(Error::not_found)?),
        None => None,
    };
    if file.as_ref().is_some_and(|file| file.side != by.side) {
        return Err(Error::forbidden("Only those who brought a file add versions of it."));
    }
    let kind = match (&file, by.side) {
        (Some(file), _) => file.kind,
        (None, Side::Client) => Kind::Reference,
        (None, Side::Producer) => asked.kind.unwrap_or(Kind::WorkInProgress),
    };
    files::rules::may_add(&project, by.side, kind)?;
    let mut new = NewUpload {
        file_id: asked.file_id,
        kind,
        filename: asked.filename,
        metadata: asked.metadata,
        size_bytes: asked.length.map(i64::try_from).transpose().map_err(Error::internal)?,
        concat: None,
        concat_header: None,
    };
    let upload = match asked.concat {
        Some(Concat::Final(parts, header)) => {
            new.concat = Some("final");
            new.concat_header = Some(header);
            joined(&mut tx, by, new, &parts).await?
        }
        concat => {
            new.concat = concat.map(|_| "partial");
            quota::reserve(&mut tx, new.size_bytes.unwrap_or_default()).await?;
            queries::insert(&mut tx, by, &new).await?
        }
    };
    complete_if_whole(&mut tx, &upload).await?;
    tx.commit().await?;
    Ok(upload)
}

/// One upload of parts, each of which is whole.
async fn joined(tx: &mut TenantTx, by: &By, mut new: NewUpload, parts: &[Uuid]) -> Result<UploadRow> {
    let found = queries::lock_parts(tx, by, parts).await?;
    let is_here = |id: &Uuid| found.iter().any(|part| part.id == *id);
    let is_named_twice = parts.iter().enumerate().any(|(at, id)| parts.iter().take(at).any(|other| other == id));
    if is_named_twice || !parts.iter().all(is_here) {
        let detail = "A final upload is made of parts of this project, each of them once and whole.";
        return Err(Error::conflict("unfinished_part", detail));
    }
    let size: i64 = found.iter().map(|part| part.bytes).sum();
    if u64::try_from(size).unwrap_or(u64::MAX) > protocol::MAX_BYTES {
        return Err(protocol::too_large());
    }
    new.size_bytes = Some(size);
    let upload = queries::insert(tx, by, &new).await?;
    queries::join_parts(tx, upload.id, parts).await?;
    queries::advance(tx, upload.id, 0, size).await?.ok_or_else(|| Error::internal("a new upload was moved on"))
}
