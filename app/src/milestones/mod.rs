//! Parts of a project, each with an amount. They come from the plan of its proposal or are added by hand, and never add up
//! to more than the project costs.

pub mod change;
pub mod controller;
pub mod input;
pub mod queries;
pub mod steps;
pub mod view;

use loco_rs::app::AppContext;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The slice's routes.
pub fn routes() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new()
        .routes(routes!(controller::list_milestones, controller::add_milestone))
        .routes(routes!(controller::order_milestones))
        .routes(routes!(controller::update_milestone, controller::remove_milestone))
        .routes(routes!(controller::submit_milestone))
        .routes(routes!(controller::approve_milestone))
        .routes(routes!(controller::request_milestone_revision))
        .routes(routes!(controller::resume_milestone))
        .routes(routes!(controller::cancel_milestone))
}
