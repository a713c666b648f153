//! Two clients who are one: suggested by imports or by a person, then merged or ignored. A merge can be undone.
//!
//! Whoever decides locks the merge first and its two clients after it, in the order of their ids.

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
