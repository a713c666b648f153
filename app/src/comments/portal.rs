//! Parse, one call, answer: for clients in the portal, whatever else their access includes. Members who look at what their
//! client sees only read here.

use axum::{Json, extract::State, http::StatusCode};
use loco_rs::app::AppContext;
use uuid::Uuid;

use super::{
    add,
    controller::added,
    input::NewComment,
    list::{self, CommentPath, VersionPath},
    settle,
    view::{CommentList, CommentView},
};
use crate::{
    error::Result,
    http::extract::{Body, Path, Query},
    page::PageQuery,
    portal::visit::{Client, Guest},
    routes::Problems,
    tenant::TenantTx,
};

async fn project(ctx: &AppContext, guest: &Guest) -> Result<Uuid> {
    guest.project(&mut TenantTx::begin(ctx, &guest.actor).await?).await
}

/// What was said to a version of a file, oldest first
#[utoipa::path(get, path = "/api/proposals/{id}/portal/files/{fileId}/versions/{number}/comments", tag = "portal",
    params(("id" = Uuid, Path), ("fileId" = Uuid, Path), ("number" = i32, Path), PageQuery),
    responses((status = 200, body = CommentList), Problems))]
pub(super) async fn list_portal_comments(
    State(ctx): State<AppContext>,
    guest: Guest,
    Path(path): Path<VersionPath>,
    Query(query): Query<PageQuery>,
) -> Result<Json<CommentList>> {
    let project_id = project(&ctx, &guest).await?;
    let mut tx = TenantTx::begin(&ctx, &guest.actor).await?;
    Ok(Json(list::list(&mut tx, project_id, path, &query, true).await?))
}

/// Say something to a version of a file
///
/// The id is made by who writes: asking once more with it answers the comment that is there (200).
#[utoipa::path(post, path = "/api/proposals/{id}/portal/files/{fileId}/versions/{number}/comments", tag = "portal",
    params(("id" = Uuid, Path), ("fileId" = Uuid, Path), ("number" = i32, Path)), request_body = NewComment,
    responses((status = 201, body = CommentView), (status = 200, body = CommentView), Problems))]
pub(super) async fn add_portal_comment(
    State(ctx): State<AppContext>,
    Client(guest): Client,
    Path(path): Path<VersionPath>,
    Body(body): Body<NewComment>,
) -> Result<(StatusCode, Json<CommentView>)> {
    let project_id = project(&ctx, &guest).await?;
    Ok(added(add::add(&ctx, &guest.actor, project_id, path, body).await?))
}

/// What a comment says is settled
#[utoipa::path(post, path = "/api/proposals/{id}/portal/comments/{commentId}/resolve", tag = "portal",
    params(("id" = Uuid, Path), ("commentId" = Uuid, Path)), responses((status = 200, body = CommentView), Problems))]
pub(super) async fn resolve_portal_comment(
    State(ctx): State<AppContext>,
    Client(guest): Client,
    Path(path): Path<CommentPath>,
) -> Result<Json<CommentView>> {
    let project_id = project(&ctx, &guest).await?;
    Ok(Json(settle::resolve(&ctx, &guest.actor, project_id, path.comment_id).await?))
}

/// What a comment says is not settled after all
#[utoipa::path(post, path = "/api/proposals/{id}/portal/comments/{commentId}/reopen", tag = "portal",
    params(("id" = Uuid, Path), ("commentId" = Uuid, Path)), responses((status = 200, body = CommentView), Problems))]
pub(super) async fn reopen_portal_comment(
    State(ctx): State<AppContext>,
    Client(guest): Client,
    Path(path): Path<CommentPath>,
) -> Result<Json<CommentView>> {
    let project_id = project(&ctx, &guest).await?;
    Ok(Json(settle::reopen(&ctx, &guest.actor, project_id, path.comment_id).await?))
}
