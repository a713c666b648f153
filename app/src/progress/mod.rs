//! How the work on a project goes, told by the producer from time to time.

pub mod controller;
pub mod post;
pub mod queries;
pub mod view;

use loco_rs::app::AppContext;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The slice's routes.
pub fn routes() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new().routes(routes!(controller::list_progress, controller::post_progress))
}
