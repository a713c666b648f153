//! Every statement of the slice.

use chrono::{DateTime, Utc};
use sqlx::PgPool;
use uuid::Uuid;

use super::By;
use crate::{error::Result, files::Kind, tenant::TenantTx};

/// One upload.
#[derive(Clone, Debug)]
pub struct UploadRow {
    pub id: Uuid,
    pub project_id: Uuid,
    pub side: String,
    pub uploaded_by: Uuid,
    pub file_id: Option<Uuid>,
    pub kind: String,
    pub filename: String,
    pub metadata: Option<String>,
    pub size_bytes: Option<i64>,
    pub offset_bytes: i64,
    pub concat: Option<String>,
    pub concat_header: Option<String>,
    pub completed_at: Option<DateTime<Utc>>,
    pub expires_at: DateTime<Utc>,
}

impl UploadRow {
    /// Whether all bytes are here, and they are a file.
    pub(super) fn is_whole(&self) -> bool {
        self.size_bytes == Some(self.offset_bytes) && self.concat.as_deref() != Some("partial")
    }
}

/// A new upload.
#[derive(Clone, Debug)]
pub(super) struct NewUpload {
    pub(super) file_id: Option<Uuid>,
    pub(super) kind: Kind,
    pub(super) filename: String,
    pub(super) metadata: Option<String>,
    pub(super) size_bytes: Option<i64>,
    pub(super) concat: Option<&'static str>,
    pub(super) concat_header: Option<String>,
}

