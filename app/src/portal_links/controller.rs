//! Parse, authorize, one call, answer.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use loco_rs::app::AppContext;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    access_code, change, create, queries, request, revoke, rotate, send,
    view::{LinkView, LostPortalLink, NewAccessCode, NewPortalLink, PortalLinkChange, PortalLinkList},
};
use crate::{
    Ledgerline,
    access::{Permission, authorize},
    error::{Error, Result},
    http::{
        boundary::RequestId,
        extract::{Body, Path, Peer, Query},
    },
    page::{self, PageQuery},
    routes::Problems,
    tenant::{Actor, TenantTx},
};

/// Links to an engagement, newest first
#[utoipa::path(get, path = "/api/proposals/{id}/links", tag = "portal links", params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = PortalLinkList), Problems))]
pub(super) async fn list_portal_links(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Query(query): Query<PageQuery>,
) -> Result<Json<PortalLinkList>> {
    authorize(&actor, Permission::WorkWithClients)?;
    let limit = page::limit(query.limit)?;
    let after = query.cursor.as_deref().map(page::position).transpose()?;
    let mut tx = TenantTx::begin(&ctx, &actor).await?;
    queries::engagement(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    let rows = queries::page(&mut tx, id, after, limit + 1).await?;
    let (rows, next_cursor) = page::cut(rows, limit, |row| (row.created_at, row.id))?;
    let links = rows.into_iter().map(LinkView::try_from).collect::<Result<_>>()?;
    Ok(Json(PortalLinkList { links, next_cursor }))
}

/// Give a contact a link
///
/// It is mailed at once, unless the proposal has not been sent yet or `send` is false.
#[utoipa::path(post, path = "/api/proposals/{id}/links", tag = "portal links", params(("id" = Uuid, Path)),
    request_body = NewPortalLink, responses((status = 201, body = LinkView), Problems))]
pub(super) async fn create_portal_link(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Body(body): Body<NewPortalLink>,
) -> Result<impl IntoResponse> {
    let link = create::create(&ctx, &actor, id, body).await?;
    Ok((StatusCode::CREATED, Json(LinkView::try_from(link)?)))
}

/// Give a link more time, or less
#[utoipa::path(patch, path = "/api/proposals/{id}/links/{linkId}", tag = "portal links",
    params(("id" = Uuid, Path), ("linkId" = Uuid, Path)), request_body = PortalLinkChange,
    responses((status = 200, body = LinkView), Problems))]
pub(super) async fn update_portal_link(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path((id, link_id)): Path<(Uuid, Uuid)>,
    Body(body): Body<PortalLinkChange>,
) -> Result<Json<LinkView>> {
    Ok(Json(change::change(&ctx, &actor, id, link_id, body).await?.try_into()?))
}

/// Mail a link once more
#[utoipa::path(post, path = "/api/proposals/{id}/links/{linkId}/send", tag = "portal links",
    params(("id" = Uuid, Path), ("linkId" = Uuid, Path)), responses((status = 200, body = LinkView), Problems))]
pub(super) async fn send_portal_link(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path((id, link_id)): Path<(Uuid, Uuid)>,
) -> Result<Json<LinkView>> {
    Ok(Json(send::send(&ctx, &actor, id, link_id).await?.try_into()?))
}

/// Make all mailed addresses of a link useless and mail a new one
#[utoipa::path(post, path = "/api/proposals/{id}/links/{linkId}/rotate", tag = "portal links",
    params(("id" = Uuid, Path), ("linkId" = Uuid, Path)), responses((status = 200, body = LinkView), Problems))]
pub(super) async fn rotate_portal_link(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path((id, link_id)): Path<(Uuid, Uuid)>,
) -> Result<Json<LinkView>> {
    Ok(Json(rotate::rotate(&ctx, &actor, id, link_id).await?.try_into()?))
}

/// Revoke a link for good
#[utoipa::path(post, path = "/api/proposals/{id}/links/{linkId}/revoke", tag = "portal links",
    params(("id" = Uuid, Path), ("linkId" = Uuid, Path)), responses((status = 200, body = LinkView), Problems))]
pub(super) async fn revoke_portal_link(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path((id, link_id)): Path<(Uuid, Uuid)>,
) -> Result<Json<LinkView>> {
    Ok(Json(revoke::revoke(&ctx, &actor, id, link_id).await?.try_into()?))
}

/// Set or remove the access code of a link
#[utoipa::path(post, path = "/api/proposals/{id}/links/{linkId}/access-code", tag = "portal links",
    params(("id" = Uuid, Path), ("linkId" = Uuid, Path)), request_body = NewAccessCode,
    responses((status = 200, body = LinkView), Problems))]
pub(super) async fn set_portal_code(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path((id, link_id)): Path<(Uuid, Uuid)>,
    Body(body): Body<NewAccessCode>,
) -> Result<Json<LinkView>> {
    Ok(Json(access_code::set(&ctx, &actor, id, link_id, body.code.as_deref()).await?.try_into()?))
}

/// Says nothing.
#[derive(Serialize, ToSchema)]
pub struct LinkRequested {}

/// Ask for a new link to the portal
///
/// Mails it to the address that the producer knows. The answer is the same when there is none.
#[utoipa::path(post, path = "/api/portal/link-requests", tag = "portal", request_body = LostPortalLink,
    responses((status = 202, body = LinkRequested), Problems))]
pub(super) async fn request_portal_link(
    State(ctx): State<AppContext>,
    peer: Peer,
    RequestId(request_id): RequestId,
    Body(body): Body<LostPortalLink>,
) -> Result<impl IntoResponse> {
    request::request(&Ledgerline::of(&ctx), body.email.as_deref(), body.proposal_id, peer, &request_id).await?;
    Ok((StatusCode::ACCEPTED, Json(LinkRequested {})))
}
