//! Parse, authorize, one call, answer.

use axum::{Json, extract::State};
use loco_rs::app::AppContext;

use super::{queries, view::ActivityList};
use crate::{
    Ledgerline,
    accounts::session::Operator,
    console::queries::look,
    error::Result,
    http::extract::Query,
    page::{self, PageQuery},
    routes::Problems,
};

/// What happened lately to nodes, queues, schedules and batches, and which kinds died, the latest first
#[utoipa::path(get, path = "/api/console/activity", tag = "console", params(PageQuery),
    responses((status = 200, body = ActivityList), Problems))]
pub(in crate::console) async fn list_activity(
    State(ctx): State<AppContext>,
    _: Operator,
    Query(query): Query<PageQuery>,
) -> Result<Json<ActivityList>> {
    let mut tx = look(&Ledgerline::of(&ctx).databases.platform).await?;
    let (activity, next_cursor) = page::read(
        query.cursor.as_deref(),
        query.limit,
        |before, most| queries::page(&mut tx, before, most),
        |entry| entry.number,
    )
    .await?;
    Ok(Json(ActivityList { activity, next_cursor }))
}
