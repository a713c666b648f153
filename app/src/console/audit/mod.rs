//! The audit log: who did what, when, from where and why. It is sealed and checked by jobs (`seal`, `verify`).

pub mod acknowledge;
pub mod controller;
pub mod export;
pub mod list;
pub mod queries;
pub mod seal;
pub mod verify;
pub mod view;

use loco_rs::app::AppContext;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Routes that answer at once.
pub fn routes() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new()
        .routes(routes!(controller::list_audit))
        .routes(routes!(controller::show_audit_choices))
        .routes(routes!(controller::show_audit_chain))
        .routes(routes!(controller::verify_audit))
        .routes(routes!(controller::acknowledge_audit))
}

/// The log as a file, as long as it takes.
pub fn streams() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new().routes(routes!(controller::download_audit))
}
