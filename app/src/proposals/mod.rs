//! What a workspace offers a client: purpose, phases, milestones and when to pay.
//!
//! A proposal is written in versions. What was sent stays as it was sent, and the client sees it until the next version
//! is sent. Approving one makes the project, with all that the plan says.

pub mod controller;
pub mod create;
pub mod decide;
pub mod expire;
pub mod history;
pub mod input;
pub mod list;
pub mod plan;
pub mod queries;
pub mod send;
pub mod state;
pub mod update;
pub mod view;
pub mod view_mark;
pub mod withdraw;

use loco_rs::app::AppContext;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The slice's routes.
pub fn routes() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new()
        .routes(routes!(controller::list_proposals, controller::create_proposal))
        .routes(routes!(controller::show_proposal, controller::update_proposal))
        .routes(routes!(controller::send_proposal))
        .routes(routes!(controller::withdraw_proposal))
        .routes(routes!(controller::approve_proposal))
        .routes(routes!(controller::decline_proposal))
        .routes(routes!(controller::list_proposal_history))
}
