//! What happened lately, for whoever watches: nodes that come and go, what other operators do, kinds of jobs that die.
//! The stream tells each entry once and in order ([`super::live`]); this is the list of them.

pub mod controller;
pub mod queries;
pub mod view;

use loco_rs::app::AppContext;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes.
pub fn routes() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new().routes(routes!(controller::list_activity))
}
