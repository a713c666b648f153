//! Recurring work: when it is due, what became of each due time, pausing it, and having it now.

pub mod controller;
pub mod pause;
pub mod queries;
pub mod read;
pub mod run;
pub mod times;
pub mod view;

use loco_rs::app::AppContext;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes.
pub fn routes() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new()
        .routes(routes!(controller::list_schedules))
        .routes(routes!(controller::show_schedule))
        .routes(routes!(controller::list_schedule_history))
        .routes(routes!(controller::pause_schedule))
        .routes(routes!(controller::resume_schedule))
        .routes(routes!(controller::run_schedule))
}
