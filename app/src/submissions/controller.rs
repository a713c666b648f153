//! Parse, authorize, one call, answer.

use axum::{Json, extract::State};
use loco_rs::app::AppContext;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    complete, decide, hand_in,
    input::{Approval, HandIn, RevisionRequest},
    queries,
    view::{RoundView, SubmissionView},
};
use crate::{
    access::{Permission, authorize},
    error::{Error, Result},
    http::extract::{Body, Path, Query},
    page::{self, PageQuery},
    routes::Problems,
    tenant::{Actor, TenantTx},
};

/// One submission
#[utoipa::path(get, path = "/api/submissions/{id}", tag = "submissions", params(("id" = Uuid, Path)),
    responses((status = 200, body = SubmissionView), Problems))]
pub(super) async fn show_submission(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Json<SubmissionView>> {
    authorize(&actor, Permission::WorkOnProjects)?;
    let mut tx = TenantTx::begin(&ctx, &actor).await?;
    Ok(Json(queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?.into()))
}

/// A page of a submission's rounds.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoundList {
    rounds: Vec<RoundView>,
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// What was handed in each time, newest first
#[utoipa::path(get, path = "/api/submissions/{id}/rounds", tag = "submissions", params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = RoundList), Problems))]
pub(super) async fn list_rounds(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Query(query): Query<PageQuery>,
) -> Result<Json<RoundList>> {
    authorize(&actor, Permission::WorkOnProjects)?;
    let limit = page::limit(query.limit)?;
    let before = query.cursor.as_deref().map(page::position).transpose()?;
    let mut tx = TenantTx::begin(&ctx, &actor).await?;
    queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    let rounds = queries::rounds(&mut tx, id, before, limit + 1).await?;
    let (rounds, next_cursor) = page::cut(rounds, limit, |round| i64::from(round.round))?;
    Ok(Json(RoundList { rounds: rounds.into_iter().map(RoundView::from).collect(), next_cursor }))
}

/// Hand work in for review
#[utoipa::path(post, path = "/api/submissions/{id}/submit", tag = "submissions", params(("id" = Uuid, Path)),
    request_body = HandIn, responses((status = 200, body = SubmissionView), Problems))]
pub(super) async fn submit_submission(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Body(body): Body<HandIn>,
) -> Result<Json<SubmissionView>> {
    Ok(Json(hand_in::submit(&ctx, &actor, id, body).await?.into()))
}

/// Take work back that nobody has decided on
#[utoipa::path(post, path = "/api/submissions/{id}/recall", tag = "submissions", params(("id" = Uuid, Path)),
    responses((status = 200, body = SubmissionView), Problems))]
pub(super) async fn recall_submission(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Json<SubmissionView>> {
    Ok(Json(hand_in::recall(&ctx, &actor, id).await?.into()))
}

/// Accept the work, on the client's behalf
#[utoipa::path(post, path = "/api/submissions/{id}/approve", tag = "submissions", params(("id" = Uuid, Path)),
    request_body = Approval, responses((status = 200, body = SubmissionView), Problems))]
pub(super) async fn approve_submission(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Body(body): Body<Approval>,
) -> Result<Json<SubmissionView>> {
    Ok(Json(decide::approve(&ctx, &actor, id, body).await?.into()))
}

/// Ask for changes, on the client's behalf
#[utoipa::path(post, path = "/api/submissions/{id}/request-revisions", tag = "submissions",
    params(("id" = Uuid, Path)), request_body = RevisionRequest,
    responses((status = 200, body = SubmissionView), Problems))]
pub(super) async fn request_revisions(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Body(body): Body<RevisionRequest>,
) -> Result<Json<SubmissionView>> {
    Ok(Json(decide::request_revisions(&ctx, &actor, id, body).await?.into()))
}

/// Take an approval back, as long as nothing is paid
#[utoipa::path(post, path = "/api/submissions/{id}/revert-approval", tag = "submissions",
    params(("id" = Uuid, Path)), responses((status = 200, body = SubmissionView), Problems))]
pub(super) async fn revert_approval(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Json<SubmissionView>> {
    Ok(Json(decide::revert_approval(&ctx, &actor, id).await?.into()))
}

/// Complete an approved submission, and its project
#[utoipa::path(post, path = "/api/submissions/{id}/complete", tag = "submissions", params(("id" = Uuid, Path)),
    responses((status = 200, body = SubmissionView), Problems))]
pub(super) async fn complete_submission(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Json<SubmissionView>> {
    Ok(Json(complete::complete(&ctx, &actor, id).await?.into()))
}
