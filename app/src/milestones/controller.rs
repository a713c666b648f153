//! Parse, authorize, one call, answer.

use axum::{Json, extract::State, http::StatusCode};
use loco_rs::app::AppContext;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    change,
    input::{MilestoneChange, MilestoneOrder, MilestoneRevision, NewMilestone},
    queries::{self, MilestoneRow},
    steps,
    view::MilestoneView,
};
use crate::{
    access::{Permission, authorize},
    error::{Error, Result},
    http::extract::{Body, Path},
    projects,
    routes::Problems,
    tenant::{Actor, TenantTx},
};

/// All milestones of a project, in their order; there are at most 200.
#[derive(Serialize, ToSchema)]
pub struct MilestoneList {
    milestones: Vec<MilestoneView>,
}

impl From<Vec<MilestoneRow>> for MilestoneList {
    fn from(rows: Vec<MilestoneRow>) -> Self {
        Self { milestones: rows.into_iter().map(MilestoneView::from).collect() }
    }
}

/// The milestones of a project, in their order
#[utoipa::path(get, path = "/api/projects/{id}/milestones", tag = "milestones", params(("id" = Uuid, Path)),
    responses((status = 200, body = MilestoneList), Problems))]
pub(super) async fn list_milestones(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Json<MilestoneList>> {
    authorize(&actor, Permission::WorkOnProjects)?;
    let mut tx = TenantTx::begin(&ctx, &actor).await?;
    projects::queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    Ok(Json(queries::of_project(&mut tx, id).await?.into()))
}

/// Add a milestone to a project
#[utoipa::path(post, path = "/api/projects/{id}/milestones", tag = "milestones", params(("id" = Uuid, Path)),
    request_body = NewMilestone, responses((status = 201, body = MilestoneView), Problems))]
pub(super) async fn add_milestone(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Body(body): Body<NewMilestone>,
) -> Result<(StatusCode, Json<MilestoneView>)> {
    Ok((StatusCode::CREATED, Json(change::add(&ctx, &actor, id, body).await?.into())))
}

/// Put the milestones of a project into an order
#[utoipa::path(put, path = "/api/projects/{id}/milestones/order", tag = "milestones", params(("id" = Uuid, Path)),
    request_body = MilestoneOrder, responses((status = 200, body = MilestoneList), Problems))]
pub(super) async fn order_milestones(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Body(body): Body<MilestoneOrder>,
) -> Result<Json<MilestoneList>> {
    Ok(Json(change::order(&ctx, &actor, id, body).await?.into()))
}

/// Change a milestone
#[utoipa::path(patch, path = "/api/milestones/{id}", tag = "milestones", params(("id" = Uuid, Path)),
    request_body = MilestoneChange, responses((status = 200, body = MilestoneView), Problems))]
pub(super) async fn update_milestone(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Body(body): Body<MilestoneChange>,
) -> Result<Json<MilestoneView>> {
    Ok(Json(change::update(&ctx, &actor, id, body).await?.into()))
}

/// Remove a milestone that was not handed in
#[utoipa::path(delete, path = "/api/milestones/{id}", tag = "milestones", params(("id" = Uuid, Path)),
    responses((status = 204), Problems))]
pub(super) async fn remove_milestone(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<StatusCode> {
    change::remove(&ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Hand a milestone in
#[utoipa::path(post, path = "/api/milestones/{id}/submit", tag = "milestones", params(("id" = Uuid, Path)),
    responses((status = 200, body = MilestoneView), Problems))]
pub(super) async fn submit_milestone(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Json<MilestoneView>> {
    Ok(Json(steps::submit(&ctx, &actor, id).await?.into()))
}

/// Accept a milestone, on the client's behalf
#[utoipa::path(post, path = "/api/milestones/{id}/approve", tag = "milestones", params(("id" = Uuid, Path)),
    responses((status = 200, body = MilestoneView), Problems))]
pub(super) async fn approve_milestone(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Json<MilestoneView>> {
    Ok(Json(steps::approve(&ctx, &actor, id).await?.into()))
}

/// Ask for changes to a milestone, on the client's behalf
#[utoipa::path(post, path = "/api/milestones/{id}/request-revision", tag = "milestones",
    params(("id" = Uuid, Path)), request_body = MilestoneRevision,
    responses((status = 200, body = MilestoneView), Problems))]
pub(super) async fn request_milestone_revision(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Body(body): Body<MilestoneRevision>,
) -> Result<Json<MilestoneView>> {
    Ok(Json(steps::request_revision(&ctx, &actor, id, body).await?.into()))
}

/// Take a milestone up again after changes were asked for
#[utoipa::path(post, path = "/api/milestones/{id}/resume", tag = "milestones", params(("id" = Uuid, Path)),
    responses((status = 200, body = MilestoneView), Problems))]
pub(super) async fn resume_milestone(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Json<MilestoneView>> {
    Ok(Json(steps::resume(&ctx, &actor, id).await?.into()))
}

/// Give a milestone up
#[utoipa::path(post, path = "/api/milestones/{id}/cancel", tag = "milestones", params(("id" = Uuid, Path)),
    responses((status = 200, body = MilestoneView), Problems))]
pub(super) async fn cancel_milestone(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Json<MilestoneView>> {
    Ok(Json(steps::cancel(&ctx, &actor, id).await?.into()))
}
