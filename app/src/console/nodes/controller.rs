//! Parse, authorize, one call, answer.

use axum::{Json, extract::State};
use loco_rs::app::AppContext;
use uuid::Uuid;

use super::{
    queries,
    steer::{self, Wish},
    view::{NodeList, NodePage, NodeQuery, NodeView},
};
use crate::{
    Ledgerline,
    accounts::session::Operator,
    console::{act::FullOperator, jobs::queries::rows, queries::look},
    error::{Error, Result},
    http::{
        boundary::RequestId,
        extract::{Path, Query},
    },
    page,
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
    let limit = page::limit(query.limit)?;
    let after = query.cursor.as_deref().map(page::position).transpose()?;
    let mut tx = look(&Ledgerline::of(&ctx).databases.platform).await?;
    let nodes = queries::page(&mut tx, query.gone, after, limit + 1).await?;
    let (nodes, next_cursor) = page::cut(nodes, limit, |node| (node.started_at, node.id))?;
    Ok(Json(NodeList { nodes, next_cursor }))
}

/// A node and the jobs it runs
#[utoipa::path(get, path = "/api/console/nodes/{id}", tag = "console", params(("id" = Uuid, Path)),
    responses((status = 200, body = NodePage), Problems))]
pub(in crate::console) async fn show_node(
    State(ctx): State<AppContext>,
    _: Operator,
    Path(id): Path<Uuid>,
) -> Result<Json<NodePage>> {
    let mut tx = look(&Ledgerline::of(&ctx).databases.platform).await?;
    let node = queries::one(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    let ids = queries::jobs(&mut tx, id).await?;
    Ok(Json(NodePage { node, jobs: rows::on_page(&mut tx, &ids, None).await? }))
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
