//! What producer and client say to one version of a file, at a time of it when it is something to listen to or to watch.
//!
//! A comment is open until it is resolved, by whichever side; one that answers another is settled with it. A client sees
//! comments on what was shared with them.

pub mod add;
pub mod controller;
pub mod input;
pub mod list;
pub mod portal;
pub mod queries;
pub mod settle;
pub mod state;
pub mod view;

use loco_rs::app::AppContext;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The slice's routes.
pub fn routes() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new()
        .routes(routes!(controller::list_comments, controller::add_comment))
        .routes(routes!(controller::resolve_comment))
        .routes(routes!(controller::reopen_comment))
        .routes(routes!(portal::list_portal_comments, portal::add_portal_comment))
        .routes(routes!(portal::resolve_portal_comment))
        .routes(routes!(portal::reopen_portal_comment))
}
