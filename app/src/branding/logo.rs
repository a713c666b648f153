//! The logo: checked before it is kept, and public, since mails show it.

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use loco_rs::app::AppContext;
use uuid::Uuid;

use super::queries::{self, BrandingRow, NewLogo};
use crate::{
    Ledgerline,
    access::{Permission, authorize},
    audit,
    error::{Error, Result},
    files::scan::{self, Verdict},
    http::{Verbatim, extract::Path},
    storage::Storage,
    tenant::{Actor, TenantTx},
};

/// Where logos stand in the storage.
const FOLDER: &str = "logos";
/// Largest logo, in bytes.
pub(super) const LIMIT: usize = 1_000_000;

fn path(workspace: Uuid, id: Uuid) -> String {
    format!("{FOLDER}/{workspace}/{id}")
}

/// Shows these bytes as the workspace's logo from now on.
///
/// # Errors
/// 422 `invalid_logo`; 503 `scanner_unavailable`, `storage_unavailable`.
pub async fn replace(ctx: &AppContext, actor: &Actor, bytes: Bytes) -> Result<BrandingRow> {
    let content_type = infer::get(&bytes)
        .map(|found| found.mime_type())
        .filter(|found| matches!(*found, "image/png" | "image/jpeg" | "image/webp" | "image/gif"));
    let Some(content_type) = content_type else {
        return Err(invalid("A logo is a PNG, JPEG, WebP or GIF picture."));
    };
    let ledgerline = Ledgerline::of(ctx);
    let size = bytes.len();
    let stream = futures::stream::iter([Ok(bytes.clone())]);
    match scan::scan(&ledgerline.settings.files, size as u64, stream).await {
        Ok(Verdict::Clean) => {}
        Ok(_) => return Err(invalid("This picture was refused: a virus was found in it.")),
        Err(error) => return Err(unscanned(error)),
    }
    let id = Uuid::new_v4();
    let at = path(actor.workspace_id, id);
    ledgerline.storage.put(&at, bytes).await?;
    let logo = NewLogo { id, content_type, bytes: i32::try_from(size).map_err(Error::internal)? };
    let kept = set(ctx, actor, Some(&logo)).await;
    if kept.is_err() {
        forget(&ledgerline.storage, &at).await;
    }
    kept
}

/// Takes the logo away.
///
/// # Errors
/// 403 for members.
pub async fn remove(ctx: &AppContext, actor: &Actor) -> Result<BrandingRow> {
    authorize(actor, Permission::ChangeWorkspace)?;
    set(ctx, actor, None).await
}

async fn set(ctx: &AppContext, actor: &Actor, logo: Option<&NewLogo<'_>>) -> Result<BrandingRow> {
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let before = queries::lock(&mut tx).await?;
    queries::set_logo(&mut tx, logo).await?;
    let workspace = tx.workspace_id();
    let action = if logo.is_some() { "branding.set_logo" } else { "branding.remove_logo" };
    audit::record(&mut tx, action, ("workspace", workspace), serde_json::json!({})).await?;
    let row = queries::find(&mut tx).await?;
    tx.commit().await?;
    if let Some(old) = before.logo_id {
        forget(&Ledgerline::of(ctx).storage, &path(workspace, old)).await;
    }
    Ok(row)
}

/// What is not removed takes room and is shown to nobody.
async fn forget(storage: &Storage, path: &str) {
    if let Err(error) = storage.delete(path).await {
        tracing::warn!(path, %error, "a logo that is not used any more could not be removed");
    }
}

fn invalid(detail: &'static str) -> Error {
    Error::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_logo", detail)
}

fn unscanned(error: std::io::Error) -> Error {
    let detail = "The logo could not be checked for viruses. Try again in a moment.";
    let mut told = Error::new(StatusCode::SERVICE_UNAVAILABLE, "scanner_unavailable", detail);
    told.retry_after = Some(5);
    told.cause = Some(std::sync::Arc::new(error));
    told
}

/// A logo, for everybody who knows its address: it never changes there.
pub(super) async fn show(State(ctx): State<AppContext>, Path(id): Path<Uuid>) -> Result<Response> {
    let ledgerline = Ledgerline::of(&ctx);
    let logo = queries::logo(&ledgerline.databases.app, id).await?.ok_or_else(Error::not_found)?;
    let size = u64::try_from(logo.bytes).map_err(Error::internal)?;
    let bytes = ledgerline.storage.read(&path(logo.workspace_id, id), 0..size).await?;
    let mut response = axum::body::Body::from_stream(bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(&logo.content_type).map_err(Error::internal)?);
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(size));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    response.extensions_mut().insert(Verbatim);
    Ok(response)
}
