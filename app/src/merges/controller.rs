//! Parse, authorize, one call, answer.

use std::collections::HashMap;

use axum::{Json, extract::State as Ctx, http::StatusCode};
use loco_rs::app::AppContext;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    accept::{self, Choice},
    fields::Field,
    ignore,
    queries::{self, Filter, MergeRow},
    suggest, undo,
    view::{MergeView, State},
};
use crate::{
    access::{Permission, authorize},
    clients::queries::ClientRow,
    error::{Error, Result},
    http::extract::{Body, Path, Query},
    page::{self, BoundedCount},
    routes::Problems,
    tenant::{Actor, TenantTx},
};

/// A page of merges.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MergeList {
    merges: Vec<MergeView>,
    #[schema(required = true)]
    next_cursor: Option<String>,
    /// How many there are, over all pages.
    total: BoundedCount,
}

/// Which merges.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MergeQuery {
    /// Where they are; `suggested` unless given.
    #[param(inline)]
    pub state: Option<State>,
    /// Those that an import suggests.
    pub import_id: Option<Uuid>,
    /// Those of a client.
    pub client_id: Option<Uuid>,
    /// `nextCursor` of the page before.
    pub cursor: Option<String>,
    /// Merges on the page, 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
}

/// Two clients who may be one.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewMerge {
    client_id: Uuid,
    other_id: Uuid,
}

/// How two clients become one.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MergeChoice {
    /// The client who is left; the other one is archived and points to them.
    keep: Uuid,
    /// Fields that come from the other one.
    take: Vec<Field>,
    /// `version` of `client`, as it was looked at.
    client_version: i32,
    /// `version` of `other`, as it was looked at.
    other_version: i32,
}

/// Two clients who may be one, newest first
#[utoipa::path(get, path = "/api/merges", tag = "merges", params(MergeQuery),
    responses((status = 200, body = MergeList), Problems))]
pub(super) async fn list_merges(
    Ctx(ctx): Ctx<AppContext>,
    actor: Actor,
    Query(query): Query<MergeQuery>,
) -> Result<Json<MergeList>> {
    authorize(&actor, Permission::WorkWithClients)?;
    let limit = page::limit(query.limit)?;
    let after = query.cursor.as_deref().map(page::position).transpose()?;
    let state = query.state.unwrap_or_default();
    let filter = Filter { state: state.as_str(), import: query.import_id, client: query.client_id };
    let mut tx = TenantTx::begin(&ctx, &actor).await?;
    let rows = queries::page(&mut tx, filter, after, limit + 1).await?;
    let (rows, next_cursor) = page::cut(rows, limit, |row| (row.created_at, row.id))?;
    let total = BoundedCount::of(queries::count(&mut tx, filter).await?);
    Ok(Json(MergeList { merges: with_clients(&mut tx, rows).await?, next_cursor, total }))
}

/// Say that two clients may be one
#[utoipa::path(post, path = "/api/merges", tag = "merges", request_body = NewMerge,
    responses((status = 201, body = MergeView), Problems))]
pub(super) async fn suggest_merge(
    Ctx(ctx): Ctx<AppContext>,
    actor: Actor,
    Body(body): Body<NewMerge>,
) -> Result<(StatusCode, Json<MergeView>)> {
    let row = suggest::suggest(&ctx, &actor, body.client_id, body.other_id).await?;
    Ok((StatusCode::CREATED, Json(view(&ctx, &actor, row).await?)))
}

/// One merge with both clients
#[utoipa::path(get, path = "/api/merges/{id}", tag = "merges", params(("id" = Uuid, Path)),
    responses((status = 200, body = MergeView), Problems))]
pub(super) async fn show_merge(
    Ctx(ctx): Ctx<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Json<MergeView>> {
    authorize(&actor, Permission::WorkWithClients)?;
    let mut tx = TenantTx::begin(&ctx, &actor).await?;
    let row = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    drop(tx);
    Ok(Json(view(&ctx, &actor, row).await?))
}

/// Merge two clients
#[utoipa::path(post, path = "/api/merges/{id}/accept", tag = "merges", params(("id" = Uuid, Path)),
    request_body = MergeChoice, responses((status = 200, body = MergeView), Problems))]
pub(super) async fn accept_merge(
    Ctx(ctx): Ctx<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Body(body): Body<MergeChoice>,
) -> Result<Json<MergeView>> {
    let MergeChoice { keep, take, client_version, other_version } = body;
    let choice = Choice { keep, take, client_version, other_version };
    let row = accept::accept(&ctx, &actor, id, &choice).await?;
    Ok(Json(view(&ctx, &actor, row).await?))
}

/// Say that two clients are two
#[utoipa::path(post, path = "/api/merges/{id}/ignore", tag = "merges", params(("id" = Uuid, Path)),
    responses((status = 200, body = MergeView), Problems))]
pub(super) async fn ignore_merge(
    Ctx(ctx): Ctx<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Json<MergeView>> {
    let row = ignore::ignore(&ctx, &actor, id).await?;
    Ok(Json(view(&ctx, &actor, row).await?))
}

/// Undo a merge: both are as before, but for fields of the one who was kept that were changed since
#[utoipa::path(post, path = "/api/merges/{id}/undo", tag = "merges", params(("id" = Uuid, Path)),
    responses((status = 200, body = MergeView), Problems))]
pub(super) async fn undo_merge(
    Ctx(ctx): Ctx<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Json<MergeView>> {
    let row = undo::undo(&ctx, &actor, id).await?;
    Ok(Json(view(&ctx, &actor, row).await?))
}

async fn view(ctx: &AppContext, actor: &Actor, row: MergeRow) -> Result<MergeView> {
    let mut tx = TenantTx::begin(ctx, actor).await?;
    with_clients(&mut tx, vec![row]).await?.pop().ok_or_else(Error::not_found)
}

/// Rows with their clients, all looked up at once.
async fn with_clients(tx: &mut TenantTx, rows: Vec<MergeRow>) -> Result<Vec<MergeView>> {
    let ids: Vec<Uuid> = rows.iter().flat_map(|row| [row.client_id, row.other_id]).collect();
    let clients: HashMap<Uuid, ClientRow> =
        queries::clients(tx, &ids).await?.into_iter().map(|client| (client.id, client)).collect();
    let client = |id: Uuid| clients.get(&id).cloned();
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let (one, other) = (client(row.client_id)?, client(row.other_id)?);
            Some(MergeView::of(row, one, other))
        })
        .collect())
}
