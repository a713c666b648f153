//! What producer and client write to each other about a project.
//!
//! Messages are numbered without a hole; what somebody has read is one number. A message may answer another one: the two and
//! all other answers are a thread.

pub mod controller;
pub mod input;
pub mod portal;
pub mod post;
pub mod queries;
pub mod read;
pub mod view;

use loco_rs::app::AppContext;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The slice's routes.
pub fn routes() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new()
        .routes(routes!(controller::list_messages, controller::post_message))
        .routes(routes!(controller::read_messages))
        .routes(routes!(portal::list_portal_messages, portal::post_portal_message))
        .routes(routes!(portal::read_portal_messages))
}
