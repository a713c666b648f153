//! Parse, one call, answer: for clients in the portal, whatever else their access includes. Members who look at what their
//! client sees only read here.

use axum::{Json, extract::State, http::StatusCode};
use loco_rs::app::AppContext;

use super::{
    controller::posted,
    input::{MessageQuery, NewMessage, ReadMark},
    post, read,
    view::{MessageList, MessageView},
};
use crate::{
    error::Result,
    http::extract::{Body, Query},
    portal::visit::{Client, Guest},
    routes::Problems,
    tenant::TenantTx,
};

/// What was said about an engagement, newest first
#[utoipa::path(get, path = "/api/proposals/{id}/portal/messages", tag = "portal",
    params(("id" = Uuid, Path), MessageQuery), responses((status = 200, body = MessageList), Problems))]
pub(super) async fn list_portal_messages(
    State(ctx): State<AppContext>,
    guest: Guest,
    Query(query): Query<MessageQuery>,
) -> Result<Json<MessageList>> {
    let mut tx = TenantTx::begin(&ctx, &guest.actor).await?;
    let project_id = guest.project(&mut tx).await?;
    Ok(Json(read::list(&mut tx, project_id, &query).await?))
}

/// Write to the producer
///
/// The id is made by who writes: asking once more with it answers the message that is there (200).
#[utoipa::path(post, path = "/api/proposals/{id}/portal/messages", tag = "portal", params(("id" = Uuid, Path)),
    request_body = NewMessage,
    responses((status = 201, body = MessageView), (status = 200, body = MessageView), Problems))]
pub(super) async fn post_portal_message(
    State(ctx): State<AppContext>,
    Client(guest): Client,
    Body(body): Body<NewMessage>,
) -> Result<(StatusCode, Json<MessageView>)> {
    let project_id = guest.project(&mut TenantTx::begin(&ctx, &guest.actor).await?).await?;
    Ok(posted(post::post(&ctx, &guest.actor, project_id, body).await?))
}

/// Note how far one has read
#[utoipa::path(put, path = "/api/proposals/{id}/portal/messages/read", tag = "portal", params(("id" = Uuid, Path)),
    request_body = ReadMark, responses((status = 204), Problems))]
pub(super) async fn read_portal_messages(
    State(ctx): State<AppContext>,
    Client(guest): Client,
    Body(body): Body<ReadMark>,
) -> Result<StatusCode> {
    let project_id = guest.project(&mut TenantTx::begin(&ctx, &guest.actor).await?).await?;
    read::mark(&ctx, &guest.actor, project_id, body).await?;
    Ok(StatusCode::NO_CONTENT)
}
