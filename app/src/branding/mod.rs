//! How a workspace looks to its clients: logo and colour for everybody, its own words and no word of ours with white label.
//!
//! A colour is chosen by its owner and made readable by us (`palette`): what is shown is computed from it, never stored.

pub mod change;
pub mod controller;
pub mod logo;
pub mod palette;
pub(crate) mod queries;
pub mod view;

use axum::routing::get;
use loco_rs::app::AppContext;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The slice's routes.
pub fn routes() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new()
        .routes(routes!(controller::show_branding, controller::update_branding))
        .routes(routes!(controller::show_palette))
}

/// Bytes of a logo.
pub fn streams() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new().routes(routes!(controller::replace_logo, controller::remove_logo))
}

/// Logos, for mails and for whoever is not in yet.
pub fn pages() -> axum::Router<AppContext> {
    axum::Router::new().route("/b/{logoId}", get(logo::show))
}
