//! Parse, authorize, one call, answer.

use axum::{
    Json,
    extract::{FromRequest, Request, State},
    http::StatusCode,
    response::IntoResponse,
};
use chrono::{DateTime, Utc};
use loco_rs::app::AppContext;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    code, page, queries,
    view::{PortalAnswer, PortalPage},
    visit::{self, Client, Guest},
};
use crate::{
    Ledgerline,
    error::Result,
    http::{
        Secret,
        extract::{Body, Peer},
    },
    routes::Problems,
    tenant::Access,
};

/// How somebody is in the portal.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PortalVisit {
    access: Access,
    /// Whether it is a member of the workspace who looks at what the client sees.
    preview: bool,
    /// Whether the client is logged in, and needs no link.
    has_account: bool,
    /// Until when the link works; null for a member, and with an account.
    #[schema(required = true)]
    expires_at: Option<DateTime<Utc>>,
    /// To be sent as `X-CSRF-Token` with every unsafe request of the portal; null for programs.
    #[schema(required = true)]
    csrf_token: Option<String>,
}

/// An access code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessCode {
    #[schema(format = "password")]
    code: String,
}

/// An engagement as its client sees it
///
/// By the cookie of a link, by its token as `Authorization: Bearer`, or by a member's session.
#[utoipa::path(get, path = "/api/proposals/{id}/portal", tag = "portal", params(("id" = Uuid, Path)),
    responses((status = 200, body = PortalAnswer), Problems))]
pub(super) async fn show_portal(State(ctx): State<AppContext>, guest: Guest) -> Result<Json<PortalAnswer>> {
    let hydration = queries::hydrate(&ctx, &guest.actor, guest.proposal_id, false).await?;
    Ok(Json(PortalAnswer { success: true, portal_data: hydration.portal_data }))
}

/// What the portal's pages show
#[utoipa::path(get, path = "/api/proposals/{id}/portal/page", tag = "portal", params(("id" = Uuid, Path)),
    responses((status = 200, body = PortalPage), Problems))]
pub(super) async fn show_portal_page(State(ctx): State<AppContext>, guest: Guest) -> Result<Json<PortalPage>> {
    Ok(Json(page::load(&ctx, &guest).await?))
}

/// How one is in the portal
#[utoipa::path(get, path = "/api/proposals/{id}/portal/visit", tag = "portal", params(("id" = Uuid, Path)),
    responses((status = 200, body = PortalVisit), Problems))]
pub(super) async fn show_portal_visit(guest: Guest) -> impl IntoResponse {
    let visit = PortalVisit {
        access: guest.access(),
        preview: guest.is_member(),
        expires_at: guest.link.as_ref().map(|link| link.expires_at),
        has_account: guest.link.is_none() && !guest.is_member(),
        csrf_token: guest.csrf_token,
    };
    let mut response = Json(visit).into_response();
    response.extensions_mut().insert(Secret);
    response
}

/// Leave the portal in this browser
#[utoipa::path(delete, path = "/api/proposals/{id}/portal/visit", tag = "portal", params(("id" = Uuid, Path)),
    responses((status = 204), Problems))]
pub(super) async fn delete_portal_visit(
    State(ctx): State<AppContext>,
    Client(guest): Client,
) -> Result<impl IntoResponse> {
    let ledgerline = Ledgerline::of(&ctx);
    if let Some(session) = guest.link.and_then(|link| link.session) {
        queries::end_session(&ledgerline.databases.app, &session.hash()).await?;
    }
    Ok((StatusCode::NO_CONTENT, visit::removal(&ledgerline.settings, guest.proposal_id)))
}

/// Enter the access code of a link
#[utoipa::path(post, path = "/api/proposals/{id}/portal/code", tag = "portal", params(("id" = Uuid, Path)),
    request_body = AccessCode, responses((status = 204), Problems))]
pub(super) async fn give_portal_code(
    State(ctx): State<AppContext>,
    peer: Peer,
    request: Request,
) -> Result<StatusCode> {
    let (mut parts, body) = request.into_parts();
    let found = visit::find(&mut parts, &ctx).await?;
    let Body(AccessCode { code }) = Body::from_request(Request::from_parts(parts, body), &ctx).await?;
    code::give(&Ledgerline::of(&ctx), found, &code, peer).await?;
    Ok(StatusCode::NO_CONTENT)
}
