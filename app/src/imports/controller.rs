//! Parse, authorize, one call, answer.

use axum::{
    Json,
    body::Body as RawBody,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use loco_rs::app::AppContext;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    cancel, events,
    format::FormatChange,
    input::Choices,
    media,
    preview::{self, Previewed},
    queries, rejects, reread, sample, start, upload,
    view::ImportView,
};
use crate::{
    access::{Permission, authorize},
    accounts::session::SignedIn,
    error::{Error, Result},
    http::extract::{Body, Path, Query},
    page::{self, PageQuery},
    routes::Problems,
    tenant::{Actor, TenantTx},
};

/// A page of imports.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportList {
    imports: Vec<ImportView>,
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// What the file is called.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct UploadQuery {
    /// Name of the file.
    pub filename: Option<String>,
}

/// The first rows and what they would become.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportPreview {
    rows: Vec<Previewed>,
}

/// Imports, newest first
#[utoipa::path(get, path = "/api/imports", tag = "imports", params(PageQuery),
    responses((status = 200, body = ImportList), Problems))]
pub(super) async fn list_imports(
    State(ctx): State<AppContext>,
    actor: Actor,
    Query(query): Query<PageQuery>,
) -> Result<Json<ImportList>> {
    authorize(&actor, Permission::ImportClients)?;
    let limit = page::limit(query.limit)?;
    let after = query.cursor.as_deref().map(page::position).transpose()?;
    let mut tx = TenantTx::begin(&ctx, &actor).await?;
    let rows = queries::page(&mut tx, after, limit + 1).await?;
    let (rows, next_cursor) = page::cut(rows, limit, |row| (row.created_at, row.id))?;
    let imports = rows.into_iter().map(ImportView::try_from).collect::<Result<_>>()?;
    Ok(Json(ImportList { imports, next_cursor }))
}

/// Upload a CSV file, up to 500 MB
#[utoipa::path(post, path = "/api/imports", tag = "imports", params(UploadQuery),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 201, body = ImportView), Problems))]
pub(super) async fn upload_import(
    State(ctx): State<AppContext>,
    actor: Actor,
    SignedIn(session): SignedIn,
    Query(query): Query<UploadQuery>,
    headers: HeaderMap,
    body: RawBody,
) -> Result<impl IntoResponse> {
    media::check(&headers)?;
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok())
        .and_then(|length| length.parse().ok());
    let filename = query.filename.unwrap_or_default();
    let row = upload::upload(&ctx, &actor, Some(&session), &filename, announced, body).await?;
    Ok((StatusCode::CREATED, Json(ImportView::try_from(row)?)))
}

/// One import
#[utoipa::path(get, path = "/api/imports/{id}", tag = "imports", params(("id" = Uuid, Path)),
    responses((status = 200, body = ImportView), Problems))]
pub(super) async fn show_import(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Json<ImportView>> {
    authorize(&actor, Permission::ImportClients)?;
    let mut tx = TenantTx::begin(&ctx, &actor).await?;
    let row = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    Ok(Json(row.try_into()?))
}

/// Correct how a file is written, before the start; what is left out stays
#[utoipa::path(patch, path = "/api/imports/{id}/format", tag = "imports", params(("id" = Uuid, Path)),
    request_body = FormatChange, responses((status = 200, body = ImportView), Problems))]
pub(super) async fn reread_import(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Body(change): Body<FormatChange>,
) -> Result<Json<ImportView>> {
    Ok(Json(reread::reread(&ctx, &actor, id, &change).await?.try_into()?))
}

/// What the first rows would become, before the start
#[utoipa::path(post, path = "/api/imports/{id}/preview", tag = "imports", params(("id" = Uuid, Path)),
    request_body = Choices, responses((status = 200, body = ImportPreview), Problems))]
pub(super) async fn preview_import(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Body(choices): Body<Choices>,
) -> Result<Json<ImportPreview>> {
    Ok(Json(ImportPreview { rows: preview::preview(&ctx, &actor, id, &choices).await? }))
}

/// A CSV file to start from, with every field
#[utoipa::path(get, path = "/api/imports/sample.csv", tag = "imports",
    responses((status = 200, body = String, content_type = "text/csv"), Problems))]
pub(super) async fn sample_import(actor: Actor) -> Result<impl IntoResponse> {
    authorize(&actor, Permission::ImportClients)?;
    let disposition = format!("attachment; filename=\"{}\"", sample::FILENAME);
    let kind = "text/csv; charset=utf-8".to_owned();
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)], sample::CONTENT))
}

/// Start an import
#[utoipa::path(post, path = "/api/imports/{id}/start", tag = "imports", params(("id" = Uuid, Path)),
    request_body = Choices, responses((status = 202, body = ImportView), Problems))]
pub(super) async fn start_import(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Body(choices): Body<Choices>,
) -> Result<impl IntoResponse> {
    let row = start::start(&ctx, &actor, id, &choices).await?;
    Ok((StatusCode::ACCEPTED, Json(ImportView::try_from(row)?)))
}

/// Cancel an import; what it created stays
#[utoipa::path(post, path = "/api/imports/{id}/cancel", tag = "imports", params(("id" = Uuid, Path)),
    responses((status = 200, body = ImportView), Problems))]
pub(super) async fn cancel_import(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Json<ImportView>> {
    Ok(Json(cancel::cancel(&ctx, &actor, id).await?.try_into()?))
}

/// Rows that could not become clients as a CSV file: their cells, row number and reasons
#[utoipa::path(get, path = "/api/imports/{id}/rejects.csv", tag = "imports", params(("id" = Uuid, Path)),
    responses((status = 200, body = String, content_type = "text/csv"), Problems))]
pub(super) async fn download_rejects(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Response> {
    authorize(&actor, Permission::ImportClients)?;
    rejects::download(ctx, actor, id).await
}

/// Watch an import: `event: import` with the import whenever its numbers change; ends when it is over and suggests all that it will
#[utoipa::path(get, path = "/api/imports/{id}/events", tag = "imports", params(("id" = Uuid, Path)),
    responses((status = 200, body = ImportView, content_type = "text/event-stream"), Problems))]
pub(super) async fn watch_import(
    State(ctx): State<AppContext>,
    actor: Actor,
    SignedIn(session): SignedIn,
    Path(id): Path<Uuid>,
) -> Result<impl IntoResponse> {
    authorize(&actor, Permission::ImportClients)?;
    events::watch(ctx, actor, session, id).await
}
