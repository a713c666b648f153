//! How it went over the last hour, day or week: what the charts show, made of the numbers that nodes write down.

pub mod controller;
pub mod queries;
pub mod read;
pub mod view;

use loco_rs::app::AppContext;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes.
pub fn routes() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new().routes(routes!(controller::show_history))
}
