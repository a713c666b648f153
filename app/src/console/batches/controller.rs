//! Parse, authorize, one call, answer.

use axum::{Json, extract::State};
use loco_rs::app::AppContext;
use uuid::Uuid;

use super::{
    cancel, queries,
    view::{BatchList, BatchQuery, BatchView},
};
use crate::{
    Ledgerline,
    accounts::session::Operator,
    console::{act::FullOperator, queries::look},
    error::{Error, Result},
    http::{
        boundary::RequestId,
        extract::{Path, Query},
    },
    page,
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
    let limit = page::limit(query.limit)?;
    let after = query.cursor.as_deref().map(page::position).transpose()?;
    let mut tx = look(&Ledgerline::of(&ctx).databases.platform).await?;
    let batches = queries::page(&mut tx, query.state, after, limit + 1).await?;
    let (batches, next_cursor) = page::cut(batches, limit, |batch| (batch.created_at, batch.id))?;
    Ok(Json(BatchList { batches, next_cursor }))
}

/// One batch
#[utoipa::path(get, path = "/api/console/batches/{id}", tag = "console", params(("id" = Uuid, Path)),
    responses((status = 200, body = BatchView), Problems))]
pub(in crate::console) async fn show_batch(
    State(ctx): State<AppContext>,
    _: Operator,
    Path(id): Path<Uuid>,
) -> Result<Json<BatchView>> {
    let mut tx = look(&Ledgerline::of(&ctx).databases.platform).await?;
    Ok(Json(queries::one(&mut tx, id).await?.ok_or_else(Error::not_found)?))
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
