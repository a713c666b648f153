//! Clients from CSV files: upload, say which column holds what, start, watch.
//!
//! The file is stored and cut into chunks; each chunk is a job whose rows, numbers and completion are one transaction.
//! So whatever is killed, no row comes twice and none is missing.

pub mod amount;
pub mod binary;
pub mod cancel;
pub mod chunk;
pub mod columns;
pub mod contacts;
pub mod controller;
pub mod duplicates;
pub mod encoding;
pub mod events;
pub mod finish;
pub mod format;
mod gather;
pub mod guess;
pub mod head;
pub mod heading;
pub mod headings;
pub mod input;
pub mod mapping;
pub mod media;
pub mod memory;
pub mod money;
pub mod outcomes;
pub mod plan;
pub mod preview;
pub mod progress;
pub mod queries;
pub mod quotes;
pub mod records;
pub mod rejects;
pub mod reread;
pub mod row;
pub mod rows;
pub mod sample;
pub mod start;
pub mod stranded;
pub mod suggest;
pub mod sweep_files;
pub mod undo;
pub mod undo_chunk;
pub mod upload;
pub mod view;
pub mod write;

use ledgerline_jobs::engine::run::Run;
use loco_rs::app::AppContext;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    error::{Error, Result},
    tenant::Actor,
};

/// Routes that answer at once.
pub fn routes() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new()
        .routes(routes!(controller::list_imports))
        .routes(routes!(controller::show_import))
        .routes(routes!(controller::sample_import))
        .routes(routes!(controller::reread_import))
        .routes(routes!(controller::preview_import))
        .routes(routes!(controller::start_import))
        .routes(routes!(controller::cancel_import))
        .routes(routes!(outcomes::list_rows))
        .routes(routes!(outcomes::preview_undo, outcomes::undo_import))
        .routes(routes!(outcomes::list_leftovers))
}

/// Routes that take or give as much, and for as long, as there is.
pub fn streams() -> OpenApiRouter<AppContext> {
    OpenApiRouter::new()
        .routes(routes!(controller::upload_import))
        .routes(routes!(controller::download_rejects))
        .routes(routes!(controller::watch_import))
}

/// A running job as the actor in its workspace.
fn actor(run: &Run) -> Result<Actor> {
    let workspace = run.workspace_id().ok_or_else(|| Error::internal("a job of an import without a workspace"))?;
    Ok(Actor::job(workspace, run.id(), run.cause_request().map(str::to_owned)))
}
