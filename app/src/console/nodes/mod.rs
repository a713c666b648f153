//! Worker processes: what they are, what they run, and what operators tell them. They hear it from Postgres, so it works
//! while Redis is away.

pub mod controller;
pub mod queries;
pub mod read;
pub mod steer;
pub mod view;

use loco_rs::app::AppContext;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes.
pub fn routes() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new()
        .routes(routes!(controller::list_nodes))
        .routes(routes!(controller::show_node))
        .routes(routes!(controller::quiet_node))
        .routes(routes!(controller::resume_node))
        .routes(routes!(controller::stop_node))
}
