//! Parse, authorize, one call, answer: what members of the workspace do.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, Method, StatusCode},
    response::Response,
};
use loco_rs::app::AppContext;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Side, archive,
    change::{self, FileChange},
    download::{self, ContentQuery, Viewer},
    media::Made,
    queries,
    quota::{self, Use},
    view::{FileView, with_versions},
};
use crate::{
    access::{Permission, authorize},
    error::{Error, Result},
    http::extract::{Body, Path, Query},
    page::{self, PageQuery},
    projects,
    routes::Problems,
    tenant::{Actor, TenantTx},
};

/// Versions that a file shows.
const VERSIONS: i64 = 50;

/// Project, file and version of a path.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct One {
    id: Uuid,
    file_id: Uuid,
}

/// A version of a path.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OneVersion {
    id: Uuid,
    file_id: Uuid,
    number: i32,
}

/// A page of files.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FileList {
    files: Vec<FileView>,
    #[schema(required = true)]
    next_cursor: Option<String>,
}

fn viewer(actor: Actor, project_id: Uuid) -> Result<Viewer> {
    authorize(&actor, Permission::WorkOnProjects)?;
    let id = actor.user_id().ok_or_else(|| Error::forbidden("Only a member of the workspace may do this."))?;
    Ok(Viewer { actor, id, side: Side::Producer, project_id })
}

/// Files of a project, newest first
#[utoipa::path(get, path = "/api/projects/{id}/files", tag = "files", params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = FileList), Problems))]
pub(super) async fn list_files(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Query(query): Query<PageQuery>,
) -> Result<Json<FileList>> {
    Ok(Json(list(&ctx, &viewer(actor, id)?, &query).await?))
}

pub(super) async fn list(ctx: &AppContext, viewer: &Viewer, query: &PageQuery) -> Result<FileList> {
    let limit = page::limit(query.limit)?;
    let before = query.cursor.as_deref().map(page::position).transpose()?;
    let mut tx = TenantTx::begin(ctx, &viewer.actor).await?;
    let project = projects::queries::find(&mut tx, viewer.project_id).await?.ok_or_else(Error::not_found)?;
    let rows = queries::page(&mut tx, viewer.project_id, before, limit + 1).await?;
    let (rows, next_cursor) = page::cut(rows, limit, |row| (row.created_at, row.id))?;
    let files = with_versions(&mut tx, &project, rows, 1).await?;
    Ok(FileList { files, next_cursor })
}

/// One file with its versions
#[utoipa::path(get, path = "/api/projects/{id}/files/{fileId}", tag = "files",
    params(("id" = Uuid, Path), ("fileId" = Uuid, Path)), responses((status = 200, body = FileView), Problems))]
pub(super) async fn show_file(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(One { id, file_id }): Path<One>,
) -> Result<Json<FileView>> {
    Ok(Json(show(&ctx, &viewer(actor, id)?, file_id).await?))
}

pub(super) async fn show(ctx: &AppContext, viewer: &Viewer, file_id: Uuid) -> Result<FileView> {
    let mut tx = TenantTx::begin(ctx, &viewer.actor).await?;
    let project = projects::queries::find(&mut tx, viewer.project_id).await?.ok_or_else(Error::not_found)?;
    let file = queries::find(&mut tx, viewer.project_id, file_id).await?.ok_or_else(Error::not_found)?;
    with_versions(&mut tx, &project, vec![file], VERSIONS).await?.pop().ok_or_else(Error::not_found)
}

/// Rename a file, say what it is, limit its downloads
#[utoipa::path(patch, path = "/api/projects/{id}/files/{fileId}", tag = "files",
    params(("id" = Uuid, Path), ("fileId" = Uuid, Path)), request_body = FileChange,
    responses((status = 200, body = FileView), Problems))]
pub(super) async fn update_file(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(One { id, file_id }): Path<One>,
    Body(body): Body<FileChange>,
) -> Result<Json<FileView>> {
    let viewer = viewer(actor, id)?;
    change::change(&ctx, &viewer, file_id, body).await?;
    Ok(Json(show(&ctx, &viewer, file_id).await?))
}

/// Delete a file with all its versions
#[utoipa::path(delete, path = "/api/projects/{id}/files/{fileId}", tag = "files",
    params(("id" = Uuid, Path), ("fileId" = Uuid, Path)), responses((status = 204), Problems))]
pub(super) async fn delete_file(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(One { id, file_id }): Path<One>,
) -> Result<StatusCode> {
    change::delete(&ctx, &viewer(actor, id)?, file_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The bytes of a version
///
/// Answers `Range` requests. `inline` gives sound, pictures and plain text with their type; everything else is saved.
#[utoipa::path(get, path = "/api/projects/{id}/files/{fileId}/versions/{number}/content", tag = "files",
    params(("id" = Uuid, Path), ("fileId" = Uuid, Path), ("number" = i32, Path), ContentQuery),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = 206), Problems))]
pub(super) async fn download_file(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(OneVersion { id, file_id, number }): Path<OneVersion>,
    Query(query): Query<ContentQuery>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response> {
    download::download(&ctx, &viewer(actor, id)?, file_id, number, query.inline, (&method, &headers)).await
}

/// What shows a version without its original
///
/// MP3 for sound, MP4 for moving and WebP for still pictures, made by a job.
#[utoipa::path(get, path = "/api/projects/{id}/files/{fileId}/versions/{number}/preview", tag = "files",
    params(("id" = Uuid, Path), ("fileId" = Uuid, Path), ("number" = i32, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = 206), Problems))]
pub(super) async fn preview_file(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(OneVersion { id, file_id, number }): Path<OneVersion>,
    headers: HeaderMap,
) -> Result<Response> {
    download::made(&ctx, &viewer(actor, id)?, file_id, number, Made::Preview, &headers).await
}

/// A still of a version
///
/// A small WebP of moving and still pictures, made by a job.
#[utoipa::path(get, path = "/api/projects/{id}/files/{fileId}/versions/{number}/thumbnail", tag = "files",
    params(("id" = Uuid, Path), ("fileId" = Uuid, Path), ("number" = i32, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "image/webp"), (status = 206), Problems))]
pub(super) async fn thumbnail_file(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(OneVersion { id, file_id, number }): Path<OneVersion>,
    headers: HeaderMap,
) -> Result<Response> {
    download::made(&ctx, &viewer(actor, id)?, file_id, number, Made::Thumbnail, &headers).await
}

/// All files of a project as one archive
///
/// A ZIP of the last version of each file, made while it is sent.
#[utoipa::path(get, path = "/api/projects/{id}/files/archive", tag = "files", params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/zip"), Problems))]
pub(super) async fn archive_files(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Response> {
    archive::archive(&ctx, &viewer(actor, id)?).await
}

/// How much the workspace stores
#[utoipa::path(get, path = "/api/workspace/storage", tag = "files", responses((status = 200, body = Use), Problems))]
pub(super) async fn show_storage(State(ctx): State<AppContext>, actor: Actor) -> Result<Json<Use>> {
    authorize(&actor, Permission::SeeWorkspace)?;
    let mut tx = TenantTx::begin(&ctx, &actor).await?;
    Ok(Json(quota::of(&mut tx).await?))
}