pub(super) async fn insert(tx: &mut TenantTx, by: &By, new: &NewUpload) -> Result<UploadRow> {
    Ok(sqlx::query_as!(
        UploadRow,
        "insert into uploads (id, workspace_id, project_id, side, uploaded_by, uploader, file_id, kind, filename, metadata,
           size_bytes, concat, concat_header, expires_at, created_at)
         values ($1, current_workspace(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
           app_now() + interval '2 days', app_now())
         returning id, project_id, side, uploaded_by, file_id, kind, filename, metadata, size_bytes, offset_bytes,
           concat, concat_header, completed_at, expires_at",
        Uuid::now_v7(),
        by.project_id,
        by.side.as_str(),
        by.id,
        by.side.person(),
        new.file_id,
        new.kind.as_str(),
        new.filename,
        new.metadata,
        new.size_bytes,
        new.concat,
        new.concat_header,
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// An upload of this side that has not run out.
pub(super) async fn find(tx: &mut TenantTx, by: &By, id: Uuid) -> Result<Option<UploadRow>> {
    Ok(sqlx::query_as!(
        UploadRow,
        "select id, project_id, side, uploaded_by, file_id, kind, filename, metadata, size_bytes, offset_bytes,
           concat, concat_header, completed_at, expires_at
         from uploads
         where workspace_id = current_workspace() and project_id = $1 and side = $2 and id = $3 and expires_at > app_now()",
        by.project_id,
        by.side.as_str(),
        id
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Tells the size of an upload that had none; false when it has one, or has more bytes already.
pub(super) async fn set_size(tx: &mut TenantTx, id: Uuid, size: i64) -> Result<bool> {
    let done = sqlx::query!(
        "update uploads set size_bytes = $2
         where workspace_id = current_workspace() and id = $1 and size_bytes is null and offset_bytes <= $2",
        id,
        size
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Moves the end of an upload on; `None` when it does not stand at `from` any more. The row is locked from then on.
pub(super) async fn advance(tx: &mut TenantTx, id: Uuid, from: i64, bytes: i64) -> Result<Option<UploadRow>> {
    Ok(sqlx::query_as!(
        UploadRow,
        "update uploads set offset_bytes = offset_bytes + $3, expires_at = app_now() + interval '2 days'
         where workspace_id = current_workspace() and id = $1 and offset_bytes = $2 and completed_at is null
           and (size_bytes is null or offset_bytes + $3 <= size_bytes)
         returning id, project_id, side, uploaded_by, file_id, kind, filename, metadata, size_bytes, offset_bytes,
           concat, concat_header, completed_at, expires_at",
        id,
        from,
        bytes
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// A piece that stands in the storage.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) path: String,
    pub(super) bytes: i64,
}

/// Writes pieces down that follow each other from `position` on.
pub(super) async fn insert_pieces(tx: &mut TenantTx, upload: &UploadRow, from: i64, pieces: &[Piece]) -> Result<()> {
    let mut position = from;
    for piece in pieces {
        sqlx::query!(
            "insert into upload_pieces (workspace_id, project_id, upload_id, position, size_bytes, storage_path)
             values (current_workspace(), $1, $2, $3, $4, $5)",
            upload.project_id,
            upload.id,
            position,
            piece.bytes,
            piece.path,
        )
        .execute(&mut **tx)
        .await?;
        position += piece.bytes;
    }
    Ok(())
}

/// Makes one upload of parts: their pieces in their order, from the beginning. The parts are gone then.
pub(super) async fn join_parts(tx: &mut TenantTx, into: Uuid, parts: &[Uuid]) -> Result<()> {
    sqlx::query!(
        "with parts as (
           select u.id, sum(u.offset_bytes) over (order by wanted.place) - u.offset_bytes as begins
           from unnest($2::uuid[]) with ordinality as wanted (id, place)
             join uploads u on u.workspace_id = current_workspace() and u.id = wanted.id)
         update upload_pieces p set upload_id = $1, position = p.position + parts.begins
         from parts where p.workspace_id = current_workspace() and p.upload_id = parts.id",
        into,
        parts
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("delete from uploads where workspace_id = current_workspace() and id = any($1)", parts)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// A part that is whole.
pub(super) struct Part {
    pub(super) id: Uuid,
    pub(super) bytes: i64,
}

/// Locks those of these that are whole parts of this side and project, in the order of their ids.
pub(super) async fn lock_parts(tx: &mut TenantTx, by: &By, ids: &[Uuid]) -> Result<Vec<Part>> {
    Ok(sqlx::query_as!(
        Part,
        "select id, offset_bytes as bytes from uploads
         where workspace_id = current_workspace() and project_id = $1 and side = $2 and id = any($3) and concat = 'partial'
           and size_bytes = offset_bytes and expires_at > app_now()
         order by id for update",
        by.project_id,
        by.side.as_str(),
        ids
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Says of which version of a file an upload has become a part.
pub(super) async fn complete(tx: &mut TenantTx, id: Uuid, file_id: Uuid, version_id: Uuid) -> Result<()> {
    sqlx::query!(
        "update uploads set completed_at = app_now(), file_id = $2, version_id = $3
         where workspace_id = current_workspace() and id = $1 and completed_at is null",
        id,
        file_id,
        version_id
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Where the pieces of an upload stand.
pub(super) async fn paths(tx: &mut TenantTx, id: Uuid) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        "select storage_path from upload_pieces where workspace_id = current_workspace() and upload_id = $1
         order by position",
        id
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Deletes an upload that has not become a file; false when it has, or is gone.
pub(super) async fn delete(tx: &mut TenantTx, id: Uuid) -> Result<bool> {
    let done = sqlx::query!(
        "delete from uploads where workspace_id = current_workspace() and id = $1 and completed_at is null",
        id
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// An upload that nobody goes on with, or a completed one whose bytes were joined.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) workspace_id: Uuid,
    pub(super) id: Uuid,
}

pub(super) async fn run_out(engine: &PgPool, most: i64) -> Result<Vec<Found>> {
    Ok(sqlx::query_as!(
        Found,
        r#"select workspace_id as "workspace_id!", id as "id!" from auth.uploads_that_ran_out($1)"#,
        i32::try_from(most).unwrap_or(i32::MAX)
    )
    .fetch_all(engine)
    .await?)
}

/// Deletes an upload that has run out, its pieces with it; false when somebody goes on with it after all.
pub(super) async fn delete_run_out(tx: &mut TenantTx, id: Uuid) -> Result<bool> {
    let done = sqlx::query!(
        "delete from uploads where workspace_id = current_workspace() and id = $1 and expires_at <= app_now()
           and not exists (select from file_versions v where v.workspace_id = uploads.workspace_id
             and v.id = uploads.version_id and v.state = 'scanning')",
        id
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Those of these stored pieces that are written down.
pub(super) async fn known(tx: &mut TenantTx, paths: &[String]) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        "select storage_path from upload_pieces where workspace_id = current_workspace() and storage_path = any($1)",
        paths
    )
    .fetch_all(&mut **tx)
    .await?)
}
