//! Work that is handed in for review. What was handed in each time, and what became of it, stands in its rounds.
//!
//! Every step here has one form for members, jobs and clients in the portal; who may take it says the step. The project
//! follows: its first hand-in begins it, and it is completed with its submission.

pub mod complete;
pub mod controller;
pub mod decide;
pub mod hand_in;
pub mod input;
pub mod queries;
pub mod view;
mod within;

use loco_rs::app::AppContext;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The slice's routes.
pub fn routes() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new()
        .routes(routes!(controller::show_submission))
        .routes(routes!(controller::list_rounds))
        .routes(routes!(controller::submit_submission))
        .routes(routes!(controller::recall_submission))
        .routes(routes!(controller::approve_submission))
        .routes(routes!(controller::request_revisions))
        .routes(routes!(controller::revert_approval))
        .routes(routes!(controller::complete_submission))
}
