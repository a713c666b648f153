//! What an orchestrator and Prometheus ask a worker process: `/_health`, `/_ready`, `/_metrics`.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use ledgerline_app::telemetry::metrics;
use serde_json::json;

use crate::{Error, node::Node};

/// Where a node answers, and to whom it tells its metrics.
#[derive(Clone, Debug)]
pub struct Monitoring {
    /// Address to listen on; port 0 takes a free one, which the log names.
    pub binding: SocketAddr,
    /// Who may read `/_metrics`.
    pub metrics: metrics::Readers,
}

/// Answers until the process ends, so that a draining node still tells that it drains.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn serve(node: &Arc<Node>, monitoring: &Monitoring) -> Result<tokio::task::JoinHandle<()>, Error> {
    let listener = tokio::net::TcpListener::bind(monitoring.binding).await?;
    tracing::info!(address = %listener.local_addr()?, "health, readiness and metrics");
    let readers = monitoring.metrics.clone();
    let router = Router::new()
        .route("/_health", get(async || Json(json!({ "ok": true }))))
        .route("/_ready", get(show_readiness))
        .route("/_metrics", get(async move |headers: HeaderMap| show_metrics(&readers, &headers)))
        .with_state(node.clone());
    Ok(tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "health, readiness and metrics are no longer answered");
        }
    }))
}

/// Ready is a node that holds its lease, hears Redis and takes new jobs.
async fn show_readiness(State(node): State<Arc<Node>>) -> Response {
    // quiet is what an operator wants, and no reason to end the process
    let taking = if node.is_quiet() { "is quiet: an operator asked it to take no new jobs" } else { "takes new jobs" };
    let checks = [
        ("postgres", node.beaten_within(node.options.lease), "the lease is renewed", "the lease could not be renewed"),
        ("redis", node.polls(), "the queues are polled", "the queues could not be polled"),
        ("taking", !node.is_draining(), taking, "drains, and takes no new jobs"),
    ];
    let ready = checks.iter().all(|(_, ok, ..)| *ok);
    let checks: Vec<_> = checks
        .iter()
        .map(|(name, ok, good, bad)| json!({ "name": name, "ok": ok, "detail": if *ok { good } else { bad } }))
        .collect();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let answer = Json(json!({ "ready": ready, "node": node.card().name, "checks": checks }));
    (status, [(header::CACHE_CONTROL, "no-store")], answer).into_response()
}

fn show_metrics(readers: &metrics::Readers, headers: &HeaderMap) -> Response {
    if readers.admit(headers) { metrics::answer() } else { StatusCode::NOT_FOUND.into_response() }
}
