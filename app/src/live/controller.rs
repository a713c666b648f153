//! Parse, authorize, one call, answer.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{FromRequestParts, Request, State},
    http::HeaderMap,
    response::Response,
};
use loco_rs::app::AppContext;
use uuid::Uuid;

use super::{
    hub::Hub,
    stream::{self, LiveEvent, Watcher},
};
use crate::{
    access::{Permission, authorize},
    accounts::session::SignedIn,
    error::Result,
    http::{
        extract::{Path, Query},
        streams::{self, Contact, LiveQuery},
    },
    portal::visit::Guest,
    routes::Problems,
    tenant::{Actor, TenantTx},
};

/// Watch a project
///
/// Server-sent events: `event`, each thing that happens once and in order, with its number as id; and `reads`, who has read
/// the messages up to where, whenever that changes. Whoever comes back with the last id as `Last-Event-ID` or `after` hears
/// what came meanwhile, from any process; `reset` says that this is too long ago. `begin` tells those who name none where
/// they begin.
#[utoipa::path(get, path = "/api/projects/{id}/live", tag = "projects", params(("id" = Uuid, Path), LiveQuery),
    responses((status = 200, body = LiveEvent, content_type = "text/event-stream"), Problems))]
pub(super) async fn watch_project(
    State(ctx): State<AppContext>,
    Extension(hub): Extension<Arc<Hub>>,
    actor: Actor,
    SignedIn(session): SignedIn,
    Path(id): Path<Uuid>,
    Query(query): Query<LiveQuery>,
    headers: HeaderMap,
) -> Result<Response> {
    authorize(&actor, Permission::WorkOnProjects)?;
    let watcher = Watcher::Member { actor, session };
    Ok(streams::answer(stream::events(ctx, &hub, watcher, id, query.after(&headers)).await?))
}

/// Watch the project of an engagement
///
/// As members watch it, but for what is only between them.
#[utoipa::path(get, path = "/api/proposals/{id}/portal/live", tag = "portal", params(("id" = Uuid, Path), LiveQuery),
    responses((status = 200, body = LiveEvent, content_type = "text/event-stream"), Problems))]
pub(super) async fn watch_portal(
    State(ctx): State<AppContext>,
    Extension(hub): Extension<Arc<Hub>>,
    request: Request,
) -> Result<Response> {
    let (mut request, _) = request.into_parts();
    let guest = Guest::from_request_parts(&mut request, &ctx).await?;
    let Query(query): Query<LiveQuery> = Query::from_request_parts(&mut request, &ctx).await?;
    let after = query.after(&request.headers);
    let contact = guest.actor.visit().map(|visit| Contact(visit.contact_id));
    let mut tx = TenantTx::begin(&ctx, &guest.actor).await?;
    let project_id = guest.project(&mut tx).await?;
    drop(tx);
    let watcher = Watcher::Guest { guest, request: Box::new(request) };
    let mut response = streams::answer(stream::events(ctx, &hub, watcher, project_id, after).await?);
    if let Some(contact) = contact {
        response.extensions_mut().insert(contact);
    }
    Ok(response)
}
