//! Companies that clients belong to: their people, whom to turn to, the contract with them.
//!
//! A name belongs to one company that is not archived. Companies are added on their own or with their first contact.

pub mod archive;
pub mod controller;
pub mod create;
pub mod input;
pub mod list;
pub mod queries;
pub mod update;
pub mod view;

use loco_rs::app::AppContext;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The slice's routes.
pub fn routes() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new()
        .routes(routes!(controller::list_companies, controller::create_company))
        .routes(routes!(controller::show_company, controller::put_company, controller::update_company))
        .routes(routes!(controller::archive_company))
        .routes(routes!(controller::restore_company))
}
