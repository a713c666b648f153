//! A version that has arrived.

use ledgerline_jobs::files::ProcessMedia;
use serde_json::json;
use uuid::Uuid;

use super::{
    Kind, Side, media,
    queries::{self, Received},
    receive,
};
use crate::{
    audit::Audience,
    error::{Error, Result},
    projects::record::{Deed, begin_work, locked, record, settle},
    tenant::TenantTx,
    uploads::Arrived,
};

/// Adds a version to its file, or a new file. The first one of a producer begins the work.
///
/// # Errors
/// 404 when project or file are gone; when Postgres refuses.
pub(crate) async fn add_version(tx: &mut TenantTx, arrived: &Arrived<'_>) -> Result<(Uuid, Uuid)> {
    let project = locked(tx, arrived.project_id).await?;
    let file_id = match arrived.file_id {
        Some(id) => queries::lock(tx, arrived.project_id, id).await?.ok_or_else(Error::not_found)?.id,
        None => queries::insert(tx, arrived).await?,
    };
    let (version_id, number) = queries::insert_version(tx, file_id, arrived).await?;
    let is_client = arrived.side == Side::Client;
    let deed = Deed {
        action: "files.upload",
        event: "file_uploaded",
        audience: if is_client { Audience::Both } else { Audience::Producer },
    };
    let data = json!({
        "fileId": file_id, "title": arrived.filename, "number": number, "sizeBytes": arrived.bytes, "kind": arrived.kind,
    });
    record(tx, project.id, deed, ("file", file_id), data).await?;
    if !is_client {
        begin_work(tx, &project).await?;
    }
    settle(tx, &project).await?;
    Ok((file_id, version_id))
}

/// A file of a producer that needs no scan, since it was made here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Checked<'a> {
    pub(crate) project_id: Uuid,
    pub(crate) uploaded_by: Uuid,
    pub(crate) kind: Kind,
    pub(crate) filename: &'a str,
    pub(crate) content_type: &'a str,
    pub(crate) sha256: [u8; 32],
    pub(crate) bytes: i64,
}

/// Adds it as an upload that was received; answers where its bytes belong.
///
/// # Errors
/// As [`add_version`].
pub(crate) async fn add_checked(tx: &mut TenantTx, checked: &Checked<'_>) -> Result<String> {
    let arrived = Arrived {
        project_id: checked.project_id,
        side: Side::Producer,
        uploaded_by: checked.uploaded_by,
        file_id: None,
        kind: checked.kind,
        filename: checked.filename,
        bytes: checked.bytes,
    };
    let (_, version_id) = add_version(tx, &arrived).await?;
    let path = receive::path(tx.workspace_id(), checked.project_id, version_id);
    let is_processed = media::is_processed(checked.content_type);
    let received = Received {
        state: "available",
        scan: "clean",
        detail: None,
        content_type: checked.content_type,
        sha256: &checked.sha256,
        path: &path,
        is_processed,
    };
    queries::received(tx, version_id, &received).await?;
    if is_processed {
        tx.enqueue(&ProcessMedia { version_id }).await?;
    }
    Ok(path)
}
