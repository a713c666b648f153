//! Parse, authorize, one call, answer.

use axum::{Json, extract::State};
use loco_rs::app::AppContext;

use super::{
    read,
    view::{History, HistoryQuery},
};
use crate::{
    Ledgerline, accounts::session::Operator, console::queries::look, error::Result, http::extract::Query,
    routes::Problems,
};

/// How it went over the last hour, day or week
#[utoipa::path(get, path = "/api/console/history", tag = "console", params(HistoryQuery),
    responses((status = 200, body = History), Problems))]
pub(in crate::console) async fn show_history(
    State(ctx): State<AppContext>,
    _: Operator,
    Query(query): Query<HistoryQuery>,
) -> Result<Json<History>> {
    let mut tx = look(&Ledgerline::of(&ctx).databases.platform).await?;
    Ok(Json(read::history(&mut tx, query.range).await?))
}
