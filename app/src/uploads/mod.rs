//! Uploads by tus 1.0 (<https://tus.io/protocols/resumable-upload>): a file comes in pieces over as many requests as it
//! takes, from a phone in a tunnel, too. What has arrived stands in the storage and is written down piece by piece, so any
//! web process takes the next one and whoever is killed loses the piece that was on its way. Once a file is whole, it is a
//! version of a file of its project, and a job joins and scans it (slice `files`).
//!
//! Members and clients have addresses of their own; what they do there is the same.

mod append;
mod client;
mod complete;
mod create;
mod end;
mod member;
mod protocol;
mod queries;
pub mod sweep;

use axum::middleware;
use loco_rs::app::AppContext;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub(crate) use complete::Arrived;
pub use complete::FOLDER;

use crate::{files::Side, tenant::Actor};

/// Who uploads, and to which project.
#[derive(Clone, Debug)]
struct By {
    actor: Actor,
    /// The member or the contact.
    id: Uuid,
    side: Side,
    project_id: Uuid,
    /// The address that uploads are made at.
    address: String,
}

/// The slice's routes: bodies as large as files, for as long as they take.
pub fn streams() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new()
        .routes(routes!(member::create_upload, member::describe_uploads))
        .routes(routes!(member::show_upload, member::append_to_upload, member::end_upload, member::overridden))
        .routes(routes!(client::create_portal_upload, client::describe_portal_uploads))
        .routes(routes!(
            client::show_portal_upload,
            client::append_to_portal_upload,
            client::end_portal_upload,
            client::overridden_portal
        ))
        .layer(middleware::map_response(protocol::signed))
}
