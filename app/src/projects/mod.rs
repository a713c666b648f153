//! What a workspace does for a client, from the first agreement to the last payment.
//!
//! A project belongs to a proposal, if only to the implicit one that is made with it, and opens with its first
//! submission. Whoever changes a project or what belongs to it locks the project first: all take locks in one order, and
//! the events of a project are numbered in the order in which they came true.

pub mod controller;
pub mod create;
pub mod input;
pub mod list;
pub mod queries;
pub mod record;
pub mod stage;
pub mod state;
pub mod steps;
pub mod talk;
pub mod timeline;
pub mod update;
pub mod view;

use loco_rs::app::AppContext;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The slice's routes.
pub fn routes() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new()
        .routes(routes!(controller::list_projects, controller::create_project))
        .routes(routes!(controller::show_project, controller::update_project))
        .routes(routes!(controller::open_project))
        .routes(routes!(controller::archive_project))
        .routes(routes!(controller::unarchive_project))
        .routes(routes!(controller::cancel_project))
        .routes(routes!(controller::show_timeline))
}
