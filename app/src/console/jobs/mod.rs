//! Jobs in the console: which ones ([`filter`], [`search`]), how far they are looked for ([`look`]), what a list
//! ([`list`]) and the page of one ([`job`]) show of them, and what an operator does to one.

pub mod cancel;
pub mod controller;
pub mod count;
pub mod delete;
pub mod edit;
pub mod failures;
pub mod filter;
pub mod job;
pub mod list;
pub mod look;
pub mod queries;
pub mod retry;
pub mod reveal;
pub mod search;
pub mod searches;
pub mod view;
pub mod waiting;

use loco_rs::app::AppContext;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes about jobs.
pub fn routes() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new()
        .routes(routes!(controller::list_jobs))
        .routes(routes!(controller::count_jobs))
        .routes(routes!(controller::list_failures))
        .routes(routes!(controller::show_job, controller::delete_job))
        .routes(routes!(controller::list_children))
        .routes(routes!(controller::reveal_job))
        .routes(routes!(controller::retry_job))
        .routes(routes!(controller::edit_job))
        .routes(routes!(controller::cancel_job))
        .routes(routes!(controller::list_searches, controller::keep_search))
        .routes(routes!(controller::forget_search))
}
