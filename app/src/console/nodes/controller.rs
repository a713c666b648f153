//! Parse, authorize, one call, answer.

use axum::{Json, extract::State};
use loco_rs::app::AppContext;
use uuid::Uuid;

use super::{
    read,
    steer::{self, Wish},
    view::{NodeList, NodePage, NodeQuery, NodeView},
};
use crate::{
    Ledgerline,
    accounts::session::Operator,
    console::act::FullOperator,
    error::Result,
    http::{
        boundary::RequestId,
        extract::{Path, Query},
    },
    routes::Problems,
};

/// Nodes, the latest start first
#[utoipa::path(get, path = "/api/console/nodes", tag = "console", params(NodeQuery),
    responses((status = 200, body = NodeList), Problems))]
pub(in crate::console) async fn list_nodes(
    State(ctx): State<AppContext>,
    _: Operator,
    Query(query): Query<NodeQuery>,
) -> Result<Json<NodeList>> {
    Ok(Json(read::page(&Ledgerline::of(&ctx), &query).await?))
}

/// A node and the jobs it runs
#[utoipa::path(get, path = "/api/console/nodes/{id}", tag = "console", params(("id" = Uuid, Path)),
    responses((status = 200, body = NodePage), Problems))]
pub(in crate::console) async fn show_node(
    State(ctx): State<AppContext>,
    _: Operator,
    Path(id): Path<Uuid>,
) -> Result<Json<NodePage>> {
    Ok(Json(read::one(&Ledgerline::of(&ctx), id).await?))
}

/// Tell a node to take no new work; what it runs it ends
#[utoipa::path(post, path = "/api/console/nodes/{id}/quiet", tag = "console", params(("id" = Uuid, Path)),
    responses((status = 200, body = NodeView), Problems))]
pub(in crate::console) async fn quiet_node(
    State(ctx): State<AppContext>,
    operator: FullOperator,
    RequestId(request_id): RequestId,
    Path(id): Path<Uuid>,
) -> Result<Json<NodeView>> {
    Ok(Json(steer::steer(&Ledgerline::of(&ctx), &operator, &request_id, id, Wish::Quiet).await?))
}

/// Let a quiet node take work again
#[utoipa::path(post, path = "/api/console/nodes/{id}/resume", tag = "console", params(("id" = Uuid, Path)),
    responses((status = 200, body = NodeView), Problems))]
pub(in crate::console) async fn resume_node(
    State(ctx): State<AppContext>,
    operator: FullOperator,
    RequestId(request_id): RequestId,
    Path(id): Path<Uuid>,
) -> Result<Json<NodeView>> {
    Ok(Json(steer::steer(&Ledgerline::of(&ctx), &operator, &request_id, id, Wish::Work).await?))
}

/// Tell a node to stop in good order, as SIGTERM does
#[utoipa::path(post, path = "/api/console/nodes/{id}/stop", tag = "console", params(("id" = Uuid, Path)),
    responses((status = 200, body = NodeView), Problems))]
pub(in crate::console) async fn stop_node(
    State(ctx): State<AppContext>,
    operator: FullOperator,
    RequestId(request_id): RequestId,
    Path(id): Path<Uuid>,
) -> Result<Json<NodeView>> {
    Ok(Json(steer::steer(&Ledgerline::of(&ctx), &operator, &request_id, id, Wish::Stop).await?))
}
