//! Parse, authorize, one call, answer: what became of rows, and taking it back.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use loco_rs::app::AppContext;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    queries,
    rows::{self, ImportedRow, Leftover, Outcome, RowClient},
    undo,
    view::ImportView,
};
use crate::{
    access::{Permission, authorize},
    error::{Error, Result},
    http::extract::{Path, Query},
    page::{self, PageQuery},
    routes::Problems,
    tenant::{Actor, TenantTx},
};

/// A page of rows.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RowList {
    rows: Vec<ImportedRow>,
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// Which rows.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RowQuery {
    /// What became of them; all unless given.
    #[param(inline)]
    pub outcome: Option<Outcome>,
    /// `nextCursor` of the page before.
    pub cursor: Option<String>,
    /// Rows on the page at most, 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
}

/// A page of clients that stayed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LeftoverList {
    leftovers: Vec<Leftover>,
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// What undoing an import would do.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UndoForecast {
    /// Clients that it created and nobody has changed since: they would be removed.
    removed: i64,
    /// Clients that it changed and nobody else has since: they would be as before.
    restored: i64,
    /// Clients that others have changed since: they would stay as they are.
    kept: i64,
    /// Of those that would be removed, whom a later import has in a row it skipped because they were there. Undoing does
    /// not import these rows.
    passed_over: i64,
}

/// Rows and what became of them, in the order of the file, as far as it is imported. A page may have fewer rows than
/// asked for: go on while there is a cursor
#[utoipa::path(get, path = "/api/imports/{id}/rows", tag = "imports", params(("id" = Uuid, Path), RowQuery),
    responses((status = 200, body = RowList), Problems))]
pub(super) async fn list_rows(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Query(query): Query<RowQuery>,
) -> Result<Json<RowList>> {
    authorize(&actor, Permission::ImportClients)?;
    let limit = usize::try_from(page::limit(query.limit)?).map_err(Error::internal)?;
    let after = query.cursor.as_deref().map(page::position).transpose()?;
    let page = rows::page(&ctx, &actor, id, query.outcome, after, limit).await?;
    Ok(Json(RowList { rows: page.rows, next_cursor: page.next_cursor }))
}

/// What undoing an import would do now
#[utoipa::path(get, path = "/api/imports/{id}/undo", tag = "imports", params(("id" = Uuid, Path)),
    responses((status = 200, body = UndoForecast), Problems))]
pub(super) async fn preview_undo(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Json<UndoForecast>> {
    let queries::Forecast { removed, restored, kept, passed_over } = undo::forecast(&ctx, &actor, id).await?;
    Ok(Json(UndoForecast { removed, restored, kept, passed_over }))
}

/// Undo an import that has ended: clients that it created are removed and those it changed are as before, but for those
/// that were changed since
#[utoipa::path(post, path = "/api/imports/{id}/undo", tag = "imports", params(("id" = Uuid, Path)),
    responses((status = 202, body = ImportView), Problems))]
pub(super) async fn undo_import(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<impl IntoResponse> {
    let row = undo::undo(&ctx, &actor, id).await?;
    Ok((StatusCode::ACCEPTED, Json(ImportView::try_from(row)?)))
}

/// Clients that stayed when an import was undone, by the number of their row
#[utoipa::path(get, path = "/api/imports/{id}/leftovers", tag = "imports", params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = LeftoverList), Problems))]
pub(super) async fn list_leftovers(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Query(query): Query<PageQuery>,
) -> Result<Json<LeftoverList>> {
    authorize(&actor, Permission::ImportClients)?;
    let limit = page::limit(query.limit)?;
    let after = query.cursor.as_deref().map(page::position).transpose()?.unwrap_or_default();
    let mut tx = TenantTx::begin(&ctx, &actor).await?;
    queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    let found = queries::leftovers(&mut tx, id, after, limit + 1).await?;
    let (found, next_cursor) = page::cut(found, limit, |row| row.row_number)?;
    let leftovers = found
        .into_iter()
        .map(|row| Leftover {
            row_number: row.row_number,
            client: RowClient { id: row.client_id, name: row.client_name },
            reason: row.reason,
        })
        .collect();
    Ok(Json(LeftoverList { leftovers, next_cursor }))
}
