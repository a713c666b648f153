//! Parse, authorize, one call, answer: for members.

use axum::{Json, extract::State, http::StatusCode};
use loco_rs::app::AppContext;
use uuid::Uuid;

use super::{
    input::{MessageQuery, NewMessage, ReadMark},
    post, read,
    view::{MessageList, MessageView},
};
use crate::{
    access::{Permission, authorize},
    error::{Error, Result},
    http::extract::{Body, Path, Query},
    projects,
    routes::Problems,
    tenant::{Actor, TenantTx},
};

/// 201 for a message that was not there before.
pub(super) fn posted((message, is_new): (MessageView, bool)) -> (StatusCode, Json<MessageView>) {
    (if is_new { StatusCode::CREATED } else { StatusCode::OK }, Json(message))
}

/// What was said in a project, newest first
#[utoipa::path(get, path = "/api/projects/{id}/messages", tag = "messages", params(("id" = Uuid, Path), MessageQuery),
    responses((status = 200, body = MessageList), Problems))]
pub(super) async fn list_messages(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Query(query): Query<MessageQuery>,
) -> Result<Json<MessageList>> {
    authorize(&actor, Permission::WorkOnProjects)?;
    let mut tx = TenantTx::begin(&ctx, &actor).await?;
    projects::queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    Ok(Json(read::list(&mut tx, id, &query).await?))
}

/// Write to the client
///
/// The id is made by who writes: asking once more with it answers the message that is there (200).
#[utoipa::path(post, path = "/api/projects/{id}/messages", tag = "messages", params(("id" = Uuid, Path)),
    request_body = NewMessage,
    responses((status = 201, body = MessageView), (status = 200, body = MessageView), Problems))]
pub(super) async fn post_message(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Body(body): Body<NewMessage>,
) -> Result<(StatusCode, Json<MessageView>)> {
    Ok(posted(post::post(&ctx, &actor, id, body).await?))
}

/// Note how far one has read
#[utoipa::path(put, path = "/api/projects/{id}/messages/read", tag = "messages", params(("id" = Uuid, Path)),
    request_body = ReadMark, responses((status = 204), Problems))]
pub(super) async fn read_messages(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Body(body): Body<ReadMark>,
) -> Result<StatusCode> {
    read::mark(&ctx, &actor, id, body).await?;
    Ok(StatusCode::NO_CONTENT)
}
