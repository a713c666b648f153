//! A project as it goes on, for whoever watches: members of the workspace and the client in the portal.
//!
//! A commit that something happens with is announced over Redis; each web process listens once for all who watch, and each
//! of them then looks into Postgres with their own rights. The numbers of a project's events have no hole and come true in
//! their order, so whoever names the last one heard misses nothing and hears nothing twice, from whatever process.

pub mod controller;
pub mod hub;
pub mod queries;
pub mod stream;

use std::sync::Arc;

use axum::Extension;
use loco_rs::app::AppContext;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Routes that give as much, and for as long, as there is.
pub fn streams() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new()
        .routes(routes!(controller::watch_project))
        .routes(routes!(controller::watch_portal))
        .layer(Extension(Arc::new(hub::Hub::default())))
}
