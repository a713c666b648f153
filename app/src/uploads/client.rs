//! Uploads of clients in the portal.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use loco_rs::app::AppContext;
use serde::Deserialize;
use uuid::Uuid;

use super::{By, append, end, member, protocol};
use crate::{
    error::{Error, Result},
    files::Side,
    http::extract::Path,
    portal::visit::{Client, Guest},
    routes::Problems,
};

/// The upload of a path.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct One {
    upload_id: Uuid,
}

fn by(guest: Guest, headers: &HeaderMap) -> Result<By> {
    let visit = guest.actor.visit().copied().ok_or_else(|| Error::internal("clients come with a visit"))?;
    let Some(project_id) = visit.project_id else {
        let detail = "Files can be sent once the proposal is approved and the project is there.";
        return Err(Error::conflict("wrong_state", detail));
    };
    protocol::check_version(headers)?;
    let address = format!("/api/proposals/{}/portal/uploads", guest.proposal_id);
    Ok(By { actor: guest.actor, id: visit.contact_id, side: Side::Client, project_id, address })
}

/// Begin to upload a file to the producer
///
/// As `POST /api/projects/{id}/uploads`; what clients send is a reference.
#[utoipa::path(post, path = "/api/proposals/{id}/portal/uploads", tag = "portal", params(("id" = Uuid, Path)),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses((status = 201), Problems))]
pub(super) async fn create_portal_upload(
    State(ctx): State<AppContext>,
    Client(guest): Client,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    member::begin(&ctx, &by(guest, &headers)?, &headers, body).await
}

/// What uploads can do
#[utoipa::path(options, path = "/api/proposals/{id}/portal/uploads", tag = "portal", params(("id" = Uuid, Path)),
    responses((status = 204), Problems))]
pub(super) async fn describe_portal_uploads() -> Response {
    protocol::described()
}

/// How far an upload is
#[utoipa::path(head, path = "/api/proposals/{id}/portal/uploads/{uploadId}", tag = "portal",
    params(("id" = Uuid, Path), ("uploadId" = Uuid, Path)), responses((status = 200), Problems))]
pub(super) async fn show_portal_upload(
    State(ctx): State<AppContext>,
    Client(guest): Client,
    Path(One { upload_id }): Path<One>,
    headers: HeaderMap,
) -> Result<Response> {
    member::show(&ctx, &by(guest, &headers)?, upload_id).await
}

/// Send the next bytes of a file
#[utoipa::path(patch, path = "/api/proposals/{id}/portal/uploads/{uploadId}", tag = "portal",
    params(("id" = Uuid, Path), ("uploadId" = Uuid, Path)),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses((status = 204), Problems))]
pub(super) async fn append_to_portal_upload(
    State(ctx): State<AppContext>,
    Client(guest): Client,
    Path(One { upload_id }): Path<One>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let by = by(guest, &headers)?;
    Ok(protocol::appended(&append::append(&ctx, &by, upload_id, &headers, body).await?))
}

/// Give an upload up
#[utoipa::path(delete, path = "/api/proposals/{id}/portal/uploads/{uploadId}", tag = "portal",
    params(("id" = Uuid, Path), ("uploadId" = Uuid, Path)), responses((status = 204), Problems))]
pub(super) async fn end_portal_upload(
    State(ctx): State<AppContext>,
    Client(guest): Client,
    Path(One { upload_id }): Path<One>,
    headers: HeaderMap,
) -> Result<StatusCode> {
    end::end(&ctx, &by(guest, &headers)?, upload_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a POST means that stands for another method
#[utoipa::path(post, path = "/api/proposals/{id}/portal/uploads/{uploadId}", tag = "portal",
    params(("id" = Uuid, Path), ("uploadId" = Uuid, Path)),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses((status = 204), Problems))]
pub(super) async fn overridden_portal(
    State(ctx): State<AppContext>,
    Client(guest): Client,
    Path(One { upload_id }): Path<One>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    member::instead(&ctx, &by(guest, &headers)?, upload_id, &headers, body).await
}
