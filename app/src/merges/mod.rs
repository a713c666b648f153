//! Two clients who are one: suggested by imports or by a person, then merged or ignored. A merge can be undone.
//!
//! Whoever decides locks all merges of the two clients first and both clients after them, each in the order of their ids.
//! Who is merged into another takes along what else was suggested about them.

pub mod accept;
pub mod controller;
pub mod fields;
pub mod ignore;
pub mod queries;
pub mod suggest;
pub mod undo;
pub mod view;

use loco_rs::app::AppContext;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The slice's routes.
pub fn routes() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new()
        .routes(routes!(controller::list_merges, controller::suggest_merge))
        .routes(routes!(controller::show_merge))
        .routes(routes!(controller::accept_merge))
        .routes(routes!(controller::ignore_merge))
        .routes(routes!(controller::undo_merge))
}
