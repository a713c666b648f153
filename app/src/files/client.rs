//! What clients do with files in the portal. A member who looks at the portal sees what the client sees.

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
    Side, approve,
    approve::FileDecision,
    archive, change,
    controller::{FileList, list, show},
    download::{self, ContentQuery, Viewer},
    media::Made,
    view::FileView,
};
use crate::{
    error::{Error, Result},
    http::extract::{Body, Path, Query},
    page::PageQuery,
    portal::visit::{Client, Guest},
    routes::Problems,
};

/// The file of a path.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct One {
    file_id: Uuid,
}

/// A version of a path.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OneVersion {
    file_id: Uuid,
    number: i32,
}

/// How many files were accepted.
#[derive(Serialize, ToSchema)]
pub struct FilesApproved {
    approved: usize,
}

/// 404 as long as the proposal has not become a project.
fn viewer(guest: Guest) -> Result<Viewer> {
    let visit = guest.actor.visit().copied().ok_or_else(|| Error::forbidden("Only the client may do this here."))?;
    let project_id = visit.project_id.ok_or_else(Error::not_found)?;
    Ok(Viewer { actor: guest.actor, id: visit.contact_id, side: Side::Client, project_id })
}

/// Files that the client sees, newest first
#[utoipa::path(get, path = "/api/proposals/{id}/portal/files", tag = "portal", params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = FileList), Problems))]
pub(super) async fn list_portal_files(
    State(ctx): State<AppContext>,
    Client(guest): Client,
    Query(query): Query<PageQuery>,
) -> Result<Json<FileList>> {
    Ok(Json(list(&ctx, &viewer(guest)?, &query).await?))
}

/// One file with the versions that the client sees
#[utoipa::path(get, path = "/api/proposals/{id}/portal/files/{fileId}", tag = "portal",
    params(("id" = Uuid, Path), ("fileId" = Uuid, Path)), responses((status = 200, body = FileView), Problems))]
pub(super) async fn show_portal_file(
    State(ctx): State<AppContext>,
    Client(guest): Client,
    Path(One { file_id }): Path<One>,
) -> Result<Json<FileView>> {
    Ok(Json(show(&ctx, &viewer(guest)?, file_id).await?))
}

/// Delete a file that the client has sent
#[utoipa::path(delete, path = "/api/proposals/{id}/portal/files/{fileId}", tag = "portal",
    params(("id" = Uuid, Path), ("fileId" = Uuid, Path)), responses((status = 204), Problems))]
pub(super) async fn delete_portal_file(
    State(ctx): State<AppContext>,
    Client(guest): Client,
    Path(One { file_id }): Path<One>,
) -> Result<StatusCode> {
    change::delete(&ctx, &viewer(guest)?, file_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The bytes of a version
///
/// As `GET /api/projects/{id}/files/{fileId}/versions/{number}/content`; originals once the project's rule allows.
#[utoipa::path(get, path = "/api/proposals/{id}/portal/files/{fileId}/versions/{number}/content", tag = "portal",
    params(("id" = Uuid, Path), ("fileId" = Uuid, Path), ("number" = i32, Path), ContentQuery),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = 206), Problems))]
pub(super) async fn download_portal_file(
    State(ctx): State<AppContext>,
    Client(guest): Client,
    Path(OneVersion { file_id, number }): Path<OneVersion>,
    Query(query): Query<ContentQuery>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response> {
    download::download(&ctx, &viewer(guest)?, file_id, number, query.inline, (&method, &headers)).await
}

/// What shows a version without its original
///
/// As `GET /api/projects/{id}/files/{fileId}/versions/{number}/preview`; open also while the original is locked.
#[utoipa::path(get, path = "/api/proposals/{id}/portal/files/{fileId}/versions/{number}/preview", tag = "portal",
    params(("id" = Uuid, Path), ("fileId" = Uuid, Path), ("number" = i32, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = 206), Problems))]
pub(super) async fn preview_portal_file(
    State(ctx): State<AppContext>,
    Client(guest): Client,
    Path(OneVersion { file_id, number }): Path<OneVersion>,
    headers: HeaderMap,
) -> Result<Response> {
    download::made(&ctx, &viewer(guest)?, file_id, number, Made::Preview, &headers).await
}

/// A still of a version
///
/// As `GET /api/projects/{id}/files/{fileId}/versions/{number}/thumbnail`.
#[utoipa::path(get, path = "/api/proposals/{id}/portal/files/{fileId}/versions/{number}/thumbnail", tag = "portal",
    params(("id" = Uuid, Path), ("fileId" = Uuid, Path), ("number" = i32, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "image/webp"), (status = 206), Problems))]
pub(super) async fn thumbnail_portal_file(
    State(ctx): State<AppContext>,
    Client(guest): Client,
    Path(OneVersion { file_id, number }): Path<OneVersion>,
    headers: HeaderMap,
) -> Result<Response> {
    download::made(&ctx, &viewer(guest)?, file_id, number, Made::Thumbnail, &headers).await
}

/// All files that the client may download now as one archive
///
/// As `GET /api/projects/{id}/files/archive`; what is locked, or was downloaded as often as it may be, is left out.
#[utoipa::path(get, path = "/api/proposals/{id}/portal/files/archive", tag = "portal", params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/zip"), Problems))]
pub(super) async fn archive_portal_files(State(ctx): State<AppContext>, Client(guest): Client) -> Result<Response> {
    archive::archive(&ctx, &viewer(guest)?).await
}

/// Approve one file of the work that was handed in
#[utoipa::path(post, path = "/api/proposals/{id}/portal/files/{fileId}/approve", tag = "portal",
    params(("id" = Uuid, Path), ("fileId" = Uuid, Path)), request_body = FileDecision,
    responses((status = 200, body = FileView), Problems))]
pub(super) async fn approve_portal_file(
    State(ctx): State<AppContext>,
    Client(guest): Client,
    Path(One { file_id }): Path<One>,
    Body(decision): Body<FileDecision>,
) -> Result<Json<FileView>> {
    let viewer = viewer(guest)?;
    approve::decide(&ctx, &viewer, file_id, true, &decision).await?;
    Ok(Json(show(&ctx, &viewer, file_id).await?))
}

/// Ask for changes to one file of the work that was handed in
#[utoipa::path(post, path = "/api/proposals/{id}/portal/files/{fileId}/request-changes", tag = "portal",
    params(("id" = Uuid, Path), ("fileId" = Uuid, Path)), request_body = FileDecision,
    responses((status = 200, body = FileView), Problems))]
pub(super) async fn request_portal_file_changes(
    State(ctx): State<AppContext>,
    Client(guest): Client,
    Path(One { file_id }): Path<One>,
    Body(decision): Body<FileDecision>,
) -> Result<Json<FileView>> {
    let viewer = viewer(guest)?;
    approve::decide(&ctx, &viewer, file_id, false, &decision).await?;
    Ok(Json(show(&ctx, &viewer, file_id).await?))
}

/// Approve all files of the work that was handed in
#[utoipa::path(post, path = "/api/proposals/{id}/portal/files/approve-all", tag = "portal",
    params(("id" = Uuid, Path)), responses((status = 200, body = FilesApproved), Problems))]
pub(super) async fn approve_portal_files(
    State(ctx): State<AppContext>,
    Client(guest): Client,
) -> Result<Json<FilesApproved>> {
    let approved = approve::approve_all(&ctx, &viewer(guest)?).await?;
    Ok(Json(FilesApproved { approved }))
}
