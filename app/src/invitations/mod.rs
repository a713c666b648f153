//! Asking someone by mail to join the workspace.
//!
//! The link in the mail opens a page that shows the invitation and accepts it, with an existing account or a new one.

pub mod accept;
pub mod controller;
pub mod invite;
pub mod preview;
pub mod queries;
pub mod send;
pub mod withdraw;

use loco_rs::app::AppContext;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The slice's routes.
pub fn routes() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new()
        .routes(routes!(controller::list_invitations, controller::create_invitation))
        .routes(routes!(controller::delete_invitation))
        .routes(routes!(controller::preview_invitation))
        .routes(routes!(controller::accept_invitation))
}
