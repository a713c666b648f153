//! What operators of the platform see of jobs, queues and nodes, and what they may do to them.
//!
//! Everything goes through the pool of the role `ledgerline_platform`; to everyone else the console does not exist. It
//! reads Postgres only, so it works while Redis is away.

pub mod act;
pub mod activity;
pub mod alarms;
pub mod audit;
pub mod batches;
pub mod bulk;
pub mod controller;
pub mod history;
pub mod input;
pub mod jobs;
pub mod live;
pub mod mask;
pub mod nodes;
pub mod overview;
pub mod queries;
pub mod queues;
pub mod schedules;
pub mod view;

use std::sync::Arc;

use axum::Extension;
use loco_rs::app::AppContext;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The slice's routes.
pub fn routes() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new()
        .merge(jobs::routes())
        .routes(routes!(controller::show_overview))
        .routes(routes!(controller::list_queues))
        .routes(routes!(controller::pause_queue))
        .routes(routes!(controller::resume_queue))
        .routes(routes!(controller::list_kinds))
        .routes(routes!(controller::stream_overview))
        .merge(audit::routes())
        .merge(bulk::routes())
        .merge(activity::routes())
        .merge(batches::routes())
        .merge(history::routes())
        .merge(nodes::routes())
        .merge(schedules::routes())
        .layer(Extension(Arc::new(live::Live::default())))
}

/// Routes that give as much, and for as long, as there is.
pub fn streams() -> OpenApiRouter<AppContext> {
    audit::streams()
}
