//! Files of a project: references that a client sends, work that a producer hands in, each with its versions. A version is
//! scanned before anybody gets it (`receive`), the other side sees it once it is shared, and the client gets originals once
//! the project's rule allows (`rules`).

pub mod add;
pub mod approve;
mod archive;
pub mod change;
pub mod client;
pub mod content;
pub mod controller;
pub mod download;
pub mod filename;
pub mod kind;
pub mod media;
pub(crate) mod queries;
pub mod quota;
pub mod receive;
pub mod rules;
pub mod scan;
pub mod sweep;
pub mod view;

use loco_rs::app::AppContext;
use utoipa_axum::{router::OpenApiRouter, routes};

pub use kind::{Kind, Side};

/// The slice's routes.
pub fn routes() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new()
        .routes(routes!(controller::list_files))
        .routes(routes!(controller::show_file, controller::update_file, controller::delete_file))
        .routes(routes!(controller::show_storage))
        .routes(routes!(client::list_portal_files))
        .routes(routes!(client::show_portal_file, client::delete_portal_file))
        .routes(routes!(client::approve_portal_file))
        .routes(routes!(client::request_portal_file_changes))
        .routes(routes!(client::approve_portal_files))
}

/// Bytes, for as long as they take.
pub fn streams() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new()
        .routes(routes!(controller::download_file))
        .routes(routes!(controller::preview_file))
        .routes(routes!(controller::thumbnail_file))
        .routes(routes!(controller::archive_files))
        .routes(routes!(client::download_portal_file))
        .routes(routes!(client::preview_portal_file))
        .routes(routes!(client::thumbnail_portal_file))
        .routes(routes!(client::archive_portal_files))
}
