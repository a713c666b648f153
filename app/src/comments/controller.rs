//! Parse, authorize, one call, answer: for members.

use axum::{Json, extract::State, http::StatusCode};
use loco_rs::app::AppContext;

use super::{
    add,
    input::NewComment,
    list::{self, CommentPath, VersionPath},
    settle,
    view::{CommentList, CommentView},
};
use crate::{
    access::{Permission, authorize},
    error::Result,
    http::extract::{Body, Path, Query},
    page::PageQuery,
    routes::Problems,
    tenant::{Actor, TenantTx},
};

/// 201 for a comment that was not there before.
pub(super) fn added((comment, is_new): (CommentView, bool)) -> (StatusCode, Json<CommentView>) {
    (if is_new { StatusCode::CREATED } else { StatusCode::OK }, Json(comment))
}

/// What was said to a version of a file, oldest first
#[utoipa::path(get, path = "/api/projects/{id}/files/{fileId}/versions/{number}/comments", tag = "comments",
    params(("id" = Uuid, Path), ("fileId" = Uuid, Path), ("number" = i32, Path), PageQuery),
    responses((status = 200, body = CommentList), Problems))]
pub(super) async fn list_comments(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(path): Path<VersionPath>,
    Query(query): Query<PageQuery>,
) -> Result<Json<CommentList>> {
    authorize(&actor, Permission::WorkOnProjects)?;
    let mut tx = TenantTx::begin(&ctx, &actor).await?;
    Ok(Json(list::list(&mut tx, path.id, path, &query, false).await?))
}

/// Say something to a version of a file
///
/// The id is made by who writes: asking once more with it answers the comment that is there (200).
#[utoipa::path(post, path = "/api/projects/{id}/files/{fileId}/versions/{number}/comments", tag = "comments",
    params(("id" = Uuid, Path), ("fileId" = Uuid, Path), ("number" = i32, Path)), request_body = NewComment,
    responses((status = 201, body = CommentView), (status = 200, body = CommentView), Problems))]
pub(super) async fn add_comment(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(path): Path<VersionPath>,
    Body(body): Body<NewComment>,
) -> Result<(StatusCode, Json<CommentView>)> {
    Ok(added(add::add(&ctx, &actor, path.id, path, body).await?))
}

/// What a comment says is settled
#[utoipa::path(post, path = "/api/projects/{id}/comments/{commentId}/resolve", tag = "comments",
    params(("id" = Uuid, Path), ("commentId" = Uuid, Path)), responses((status = 200, body = CommentView), Problems))]
pub(super) async fn resolve_comment(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(CommentPath { id, comment_id }): Path<CommentPath>,
) -> Result<Json<CommentView>> {
    Ok(Json(settle::resolve(&ctx, &actor, id, comment_id).await?))
}

/// What a comment says is not settled after all
#[utoipa::path(post, path = "/api/projects/{id}/comments/{commentId}/reopen", tag = "comments",
    params(("id" = Uuid, Path), ("commentId" = Uuid, Path)), responses((status = 200, body = CommentView), Problems))]
pub(super) async fn reopen_comment(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(CommentPath { id, comment_id }): Path<CommentPath>,
) -> Result<Json<CommentView>> {
    Ok(Json(settle::reopen(&ctx, &actor, id, comment_id).await?))
}
