//! Who belongs to the workspace, as owner, manager or member.
//!
//! A workspace always has an owner: the last one can neither step down nor be removed.

pub mod change_role;
pub mod controller;
pub mod queries;
pub mod remove;

use loco_rs::app::AppContext;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The slice's routes.
pub fn routes() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new()
        .routes(routes!(controller::list_members))
        .routes(routes!(controller::update_member, controller::delete_member))
}
