//! Takes a file in: straight to the storage, then a look at its beginning.

use axum::{body::Body, http::StatusCode};
use futures::TryStreamExt as _;
use loco_rs::app::AppContext;
use uuid::Uuid;

use super::{
    encoding::{Survey, Surveyed},
    head::{self, Head, Known},
    queries::{self, ImportRow, NewImport, Shape},
};
use crate::{
    Ledgerline,
    access::{Permission, authorize},
    accounts::session::{self, Session},
    audit,
    error::{Error, Result},
    files::filename::clean,
    storage::{Storage, StorageError},
    tenant::{Actor, TenantTx},
};

/// Where files of imports stand in the storage.
pub const FOLDER: &str = "imports";
/// Largest file, in bytes.
pub const LIMIT: u64 = 500_000_000;
const FILE: &str = ".csv";
const TEXT: &str = ".utf8.csv";

/// Stores the file and makes an import of it. What is refused leaves nothing behind, and so does the upload of somebody
/// who lost the right to it meanwhile. Without a `session` the actor is trusted.
///
/// # Errors
/// 401 and 404 as [`session::still`]; 429 `too_many_uploads`; 413 `file_too_large`; 422 as [`head::read`]; 408 `upload_stalled`.
pub async fn upload(
    ctx: &AppContext,
    actor: &Actor,
    session: Option<&Session>,
    filename: &str,
    announced: Option<u64>,
    body: Body,
) -> Result<ImportRow> {
    authorize(actor, Permission::ImportClients)?;
    let author = actor.user_id().ok_or_else(|| Error::internal("only people upload files"))?;
    if announced.is_some_and(|bytes| bytes > LIMIT) {
        return Err(too_large());
    }
    let ledgerline = Ledgerline::of(ctx);
    let operator = session.is_some_and(|session| session.operator.is_some());
    let _place = ledgerline.uploads.take(author, operator)?;
    let storage = &ledgerline.storage;
    let id = Uuid::now_v7();
    let path = path(actor.workspace_id, id);
    let mut survey = Survey::default();
    let pieces = body.into_data_stream().inspect_ok(|piece| survey.read(piece));
    let size = storage.receive(&path, pieces, LIMIT).await.map_err(refused)?;
    let file =
        NewFile { id, filename: clean(filename, "import.csv"), path: path.clone(), size, surveyed: survey.finish() };
    let kept = keep(ctx, actor, session, storage, author, file).await;
    if kept.is_err()
        && let Err(error) = storage.delete(&path).await
    {
        tracing::error!(path, error = %error, "a refused file could not be removed");
    }
    kept
}

fn path(workspace: Uuid, import: Uuid) -> String {
    format!("{FOLDER}/{workspace}/{import}{FILE}")
}

/// Where the text of a file stands that is not UTF-8 itself.
#[must_use]
pub fn text_path(path: &str) -> String {
    format!("{}{TEXT}", path.strip_suffix(FILE).unwrap_or(path))
}

/// The workspace and the import that a file is named after.
pub(super) fn named(stored: &str) -> Option<(Uuid, Uuid)> {
    let (workspace, file) = stored.strip_prefix(FOLDER)?.strip_prefix('/')?.split_once('/')?;
    let import = file.strip_suffix(TEXT).or_else(|| file.strip_suffix(FILE))?;
    Some((workspace.parse().ok()?, import.parse().ok()?))
}

struct NewFile {
    id: Uuid,
    filename: String,
    path: String,
    size: u64,
    surveyed: Surveyed,
}

async fn keep(
    ctx: &AppContext,
    actor: &Actor,
    session: Option<&Session>,
    storage: &Storage,
    author: Uuid,
    file: NewFile,
) -> Result<ImportRow> {
    let bytes = match file.size {
        0 => Default::default(),
        _ => storage.head(&file.path, head::BYTES).await?,
    };
    let head = head::read(&bytes, file.surveyed.encoding, file.size <= head::BYTES, Known::default())?;
    let import = import(file, &head)?;
    let actor = match session {
        Some(session) => session::still(&Ledgerline::of(ctx).databases.app, session, actor).await?,
        None => actor.clone(),
    };
    authorize(&actor, Permission::ImportClients)?;
    let mut tx = TenantTx::begin(ctx, &actor).await?;
    queries::insert(&mut tx, &import, author).await?;
    let data = serde_json::json!({ "sizeBytes": import.size_bytes });
    audit::record(&mut tx, "imports.upload", ("import", import.id), data.clone()).await?;
    audit::event(&mut tx, "import_uploaded", ("import", import.id), data).await?;
    let row = queries::find(&mut tx, import.id).await?.ok_or_else(Error::not_found)?;
    tx.commit().await?;
    Ok(row)
}

fn import(file: NewFile, head: &Head) -> Result<NewImport> {
    Ok(NewImport {
        id: file.id,
        filename: file.filename,
        size_bytes: i64::try_from(file.size).map_err(Error::internal)?,
        storage_path: file.path,
        sha256: file.surveyed.sha256.to_vec(),
        shape: Shape::of(head, file.surveyed.encoding)?,
    })
}

fn too_large() -> Error {
    let detail = "This file is larger than 500 MB. Split it into smaller files, each with the names of the columns in its first row, and import them one after the other.";
    Error::new(StatusCode::PAYLOAD_TOO_LARGE, "file_too_large", detail)
}

fn refused(error: StorageError) -> Error {
    match error {
        StorageError::TooLarge(_) => too_large(),
        StorageError::Cut(_) => {
            Error::bad_request("upload_cut", "The upload ended before the file did. Upload the file again.")
        }
        StorageError::Silent => Error::new(
            StatusCode::REQUEST_TIMEOUT,
            "upload_stalled",
            "Nothing of the file came for a minute. Upload the file again.",
        ),
        other => other.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_file_tells_its_import() {
        let (workspace, import) = (Uuid::now_v7(), Uuid::now_v7());
        assert_eq!(named(&path(workspace, import)), Some((workspace, import)));
        assert_eq!(named(&text_path(&path(workspace, import))), Some((workspace, import)));
        for other in
            ["imports/readme.csv", "imports/a/b.csv", "avatars/x", &path(workspace, import).replace(".csv", "")]
        {
            assert_eq!(named(other), None, "{other}");
        }
    }
}
