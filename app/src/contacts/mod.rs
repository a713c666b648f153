//! The people to talk to: every engagement begins with one.
//!
//! An email address belongs to one contact who is not archived. A contact belongs to one client, and to a company when
//! there is one; [`upsert`] finds or makes all three.

pub mod archive;
pub mod controller;
pub mod input;
pub mod list;
pub mod queries;
pub mod update;
pub mod upsert;
pub mod view;

use loco_rs::app::AppContext;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The slice's routes.
pub fn routes() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new()
        .routes(routes!(controller::list_contacts, controller::create_contact))
        .routes(routes!(controller::show_contact, controller::update_contact))
        .routes(routes!(controller::archive_contact))
        .routes(routes!(controller::restore_contact))
}
