//! Batches: many jobs whose end is one event.

pub mod cancel;
pub mod controller;
pub mod queries;
pub mod read;
pub mod view;

use loco_rs::app::AppContext;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes.
pub fn routes() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new()
        .routes(routes!(controller::list_batches))
        .routes(routes!(controller::show_batch))
        .routes(routes!(controller::cancel_batch))
}
