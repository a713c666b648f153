//! Parse, authorize, one call, answer.

use axum::{Json, extract::State};
use loco_rs::app::AppContext;
use uuid::Uuid;

use super::{
    cancel, read,
    view::{BatchList, BatchQuery, BatchView},
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

/// Batches, the latest first
#[utoipa::path(get, path = "/api/console/batches", tag = "console", params(BatchQuery),
    responses((status = 200, body = BatchList), Problems))]
pub(in crate::console) async fn list_batches(
    State(ctx): State<AppContext>,
    _: Operator,
    Query(query): Query<BatchQuery>,
) -> Result<Json<BatchList>> {
    Ok(Json(read::page(&Ledgerline::of(&ctx), &query).await?))
}

/// One batch
#[utoipa::path(get, path = "/api/console/batches/{id}", tag = "console", params(("id" = Uuid, Path)),
    responses((status = 200, body = BatchView), Problems))]
pub(in crate::console) async fn show_batch(
    State(ctx): State<AppContext>,
    _: Operator,
    Path(id): Path<Uuid>,
) -> Result<Json<BatchView>> {
    Ok(Json(read::one(&Ledgerline::of(&ctx), id).await?))
}

/// Cancel a batch: its waiting jobs end, its running ones are asked to stop
#[utoipa::path(post, path = "/api/console/batches/{id}/cancel", tag = "console", params(("id" = Uuid, Path)),
    responses((status = 200, body = BatchView), Problems))]
pub(in crate::console) async fn cancel_batch(
    State(ctx): State<AppContext>,
    operator: FullOperator,
    RequestId(request_id): RequestId,
    Path(id): Path<Uuid>,
) -> Result<Json<BatchView>> {
    Ok(Json(cancel::cancel(&Ledgerline::of(&ctx), &operator, &request_id, id).await?))
}
