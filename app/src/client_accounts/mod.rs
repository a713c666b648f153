//! Accounts of clients: who has read a mail at the address that producers know sees all engagements of that address on one
//! page, without links. Nobody needs one.

pub mod code;
pub mod controller;
pub mod dashboard;
pub mod open;
pub mod queries;

use loco_rs::app::AppContext;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The slice's routes.
pub fn routes() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new()
        .routes(routes!(controller::request_account_code))
        .routes(routes!(controller::create_client_account))
        .routes(routes!(controller::log_in_client_account))
        .routes(routes!(controller::show_client_dashboard))
}
