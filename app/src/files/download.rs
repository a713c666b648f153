//! Gives the bytes of a version: all of them or a range, to be saved or to be shown.

use std::ops::Range;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use loco_rs::app::AppContext;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::{
    Side, content,
    media::Made,
    queries::{self, FileRow, VersionRow},
    rules,
};
use crate::{
    Ledgerline,
    error::{Error, Result},
    http::Verbatim,
    projects,
    tenant::{Actor, TenantTx},
};

/// Who looks at files, and of which project.
#[derive(Clone, Debug)]
pub(super) struct Viewer {
    pub(super) actor: Actor,
    /// The member or the contact.
    pub(super) id: Uuid,
    pub(super) side: Side,
    pub(super) project_id: Uuid,
}

/// How bytes are wanted.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ContentQuery {
    /// Whether they are to be shown or played in a page rather than saved; only of kinds that run nothing.
    #[serde(default)]
    pub inline: bool,
}

/// What RFC 5987 lets stand as it is.
const NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'_');

/// The bytes of a version, or the part of them that `Range` asks for. A download from the beginning is noted; the parts of
/// it that follow are not.
///
/// # Errors
/// 403 `locked`, `download_limit`, `quarantined`; 404; 409 `scanning`; 410 `file_gone`; 416 `invalid_range`.
pub(super) async fn download(
    ctx: &AppContext,
    viewer: &Viewer,
    file_id: Uuid,
    number: i32,
    inline: bool,
    (method, headers): (&Method, &HeaderMap),
) -> Result<Response> {
    let mut tx = TenantTx::begin(ctx, &viewer.actor).await?;
    let project = projects::queries::find(&mut tx, viewer.project_id).await?.ok_or_else(Error::not_found)?;
    // of two downloads at the same time, one is the last that is allowed
    let file = match viewer.side {
        Side::Client => queries::lock(&mut tx, viewer.project_id, file_id).await?,
        Side::Producer => queries::find(&mut tx, viewer.project_id, file_id).await?,
    };
    let file = file.ok_or_else(Error::not_found)?;
    let version = queries::version(&mut tx, file_id, number).await?.ok_or_else(Error::not_found)?;
    let path = stored(&version)?.to_owned();
    rules::may_download(&mut tx, &project, &file, &version).await?;
    if inline {
        may_be_shown(viewer, &file, &version)?;
    }
    let size = u64::try_from(version.size_bytes).map_err(Error::internal)?;
    let etag = etag(&version, "");
    if is_known(headers, &etag) {
        return Ok(not_modified(etag));
    }
    let part = part(headers, size, &etag)?;
    let begins = part.as_ref().is_none_or(|part| part.start == 0);
    if !inline && begins && method != Method::HEAD {
        queries::note_download(&mut tx, &version, viewer.project_id, viewer.side, viewer.id).await?;
    }
    tx.commit().await?;

    let (kind, disposition) = if inline {
        (version.content_type.as_deref().unwrap_or(content::UNKNOWN), "inline")
    } else {
        (content::UNKNOWN, "attachment")
    };
    send(ctx, &Bytes { path, size, etag, kind, disposition, name: &version.filename }, part).await
}

/// What was made of a version: it is open also while the original is locked, and nobody counts who looks at it.
///
/// # Errors
/// 403 `quarantined`; 404; 409 `scanning`, `preview_waiting`; 410 `file_gone`; 416 `invalid_range`.
pub(super) async fn made(
    ctx: &AppContext,
    viewer: &Viewer,
    file_id: Uuid,
    number: i32,
    made: Made,
    headers: &HeaderMap,
) -> Result<Response> {
    let mut tx = TenantTx::begin(ctx, &viewer.actor).await?;
    queries::find(&mut tx, viewer.project_id, file_id).await?.ok_or_else(Error::not_found)?;
    let version = queries::version(&mut tx, file_id, number).await?.ok_or_else(Error::not_found)?;
    tx.commit().await?;
    let path = made.path(stored(&version)?);
    if version.media_state.as_deref() == Some("waiting") {
        return Err(Error::conflict("preview_waiting", "The preview is being made. Try again in a moment."));
    }
    let (size, kind, mark) = match made {
        Made::Preview => (version.preview_bytes, version.preview_type.as_deref().unwrap_or(content::UNKNOWN), "p"),
        Made::Thumbnail => (version.thumbnail_bytes, "image/webp", "t"),
    };
    let size = size.and_then(|size| u64::try_from(size).ok()).ok_or_else(Error::not_found)?;
    let etag = etag(&version, mark);
    if is_known(headers, &etag) {
        return Ok(not_modified(etag));
    }
    let part = part(headers, size, &etag)?;
    send(ctx, &Bytes { path, size, etag, kind, disposition: "inline", name: &version.filename }, part).await
}

/// What is sent, and how.
struct Bytes<'a> {
    path: String,
    size: u64,
    etag: HeaderValue,
    kind: &'a str,
    disposition: &'a str,
    name: &'a str,
}

