//! Uploads of members of the workspace.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use loco_rs::app::AppContext;
use serde::Deserialize;
use uuid::Uuid;

use super::{By, append, create, end, protocol, queries};
use crate::{
    access::{Permission, authorize},
    error::{Error, Result},
    files::Side,
    http::extract::Path,
    projects,
    routes::Problems,
    tenant::{Actor, TenantTx},
};

/// Project and upload of a path.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct One {
    id: Uuid,
    upload_id: Uuid,
}

async fn by(ctx: &AppContext, actor: Actor, project_id: Uuid, headers: &HeaderMap) -> Result<By> {
    authorize(&actor, Permission::WorkOnProjects)?;
    let id = actor.user_id().ok_or_else(|| Error::forbidden("Only a member of the workspace may do this."))?;
    let mut tx = TenantTx::begin(ctx, &actor).await?;
    projects::queries::find(&mut tx, project_id).await?.ok_or_else(Error::not_found)?;
    protocol::check_version(headers)?;
    Ok(By { actor, id, side: Side::Producer, project_id, address: format!("/api/projects/{project_id}/uploads") })
}

/// Begin to upload a file
///
/// tus 1.0 with creation, creation-with-upload, creation-defer-length, concatenation. `Upload-Metadata` may hold
/// `filename`, `kind` (reference, work_in_progress, revision, final) and `fileId`, the file that this is a version of.
#[utoipa::path(post, path = "/api/projects/{id}/uploads", tag = "files", params(("id" = Uuid, Path)),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses((status = 201), Problems))]
pub(super) async fn create_upload(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let by = by(&ctx, actor, id, &headers).await?;
    begin(&ctx, &by, &headers, body).await
}

/// Makes an upload, and takes in the bytes that may come with it.
pub(super) async fn begin(ctx: &AppContext, by: &By, headers: &HeaderMap, body: Body) -> Result<Response> {
    let upload = create::create(ctx, by, create::Asked::of(headers)?).await?;
    if !protocol::is_piece(headers) || upload.concat.as_deref() == Some("final") {
        return Ok(protocol::created(&by.address, &upload));
    }
    let mut first = headers.clone();
    first.insert("upload-offset", axum::http::HeaderValue::from_static("0"));
    first.remove("upload-length");
    // what has arrived is kept: who made the upload hears where it stands, and goes on there
    let upload = match append::append(ctx, by, upload.id, &first, body).await {
        Ok(upload) => upload,
        Err(error) => {
            tracing::warn!(upload = %upload.id, code = error.code, "the bytes that came with an upload were not all taken");
            queries::find(&mut TenantTx::begin(ctx, &by.actor).await?, by, upload.id)
                .await?
                .ok_or_else(Error::not_found)?
        }
    };
    Ok(protocol::created(&by.address, &upload))
}

/// What uploads can do
#[utoipa::path(options, path = "/api/projects/{id}/uploads", tag = "files", params(("id" = Uuid, Path)),
    responses((status = 204), Problems))]
pub(super) async fn describe_uploads() -> Response {
    protocol::described()
}

/// How far an upload is
#[utoipa::path(head, path = "/api/projects/{id}/uploads/{uploadId}", tag = "files",
    params(("id" = Uuid, Path), ("uploadId" = Uuid, Path)), responses((status = 200), Problems))]
pub(super) async fn show_upload(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(One { id, upload_id }): Path<One>,
    headers: HeaderMap,
) -> Result<Response> {
    let by = by(&ctx, actor, id, &headers).await?;
    show(&ctx, &by, upload_id).await
}

pub(super) async fn show(ctx: &AppContext, by: &By, id: Uuid) -> Result<Response> {
    let mut tx = TenantTx::begin(ctx, &by.actor).await?;
    let upload = queries::find(&mut tx, by, id).await?.ok_or_else(Error::not_found)?;
    Ok(protocol::shown(&upload))
}

/// Send the next bytes of a file
#[utoipa::path(patch, path = "/api/projects/{id}/uploads/{uploadId}", tag = "files",
    params(("id" = Uuid, Path), ("uploadId" = Uuid, Path)),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses((status = 204), Problems))]
pub(super) async fn append_to_upload(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(One { id, upload_id }): Path<One>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let by = by(&ctx, actor, id, &headers).await?;
    Ok(protocol::appended(&append::append(&ctx, &by, upload_id, &headers, body).await?))
}

/// Give an upload up
#[utoipa::path(delete, path = "/api/projects/{id}/uploads/{uploadId}", tag = "files",
    params(("id" = Uuid, Path), ("uploadId" = Uuid, Path)), responses((status = 204), Problems))]
pub(super) async fn end_upload(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(One { id, upload_id }): Path<One>,
    headers: HeaderMap,
) -> Result<StatusCode> {
    let by = by(&ctx, actor, id, &headers).await?;
    end::end(&ctx, &by, upload_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a POST means that stands for another method
///
/// For networks that let no PATCH or DELETE through: the header X-HTTP-Method-Override says which is meant.
#[utoipa::path(post, path = "/api/projects/{id}/uploads/{uploadId}", tag = "files",
    params(("id" = Uuid, Path), ("uploadId" = Uuid, Path)),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses((status = 204), Problems))]
pub(super) async fn overridden(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(One { id, upload_id }): Path<One>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let by = by(&ctx, actor, id, &headers).await?;
    instead(&ctx, &by, upload_id, &headers, body).await
}

pub(super) async fn instead(ctx: &AppContext, by: &By, id: Uuid, headers: &HeaderMap, body: Body) -> Result<Response> {
    match headers.get("x-http-method-override").and_then(|method| method.to_str().ok()) {
        Some("PATCH") => Ok(protocol::appended(&append::append(ctx, by, id, headers, body).await?)),
        Some("HEAD") => show(ctx, by, id).await,
        Some("DELETE") => {
            end::end(ctx, by, id).await?;
            Ok(axum::response::IntoResponse::into_response(StatusCode::NO_CONTENT))
        }
        _ => {
            let detail = "Send PATCH, or POST with the header X-HTTP-Method-Override: PATCH.";
            Err(Error::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail))
        }
    }
}
