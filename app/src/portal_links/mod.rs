//! The links that bring clients to their engagement, as producers keep them: made, mailed, rotated, revoked.
//!
//! A link belongs to one contact of one engagement. What it opens is the slice `portal`. Its tokens are minted by the worker
//! that mails them, so nobody here ever sees one.

pub mod access_code;
pub mod change;
pub mod controller;
pub mod create;
pub mod queries;
pub mod request;
pub mod revoke;
pub mod rotate;
pub mod send;
pub mod view;

use loco_rs::app::AppContext;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The slice's routes.
pub fn routes() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new()
        .routes(routes!(controller::list_portal_links, controller::create_portal_link))
        .routes(routes!(controller::update_portal_link))
        .routes(routes!(controller::send_portal_link))
        .routes(routes!(controller::rotate_portal_link))
        .routes(routes!(controller::revoke_portal_link))
        .routes(routes!(controller::set_portal_code))
        .routes(routes!(controller::request_portal_link))
}
