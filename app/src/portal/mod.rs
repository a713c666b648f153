//! What a client sees and does with a portal link: the first data in one statement, the page it is put into, and who it is
//! that asks (`visit`).
//!
//! The links themselves are kept by the slice `portal_links`.

pub mod code;
pub mod controller;
pub mod decide;
pub mod open;
pub mod page;
pub mod queries;
pub mod view;
pub mod visit;

use axum::{Router, routing::get};
use loco_rs::app::AppContext;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The slice's routes.
pub fn routes() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new()
        .routes(routes!(controller::show_portal))
        .routes(routes!(controller::show_portal_page))
        .routes(routes!(controller::show_portal_visit, controller::delete_portal_visit))
        .routes(routes!(controller::give_portal_code))
        .routes(routes!(decide::note_portal_view))
        .routes(routes!(decide::approve_portal_proposal))
        .routes(routes!(decide::decline_portal_proposal))
        .routes(routes!(decide::approve_portal_submission))
        .routes(routes!(decide::request_portal_revisions))
        .routes(routes!(decide::revert_portal_approval))
}

/// What people open in a browser.
pub fn pages() -> Router<AppContext> {
    Router::new()
        .route("/l/{token}", get(open::open))
        .route("/my", get(page::mine))
        .route("/p/{id}", get(page::show))
        .route("/p/{id}/{*rest}", get(page::show))
}
