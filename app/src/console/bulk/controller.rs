//! Parse, authorize, one call, answer.

use axum::{Json, extract::State, http::StatusCode};
use loco_rs::app::AppContext;
use uuid::Uuid;

use super::{
    abort,
    input::{BulkStart, ItemQuery, NewBulkAction},
    preview, show, start,
    view::{BulkActionList, BulkItemList, BulkView},
};
use crate::{
    Ledgerline,
    accounts::session::Operator,
    console::act::FullOperator,
    error::Result,
    http::{
        boundary::RequestId,
        extract::{Body, Path, Query},
    },
    page::PageQuery,
    routes::Problems,
};

/// Preview what would be done to many jobs; freezes which ones
#[utoipa::path(post, path = "/api/console/bulk-actions", tag = "console", request_body = NewBulkAction,
    responses((status = 201, body = BulkView), Problems))]
pub(super) async fn create_bulk_action(
    State(ctx): State<AppContext>,
    operator: FullOperator,
    RequestId(request_id): RequestId,
    Body(wanted): Body<NewBulkAction>,
) -> Result<(StatusCode, Json<BulkView>)> {
    let ledgerline = Ledgerline::of(&ctx);
    let id = preview::preview(&ledgerline, &operator, &request_id, wanted).await?;
    Ok((StatusCode::CREATED, Json(show::show(&ledgerline, id).await?)))
}

/// Bulk actions, the latest first
#[utoipa::path(get, path = "/api/console/bulk-actions", tag = "console", params(PageQuery),
    responses((status = 200, body = BulkActionList), Problems))]
pub(super) async fn list_bulk_actions(
    State(ctx): State<AppContext>,
    _: Operator,
    Query(query): Query<PageQuery>,
) -> Result<Json<BulkActionList>> {
    Ok(Json(show::list(&Ledgerline::of(&ctx), &query).await?))
}

/// One bulk action and how far it is
#[utoipa::path(get, path = "/api/console/bulk-actions/{id}", tag = "console", params(("id" = Uuid, Path)),
    responses((status = 200, body = BulkView), Problems))]
pub(super) async fn show_bulk_action(
    State(ctx): State<AppContext>,
    _: Operator,
    Path(id): Path<Uuid>,
) -> Result<Json<BulkView>> {
    Ok(Json(show::show(&Ledgerline::of(&ctx), id).await?))
}

/// The jobs of a bulk action, each with its result
#[utoipa::path(get, path = "/api/console/bulk-actions/{id}/items", tag = "console", params(("id" = Uuid, Path), ItemQuery),
    responses((status = 200, body = BulkItemList), Problems))]
pub(super) async fn list_bulk_items(
    State(ctx): State<AppContext>,
    _: Operator,
    Path(id): Path<Uuid>,
    Query(query): Query<ItemQuery>,
) -> Result<Json<BulkItemList>> {
    Ok(Json(show::jobs(&Ledgerline::of(&ctx), id, &query).await?))
}

/// Act on the canary of a preview, or on all of it
#[utoipa::path(post, path = "/api/console/bulk-actions/{id}/start", tag = "console", params(("id" = Uuid, Path)),
    request_body = BulkStart, responses((status = 202, body = BulkView), Problems))]
pub(super) async fn start_bulk_action(
    State(ctx): State<AppContext>,
    operator: FullOperator,
    RequestId(request_id): RequestId,
    Path(id): Path<Uuid>,
    Body(how): Body<BulkStart>,
) -> Result<(StatusCode, Json<BulkView>)> {
    let ledgerline = Ledgerline::of(&ctx);
    start::start(&ledgerline, &operator, &request_id, id, &how).await?;
    Ok((StatusCode::ACCEPTED, Json(show::show(&ledgerline, id).await?)))
}

/// Let the rest go after the canary
#[utoipa::path(post, path = "/api/console/bulk-actions/{id}/continue", tag = "console", params(("id" = Uuid, Path)),
    responses((status = 202, body = BulkView), Problems))]
pub(super) async fn continue_bulk_action(
    State(ctx): State<AppContext>,
    operator: FullOperator,
    RequestId(request_id): RequestId,
    Path(id): Path<Uuid>,
) -> Result<(StatusCode, Json<BulkView>)> {
    let ledgerline = Ledgerline::of(&ctx);
    start::go_on(&ledgerline, &operator, &request_id, id).await?;
    Ok((StatusCode::ACCEPTED, Json(show::show(&ledgerline, id).await?)))
}

/// End a bulk action; what was done stays
#[utoipa::path(post, path = "/api/console/bulk-actions/{id}/abort", tag = "console", params(("id" = Uuid, Path)),
    responses((status = 200, body = BulkView), Problems))]
pub(super) async fn abort_bulk_action(
    State(ctx): State<AppContext>,
    operator: FullOperator,
    RequestId(request_id): RequestId,
    Path(id): Path<Uuid>,
) -> Result<Json<BulkView>> {
    let ledgerline = Ledgerline::of(&ctx);
    abort::abort(&ledgerline, &operator, &request_id, id).await?;
    Ok(Json(show::show(&ledgerline, id).await?))
}
