//! Bulk actions: retry, cancel or delete many jobs. First a preview with frozen ids (`preview`), then a canary, then the
//! rest (`release`, `act`, `step`), and an end at any moment (`abort`).
//!
//! The work is a batch of jobs. Each id is acted on in a transaction of its own, together with its result, so a kill or
//! a second operator with the same jobs never acts on one twice.

pub mod abort;
pub mod act;
pub mod controller;
pub mod input;
pub mod preview;
pub mod queries;
pub mod release;
pub mod show;
pub mod start;
pub mod step;
pub mod sweep;
pub mod view;

use loco_rs::app::AppContext;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes.
pub fn routes() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new()
        .routes(routes!(controller::create_bulk_action))
        .routes(routes!(controller::list_bulk_actions))
        .routes(routes!(controller::show_bulk_action))
        .routes(routes!(controller::list_bulk_items))
        .routes(routes!(controller::start_bulk_action))
        .routes(routes!(controller::continue_bulk_action))
        .routes(routes!(controller::abort_bulk_action))
}
