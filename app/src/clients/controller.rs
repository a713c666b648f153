//! Parse, authorize, one call, answer.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use loco_rs::app::AppContext;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    archive, create, export,
    filter::ClientFilter,
    history::{self, ClientEvent},
    input::{ClientChange, NewClient},
    list::{self, ClientListQuery},
    queries, update,
    view::ClientView,
};
use crate::{
    access::{Permission, authorize},
    accounts::session::SignedIn,
    error::{Error, Result},
    http::extract::{Body, Path, Query},
    page::{self, BoundedCount, PageQuery},
    routes::Problems,
    tenant::{Actor, TenantTx},
};

/// A page of clients.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClientList {
    clients: Vec<ClientView>,
    #[schema(required = true)]
    next_cursor: Option<String>,
    /// How many match, over all pages.
    total: BoundedCount,
}

/// Clients: searched, filtered, sorted
#[utoipa::path(get, path = "/api/clients", tag = "clients", params(ClientFilter, ClientListQuery),
    responses((status = 200, body = ClientList), Problems))]
pub(super) async fn list_clients(
    State(ctx): State<AppContext>,
    actor: Actor,
    Query(query): Query<ClientListQuery>,
) -> Result<Json<ClientList>> {
    authorize(&actor, Permission::WorkWithClients)?;
    let mut tx = TenantTx::begin(&ctx, &actor).await?;
    let page = list::list(&mut tx, query).await?;
    let clients = page.rows.into_iter().map(ClientView::from).collect();
    Ok(Json(ClientList { clients, next_cursor: page.next_cursor, total: page.total }))
}

/// Add a client
#[utoipa::path(post, path = "/api/clients", tag = "clients", request_body = NewClient,
    responses((status = 201, body = ClientView), Problems))]
pub(super) async fn create_client(
    State(ctx): State<AppContext>,
    actor: Actor,
    Body(body): Body<NewClient>,
) -> Result<(StatusCode, Json<ClientView>)> {
    Ok((StatusCode::CREATED, Json(create::create(&ctx, &actor, body).await?.into())))
}

/// One client
#[utoipa::path(get, path = "/api/clients/{id}", tag = "clients", params(("id" = Uuid, Path)),
    responses((status = 200, body = ClientView), Problems))]
pub(super) async fn show_client(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Json<ClientView>> {
    authorize(&actor, Permission::WorkWithClients)?;
    let mut tx = TenantTx::begin(&ctx, &actor).await?;
    Ok(Json(queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?.into()))
}

/// Change a client
#[utoipa::path(patch, path = "/api/clients/{id}", tag = "clients", params(("id" = Uuid, Path)),
    request_body = ClientChange, responses((status = 200, body = ClientView), Problems))]
pub(super) async fn update_client(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Body(body): Body<ClientChange>,
) -> Result<Json<ClientView>> {
    Ok(Json(update::update(&ctx, &actor, id, body).await?.into()))
}

/// Archive a client
#[utoipa::path(post, path = "/api/clients/{id}/archive", tag = "clients", params(("id" = Uuid, Path)),
    responses((status = 200, body = ClientView), Problems))]
pub(super) async fn archive_client(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Json<ClientView>> {
    Ok(Json(archive::archive(&ctx, &actor, id).await?.into()))
}

/// Restore a client
#[utoipa::path(post, path = "/api/clients/{id}/restore", tag = "clients", params(("id" = Uuid, Path)),
    responses((status = 200, body = ClientView), Problems))]
pub(super) async fn restore_client(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Json<ClientView>> {
    Ok(Json(archive::restore(&ctx, &actor, id).await?.into()))
}

/// A page of what happened to a client.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClientHistory {
    events: Vec<ClientEvent>,
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// What happened to a client, newest first
#[utoipa::path(get, path = "/api/clients/{id}/history", tag = "clients", params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = ClientHistory), Problems))]
pub(super) async fn list_client_history(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Query(query): Query<PageQuery>,
) -> Result<Json<ClientHistory>> {
    authorize(&actor, Permission::WorkWithClients)?;
    let limit = page::limit(query.limit)?;
    let before = query.cursor.as_deref().map(page::position).transpose()?;
    let mut tx = TenantTx::begin(&ctx, &actor).await?;
    queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    let events = history::page(&mut tx, id, before, limit + 1).await?;
    let (events, next_cursor) = page::cut(events, limit, |event| (event.at, event.id))?;
    Ok(Json(ClientHistory { events, next_cursor }))
}

/// Clients as a CSV file, the ones a list with the same filters shows; importing it gives the same clients
#[utoipa::path(get, path = "/api/clients/export.csv", tag = "clients", params(ClientFilter),
    responses((status = 200, body = String, content_type = "text/csv"), Problems))]
pub(super) async fn export_clients(
    State(ctx): State<AppContext>,
    actor: Actor,
    SignedIn(session): SignedIn,
    Query(filter): Query<ClientFilter>,
) -> Result<Response> {
    export::download(ctx, actor, session, filter).await
}
