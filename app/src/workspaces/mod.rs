//! The tenant: what a producer runs, with its name.
//!
//! A new workspace comes with its first owner. Everything in it hangs on `workspace_id`.

pub mod controller;
pub mod create;
pub mod queries;
pub mod rename;

use loco_rs::app::AppContext;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The slice's routes.
pub fn routes() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new()
        .routes(routes!(controller::create_workspace))
        .routes(routes!(controller::show_workspace, controller::update_workspace))
}