async fn send(ctx: &AppContext, what: &Bytes<'_>, part: Option<Range<u64>>) -> Result<Response> {
    let size = what.size;
    let range = part.clone().unwrap_or(0..size);
    let bytes = if range.is_empty() {
        Body::empty()
    } else {
        Body::from_stream(Ledgerline::of(ctx).storage.read(&what.path, range.clone()).await?)
    };
    let status = if part.is_some() { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
    let mut response = (status, bytes).into_response();
    let answer = response.headers_mut();
    answer.insert(header::ETAG, what.etag.clone());
    answer.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    answer.insert(header::CONTENT_LENGTH, HeaderValue::from(range.end - range.start));
    if part.is_some() {
        answer.insert(header::CONTENT_RANGE, value(&format!("bytes {}-{}/{size}", range.start, range.end - 1))?);
    }
    answer.insert(header::CONTENT_TYPE, value(what.kind)?);
    answer.insert(header::CONTENT_DISPOSITION, disposition(what.disposition, what.name)?);
    // whatever stands in it, it is no page of ours
    answer.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    response.extensions_mut().insert(Verbatim);
    Ok(response)
}

pub(super) fn disposition(kind: &str, name: &str) -> Result<HeaderValue> {
    value(&format!("{kind}; filename*=UTF-8''{}", utf8_percent_encode(name, NAME)))
}

fn is_known(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes())
}

fn not_modified(etag: HeaderValue) -> Response {
    (StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response()
}

fn value(text: &str) -> Result<HeaderValue> {
    HeaderValue::from_str(text).map_err(Error::internal)
}

/// Where the bytes of a version stand that may be had.
pub(super) fn stored(version: &VersionRow) -> Result<&str> {
    if version.bytes_deleted_at.is_some() {
        return Err(Error::new(StatusCode::GONE, "file_gone", "The bytes of this file were deleted."));
    }
    match version.state.as_str() {
        "scanning" => {
            let detail = "This file is still being checked for viruses. Try again in a moment.";
            Err(Error::conflict("scanning", detail))
        }
        "quarantined" => {
            let detail = "This file was held back: it may hold a virus, or could not be checked for one.";
            Err(Error::new(StatusCode::FORBIDDEN, "quarantined", detail))
        }
        _ => version.storage_path.as_deref().ok_or_else(|| Error::internal("an available version without bytes")),
    }
}

fn may_be_shown(viewer: &Viewer, file: &FileRow, version: &VersionRow) -> Result<()> {
    if !version.content_type.as_deref().is_some_and(content::is_shown) {
        let detail = "Files of this kind can only be downloaded.";
        return Err(Error::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_shown", detail));
    }
    if viewer.side == Side::Client && file.side == Side::Producer && file.download_limit.is_some() {
        let detail = "How often this file may be had is limited, so it can only be downloaded.";
        return Err(Error::new(StatusCode::FORBIDDEN, "download_limit", detail));
    }
    Ok(())
}

/// By the bytes that were uploaded, and a mark for what was made of them.
fn etag(version: &VersionRow, mark: &str) -> HeaderValue {
    let hash: String = version.sha256.iter().flatten().take(16).map(|byte| format!("{byte:02x}")).collect();
    HeaderValue::from_str(&format!("\"{hash}{mark}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

/// The one part that is asked for; `None` for the whole: also for several parts, for what is no range, and when the file is
/// another one by now.
fn part(headers: &HeaderMap, size: u64, etag: &HeaderValue) -> Result<Option<Range<u64>>> {
    let Some(asked) = headers.get(header::RANGE).and_then(|range| range.to_str().ok()) else { return Ok(None) };
    if headers.get(header::IF_RANGE).is_some_and(|known| known != etag) {
        return Ok(None);
    }
    let Ok(ranges) = http_range_header::parse_range_header(asked) else { return Ok(None) };
    match ranges.validate(size) {
        Ok(ranges) => match ranges.as_slice() {
            [one] => Ok(Some(*one.start()..one.end().saturating_add(1))),
            _ => Ok(None),
        },
        Err(_) => Err(Error::new(
            StatusCode::RANGE_NOT_SATISFIABLE,
            "invalid_range",
            format!("The file has {size} bytes, and none where the range asks for them."),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(range: &str, if_range: Option<&str>) -> Result<Option<Range<u64>>> {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, range.parse().unwrap());
        if let Some(tag) = if_range {
            headers.insert(header::IF_RANGE, tag.parse().unwrap());
        }
        part(&headers, 10, &HeaderValue::from_static("\"a\""))
    }

    #[test]
    fn ranges() {
        assert_eq!(asked("bytes=0-3", None).unwrap(), Some(0..4));
        assert_eq!(asked("bytes=7-", None).unwrap(), Some(7..10));
        assert_eq!(asked("bytes=-2", None).unwrap(), Some(8..10));
        assert_eq!(asked("bytes=0-99", None).unwrap(), Some(0..10));
        assert_eq!(asked("bytes=10-", None).unwrap_err().status, StatusCode::RANGE_NOT_SATISFIABLE);
        assert_eq!(asked("bytes=0-1,4-5", None).unwrap(), None);
        assert_eq!(asked("lines=1-2", None).unwrap(), None);
        assert_eq!(asked("bytes=0-3", Some("\"a\"")).unwrap(), Some(0..4));
        assert_eq!(asked("bytes=0-3", Some("\"b\"")).unwrap(), None);
    }
}
