//! Parse, authorize, one call, answer.

use axum::{Json, extract::State, http::StatusCode};
use loco_rs::app::AppContext;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    create,
    input::{DeliverableChange, DeliverableListQuery, NewDeliverable},
    queries::{self, After},
    update,
    view::DeliverableView,
};
use crate::{
    access::{Permission, authorize},
    error::Result,
    http::extract::{Body, Path, Query},
    page,
    routes::Problems,
    tenant::{Actor, TenantTx},
};

/// One deliverable.
#[derive(Serialize, ToSchema)]
pub struct DeliverableAnswer {
    /// Always true: what went wrong is a problem.
    success: bool,
    deliverable: DeliverableView,
}

impl From<queries::DeliverableRow> for DeliverableAnswer {
    fn from(row: queries::DeliverableRow) -> Self {
        Self { success: true, deliverable: row.into() }
    }
}

/// A page of deliverables.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeliverableList {
    /// Always true: what went wrong is a problem.
    success: bool,
    deliverables: Vec<DeliverableView>,
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// Deliverables of a contact or a project, oldest first
#[utoipa::path(get, path = "/api/deliverables", tag = "deliverables", params(DeliverableListQuery),
    responses((status = 200, body = DeliverableList), Problems))]
pub(super) async fn list_deliverables(
    State(ctx): State<AppContext>,
    actor: Actor,
    Query(query): Query<DeliverableListQuery>,
) -> Result<Json<DeliverableList>> {
    authorize(&actor, Permission::WorkOnProjects)?;
    let limit = page::limit(query.limit)?;
    let after = query.cursor.as_deref().map(page::position::<After>).transpose()?;
    let mut tx = TenantTx::begin(&ctx, &actor).await?;
    let rows = queries::page(&mut tx, query.contact_id, query.project_id, after, limit + 1).await?;
    let (rows, next_cursor) = page::cut(rows, limit, |row| After(row.created_at, row.sort_order, row.id))?;
    let deliverables = rows.into_iter().map(DeliverableView::from).collect();
    Ok(Json(DeliverableList { success: true, deliverables, next_cursor }))
}

/// Add a deliverable
#[utoipa::path(post, path = "/api/deliverables", tag = "deliverables", request_body = NewDeliverable,
    responses((status = 201, body = DeliverableAnswer), Problems))]
pub(super) async fn create_deliverable(
    State(ctx): State<AppContext>,
    actor: Actor,
    Body(body): Body<NewDeliverable>,
) -> Result<(StatusCode, Json<DeliverableAnswer>)> {
    Ok((StatusCode::CREATED, Json(create::create(&ctx, &actor, body).await?.into())))
}

/// Change a deliverable
#[utoipa::path(put, path = "/api/deliverables/{id}", tag = "deliverables", params(("id" = Uuid, Path)),
    request_body = DeliverableChange, responses((status = 200, body = DeliverableAnswer), Problems))]
pub(super) async fn update_deliverable(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Body(body): Body<DeliverableChange>,
) -> Result<Json<DeliverableAnswer>> {
    Ok(Json(update::update(&ctx, &actor, id, body).await?.into()))
}
