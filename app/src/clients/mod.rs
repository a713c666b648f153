//! The people and companies a workspace works for.
//!
//! An email address belongs to one client who is not archived. Editing carries the version that was read, so nobody
//! overwrites what another has just saved.

pub mod archive;
pub mod controller;
pub mod create;
mod export;
pub mod filter;
pub mod history;
pub mod input;
pub mod list;
pub mod phone;
pub mod queries;
mod search;
pub mod update;
pub mod view;

use loco_rs::app::AppContext;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The slice's routes.
pub fn routes() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new()
        .routes(routes!(controller::list_clients, controller::create_client))
        .routes(routes!(controller::show_client, controller::update_client))
        .routes(routes!(controller::list_client_history))
        .routes(routes!(controller::archive_client))
        .routes(routes!(controller::restore_client))
}

/// Routes that give as much as there is.
pub fn streams() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new().routes(routes!(controller::export_clients))
}
