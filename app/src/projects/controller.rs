//! Parse, authorize, one call, answer.

use axum::{Json, extract::State, http::StatusCode};
use loco_rs::app::AppContext;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    create,
    input::{Cancellation, NewProject, ProjectChange},
    list::{self, ProjectListQuery},
    queries, steps,
    timeline::TimelineEvent,
    update,
    view::ProjectView,
};
use crate::{
    access::{Permission, authorize},
    error::{Error, Result},
    http::extract::{Body, Path, Query},
    page::{self, BoundedCount, PageQuery},
    routes::Problems,
    tenant::{Actor, TenantTx},
};

/// A page of projects.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProjectList {
    projects: Vec<ProjectView>,
    #[schema(required = true)]
    next_cursor: Option<String>,
    /// How many match, over all pages.
    total: BoundedCount,
}

/// Projects: searched and filtered, newest first
#[utoipa::path(get, path = "/api/projects", tag = "projects", params(ProjectListQuery),
    responses((status = 200, body = ProjectList), Problems))]
pub(super) async fn list_projects(
    State(ctx): State<AppContext>,
    actor: Actor,
    Query(query): Query<ProjectListQuery>,
) -> Result<Json<ProjectList>> {
    authorize(&actor, Permission::WorkOnProjects)?;
    let mut tx = TenantTx::begin(&ctx, &actor).await?;
    let page = list::list(&mut tx, query).await?;
    let projects = page.rows.into_iter().map(ProjectView::from).collect();
    Ok(Json(ProjectList { projects, next_cursor: page.next_cursor, total: page.total }))
}

/// Add a project with its first submission
#[utoipa::path(post, path = "/api/projects", tag = "projects", request_body = NewProject,
    responses((status = 201, body = ProjectView), Problems))]
pub(super) async fn create_project(
    State(ctx): State<AppContext>,
    actor: Actor,
    Body(body): Body<NewProject>,
) -> Result<(StatusCode, Json<ProjectView>)> {
    Ok((StatusCode::CREATED, Json(create::create(&ctx, &actor, body).await?.into())))
}

/// One project
#[utoipa::path(get, path = "/api/projects/{id}", tag = "projects", params(("id" = Uuid, Path)),
    responses((status = 200, body = ProjectView), Problems))]
pub(super) async fn show_project(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Json<ProjectView>> {
    authorize(&actor, Permission::WorkOnProjects)?;
    let mut tx = TenantTx::begin(&ctx, &actor).await?;
    Ok(Json(queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?.into()))
}

/// Change a project
#[utoipa::path(patch, path = "/api/projects/{id}", tag = "projects", params(("id" = Uuid, Path)),
    request_body = ProjectChange, responses((status = 200, body = ProjectView), Problems))]
pub(super) async fn update_project(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Body(body): Body<ProjectChange>,
) -> Result<Json<ProjectView>> {
    Ok(Json(update::update(&ctx, &actor, id, body).await?.into()))
}

/// Open a draft
#[utoipa::path(post, path = "/api/projects/{id}/open", tag = "projects", params(("id" = Uuid, Path)),
    responses((status = 200, body = ProjectView), Problems))]
pub(super) async fn open_project(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Json<ProjectView>> {
    Ok(Json(steps::open(&ctx, &actor, id).await?.into()))
}

/// Archive a completed project
#[utoipa::path(post, path = "/api/projects/{id}/archive", tag = "projects", params(("id" = Uuid, Path)),
    responses((status = 200, body = ProjectView), Problems))]
pub(super) async fn archive_project(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Json<ProjectView>> {
    Ok(Json(steps::archive(&ctx, &actor, id).await?.into()))
}

/// Take a project out of the archive
#[utoipa::path(post, path = "/api/projects/{id}/unarchive", tag = "projects", params(("id" = Uuid, Path)),
    responses((status = 200, body = ProjectView), Problems))]
pub(super) async fn unarchive_project(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Json<ProjectView>> {
    Ok(Json(steps::unarchive(&ctx, &actor, id).await?.into()))
}

/// Give a project up
#[utoipa::path(post, path = "/api/projects/{id}/cancel", tag = "projects", params(("id" = Uuid, Path)),
    request_body = Cancellation, responses((status = 200, body = ProjectView), Problems))]
pub(super) async fn cancel_project(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Body(body): Body<Cancellation>,
) -> Result<Json<ProjectView>> {
    Ok(Json(steps::cancel(&ctx, &actor, id, body).await?.into()))
}

/// A page of what happened in a project.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProjectTimeline {
    events: Vec<TimelineEvent>,
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// What happened in a project, newest first
#[utoipa::path(get, path = "/api/projects/{id}/timeline", tag = "projects", params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = ProjectTimeline), Problems))]
pub(super) async fn show_timeline(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Query(query): Query<PageQuery>,
) -> Result<Json<ProjectTimeline>> {
    authorize(&actor, Permission::WorkOnProjects)?;
    let limit = page::limit(query.limit)?;
    let before = query.cursor.as_deref().map(page::position).transpose()?;
    let mut tx = TenantTx::begin(&ctx, &actor).await?;
    queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    let events = queries::events(&mut tx, id, before, limit + 1).await?;
    let (events, next_cursor) = page::cut(events, limit, |event| event.number)?;
    Ok(Json(ProjectTimeline { events: events.into_iter().map(TimelineEvent::from).collect(), next_cursor }))
}
