//! Parse, authorize, one call, answer. Whoever is no operator is turned away by the extractor [`Operator`], before
//! anything else is looked at.

use std::sync::Arc;

use axum::{Extension, Json, extract::State, http::HeaderMap, response::Response};
use ledgerline_jobs::catalog;
use loco_rs::app::AppContext;

use super::{
    act::FullOperator,
    input::Pause,
    live::{self, Live},
    overview, queues,
    view::{KindList, KindView, Load, QueueList, QueueView},
};
use crate::{
    Ledgerline,
    accounts::session::{Operator, SignedIn},
    error::Result,
    http::{
        boundary::RequestId,
        extract::{Body, Path, Query},
        streams::{self, LiveQuery},
    },
    routes::Problems,
};

/// What to look at first, jobs by state, queues, nodes
#[utoipa::path(get, path = "/api/console/overview", tag = "console", responses((status = 200, body = Load), Problems))]
pub(super) async fn show_overview(State(ctx): State<AppContext>, _: Operator) -> Result<Json<Load>> {
    Ok(Json(overview::overview(&Ledgerline::of(&ctx)).await?))
}

/// Queues
#[utoipa::path(get, path = "/api/console/queues", tag = "console", responses((status = 200, body = QueueList), Problems))]
pub(super) async fn list_queues(State(ctx): State<AppContext>, _: Operator) -> Result<Json<QueueList>> {
    Ok(Json(QueueList { queues: overview::queues(&Ledgerline::of(&ctx)).await? }))
}

/// Pause a queue: nothing of it starts until it is resumed
#[utoipa::path(post, path = "/api/console/queues/{name}/pause", tag = "console", params(("name" = String, Path)),
    request_body = Pause, responses((status = 200, body = QueueView), Problems))]
pub(super) async fn pause_queue(
    State(ctx): State<AppContext>,
    operator: FullOperator,
    RequestId(request_id): RequestId,
    Path(name): Path<String>,
    Body(pause): Body<Pause>,
) -> Result<Json<QueueView>> {
    let reason = pause.reason()?;
    let ledgerline = Ledgerline::of(&ctx);
    Ok(Json(queues::set_paused(&ledgerline, &operator, &request_id, &name, true, reason.as_deref()).await?))
}

/// Resume a queue
#[utoipa::path(post, path = "/api/console/queues/{name}/resume", tag = "console", params(("name" = String, Path)),
    responses((status = 200, body = QueueView), Problems))]
pub(super) async fn resume_queue(
    State(ctx): State<AppContext>,
    operator: FullOperator,
    RequestId(request_id): RequestId,
    Path(name): Path<String>,
) -> Result<Json<QueueView>> {
    Ok(Json(queues::set_paused(&Ledgerline::of(&ctx), &operator, &request_id, &name, false, None).await?))
}

/// Kinds of jobs
#[utoipa::path(get, path = "/api/console/kinds", tag = "console", responses((status = 200, body = KindList), Problems))]
pub(super) async fn list_kinds(_: Operator) -> Json<KindList> {
    let kinds = catalog::KINDS
        .iter()
        .map(|kind| KindView { kind: kind.name, queue: kind.queue.name(), description: kind.description })
        .collect();
    Json(KindList { kinds })
}

/// Server-sent events: `overview`, each a whole state, whenever it changes and at most twice a second; and `activity`,
/// each once and in order. The ids number the activity: whoever comes back with the last one as `Last-Event-ID` or
/// `after` hears what came meanwhile, from any process; `reset` says that this is too long ago. `begin` tells those who
/// name none where they begin.
#[utoipa::path(get, path = "/api/console/events", tag = "console", params(LiveQuery),
    responses((status = 200, body = Load, content_type = "text/event-stream"), Problems))]
pub(super) async fn stream_overview(
    State(ctx): State<AppContext>,
    _: Operator,
    SignedIn(session): SignedIn,
    Extension(live): Extension<Arc<Live>>,
    Query(query): Query<LiveQuery>,
    headers: HeaderMap,
) -> Result<Response> {
    Ok(streams::answer(live::events(&live, Ledgerline::of(&ctx), session, query.after(&headers)).await?))
}
