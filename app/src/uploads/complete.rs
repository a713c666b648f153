//! An upload that is whole is a version of a file, in the transaction that writes its last piece down: a client that has
//! sent everything asks for nothing more.

use ledgerline_jobs::files::ReceiveFile;
use uuid::Uuid;

use super::queries::{self, UploadRow};
use crate::{
    error::{Error, Result},
    files::{self, Kind, Side},
    tenant::TenantTx,
};

/// Where pieces stand in the storage.
pub const FOLDER: &str = "uploads";

/// A new place for a piece of an upload.
pub(super) fn piece_path(workspace: Uuid, upload: Uuid) -> String {
    format!("{FOLDER}/{workspace}/{upload}/{}", Uuid::now_v7())
}

/// Adds the version and asks for the job that joins and scans it, once all bytes are here.
///
/// # Errors
/// When Postgres refuses.
pub(super) async fn complete_if_whole(tx: &mut TenantTx, upload: &UploadRow) -> Result<()> {
    if !upload.is_whole() || upload.completed_at.is_some() {
        return Ok(());
    }
    let (file_id, version_id) = files::add::add_version(tx, &Arrived::of(upload)?).await?;
    queries::complete(tx, upload.id, file_id, version_id).await?;
    tx.enqueue(&ReceiveFile { version_id }).await?;
    Ok(())
}

/// A file that has arrived whole.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrived<'a> {
    pub(crate) project_id: Uuid,
    pub(crate) side: Side,
    /// The member or contact.
    pub(crate) uploaded_by: Uuid,
    /// The file that it is a version of; a new one when `None`.
    pub(crate) file_id: Option<Uuid>,
    pub(crate) kind: Kind,
    pub(crate) filename: &'a str,
    pub(crate) bytes: i64,
}

impl<'a> Arrived<'a> {
    fn of(upload: &'a UploadRow) -> Result<Self> {
        let unknown = |()| Error::internal("an upload of an unknown kind");
        Ok(Self {
            project_id: upload.project_id,
            side: upload.side.parse().map_err(unknown)?,
            uploaded_by: upload.uploaded_by,
            file_id: upload.file_id,
            kind: upload.kind.parse().map_err(unknown)?,
            filename: &upload.filename,
            bytes: upload.offset_bytes,
        })
    }
}
