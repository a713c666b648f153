//! Parse, authorize, one call, answer.

use axum::{Json, extract::State, http::StatusCode};
use loco_rs::app::AppContext;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    post::{self, NewProgress},
    queries,
    view::ProgressView,
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

/// A page of progress updates.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProgressList {
    updates: Vec<ProgressView>,
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// How the work on a project went, newest first
#[utoipa::path(get, path = "/api/projects/{id}/progress-updates", tag = "projects", params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = ProgressList), Problems))]
pub(super) async fn list_progress(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Query(query): Query<PageQuery>,
) -> Result<Json<ProgressList>> {
    authorize(&actor, Permission::WorkOnProjects)?;
    let limit = page::limit(query.limit)?;
    let before = query.cursor.as_deref().map(page::position).transpose()?;
    let mut tx = TenantTx::begin(&ctx, &actor).await?;
    projects::queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    let rows = queries::page(&mut tx, id, before, limit + 1).await?;
    let (rows, next_cursor) = page::cut(rows, limit, |row| (row.created_at, row.id))?;
    Ok(Json(ProgressList { updates: rows.into_iter().map(ProgressView::from).collect(), next_cursor }))
}

/// Tell how the work on a project goes
#[utoipa::path(post, path = "/api/projects/{id}/progress-updates", tag = "projects", params(("id" = Uuid, Path)),
    request_body = NewProgress, responses((status = 201, body = ProgressView), Problems))]
pub(super) async fn post_progress(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Body(body): Body<NewProgress>,
) -> Result<(StatusCode, Json<ProgressView>)> {
    Ok((StatusCode::CREATED, Json(post::post(&ctx, &actor, id, body).await?.into())))
}
