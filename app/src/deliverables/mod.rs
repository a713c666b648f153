//! What clients get. A deliverable belongs to a contact; those of a project came from its plan or were added by hand.
//!
//! The API is the owner's: camelCase, `success` beside the thing, `status` for the state, `milestoneId` for the item of
//! the plan.

pub mod controller;
pub mod create;
pub mod input;
pub mod queries;
pub mod update;
pub mod view;

use loco_rs::app::AppContext;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The slice's routes.
pub fn routes() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new()
        .routes(routes!(controller::list_deliverables, controller::create_deliverable))
        .routes(routes!(controller::update_deliverable))
}
