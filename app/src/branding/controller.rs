//! Parse, authorize, one call, answer.

use axum::{
    Json,
    body::{Body as RawBody, to_bytes},
    extract::State,
};
use loco_rs::app::AppContext;
use serde::Deserialize;
use tokio::time::timeout;
use utoipa::IntoParams;

use super::{
    change::{self, BrandingChange},
    logo,
    palette::{self, Palette},
    queries,
    view::Branding,
};
use crate::{
    Ledgerline,
    access::{Permission, authorize},
    error::{Error, FieldError, Result},
    http::extract::{Body, Query},
    routes::Problems,
    tenant::{Actor, TenantTx},
};

/// A colour.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PaletteQuery {
    /// As `#rrggbb`.
    accent: String,
}

/// How the workspace looks to its clients
#[utoipa::path(get, path = "/api/workspace/branding", tag = "branding", responses((status = 200, body = Branding), Problems))]
pub(super) async fn show_branding(State(ctx): State<AppContext>, actor: Actor) -> Result<Json<Branding>> {
    authorize(&actor, Permission::SeeWorkspace)?;
    let mut tx = TenantTx::begin(&ctx, &actor).await?;
    Ok(Json(queries::find(&mut tx).await?.into()))
}

/// Change how the workspace looks to its clients
#[utoipa::path(patch, path = "/api/workspace/branding", tag = "branding", request_body = BrandingChange,
    responses((status = 200, body = Branding), Problems))]
pub(super) async fn update_branding(
    State(ctx): State<AppContext>,
    actor: Actor,
    Body(body): Body<BrandingChange>,
) -> Result<Json<Branding>> {
    Ok(Json(change::change(&ctx, &actor, body).await?.into()))
}

/// Shades of a colour, as they would be shown
#[utoipa::path(get, path = "/api/workspace/branding/palette", tag = "branding", params(PaletteQuery),
    responses((status = 200, body = Palette), Problems))]
pub(super) async fn show_palette(actor: Actor, Query(query): Query<PaletteQuery>) -> Result<Json<Palette>> {
    authorize(&actor, Permission::SeeWorkspace)?;
    palette::of(&query.accent.to_ascii_lowercase()).map(Json).ok_or_else(|| {
        let message = "Use a colour as six hexadecimal digits, such as #3f4cc9.";
        Error::invalid(vec![FieldError::new("accent", "invalid", message)])
    })
}

/// Set the logo
///
/// The body is a PNG, JPEG, WebP or GIF picture of up to 1 MB.
#[utoipa::path(put, path = "/api/workspace/branding/logo", tag = "branding",
    request_body(content = Vec<u8>, content_type = "image/*"), responses((status = 200, body = Branding), Problems))]
pub(super) async fn replace_logo(State(ctx): State<AppContext>, actor: Actor, body: RawBody) -> Result<Json<Branding>> {
    authorize(&actor, Permission::ChangeWorkspace)?;
    let limit = Ledgerline::of(&ctx).settings.request_timeout();
    let bytes = timeout(limit, to_bytes(body, logo::LIMIT)).await.map_err(|_| Error::slow_body(limit))?;
    let bytes = bytes.map_err(|_| Error::body_too_large())?;
    Ok(Json(logo::replace(&ctx, &actor, bytes).await?.into()))
}

/// Take the logo away
#[utoipa::path(delete, path = "/api/workspace/branding/logo", tag = "branding",
    responses((status = 200, body = Branding), Problems))]
pub(super) async fn remove_logo(State(ctx): State<AppContext>, actor: Actor) -> Result<Json<Branding>> {
    Ok(Json(logo::remove(&ctx, &actor).await?.into()))
}
