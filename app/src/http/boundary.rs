//! The outermost layer: gives a request its id, turns errors into problem+json, logs the request once and counts it.
//! Queries of addresses, headers and bodies are never logged.

use std::{borrow::Cow, time::Instant};

use axum::{
    body::Body,
    extract::{MatchedPath, Request, State},
    http::{HeaderValue, Response, StatusCode, header},
    middleware::Next,
};
use ledgerline_jobs::causes::with_causes;
use loco_rs::app::AppContext;
use tracing::Instrument;
use uuid::Uuid;

use crate::{Ledgerline, error::Error, telemetry::metrics};

/// The name of a request in logs, errors, audit rows and the jobs it asks for.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

const HEADER: &str = "x-request-id";

/// See the module.
pub async fn boundary(State(ctx): State<AppContext>, mut request: Request, next: Next) -> Response<Body> {
    let started = Instant::now();
    let ledgerline = Ledgerline::of(&ctx);
    // only a proxy of ours may name a request
    let given = request
        .headers()
        .get(HEADER)
        .filter(|_| ledgerline.settings.http.trusted_proxies > 0)
        .and_then(|id| id.to_str().ok())
        .filter(|id| (8..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
    let id = given.map_or_else(|| Uuid::now_v7().to_string(), ToOwned::to_owned);
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let shown = without_secrets(&path);
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let api = path == "/api" || path.starts_with("/api/");
    request.extensions_mut().insert(RequestId(id.clone()));

    let span = tracing::info_span!("request", request_id = %id);
    let mut response = next.run(request).instrument(span.clone()).await;

    let error = response.extensions_mut().remove::<Error>();
    let status = response.status();
    let error = match error {
        Some(error) => Some(error),
        None if api && (status.is_client_error() || status.is_server_error()) && !is_problem(&response) => {
            Some(plain(status))
        }
        None => None,
    };
    let took = started.elapsed();
    let route = route.unwrap_or_else(|| "other".to_owned());
    metrics::answered(&method, &route, status.as_u16(), took);
    span.in_scope(|| {
        log(&id, &method, &shown, &route, status, (took.as_secs_f64() * 10_000.0).round() / 10.0, error.as_ref())
    });

    if let Some(error) = error {
        write_problem(&mut response, &error, &id);
    }
    if matches!(status, StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_TIMEOUT) {
        // the rest of the body is not read, so no other request can come over this connection
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

fn log(
    request_id: &str,
    method: &axum::http::Method,
    path: &str,
    route: &str,
    status: StatusCode,
    took_ms: f64,
    error: Option<&Error>,
) {
    let status = status.as_u16();
    match error {
        Some(error) if status >= 500 && error.code != "busy" => {
            let cause = error.cause.as_ref().map(|cause| with_causes(&**cause)).unwrap_or_default();
            // with the id once more: error tracking sees this line without its span
            tracing::error!(request_id, %method, route, status, took_ms, code = error.code, error = %cause, "request failed");
        }
        Some(error) if status >= 500 => {
            let cause = error.cause.as_ref().map(|cause| with_causes(&**cause)).unwrap_or_default();
            tracing::warn!(%method, route, status, took_ms, code = error.code, error = %cause, "request refused");
        }
        Some(error) => tracing::info!(%method, path, status, took_ms, code = error.code, "request refused"),
        None if path.starts_with("/api/") => tracing::info!(%method, path, status, took_ms, "request answered"),
        None => tracing::debug!(%method, path, status, took_ms, "request answered"),
    }
}

/// The path as it may be logged. A portal link carries its token in it, and so may what a mail program or a person made of
/// one: no part of a path of ours is that long.
fn without_secrets(path: &str) -> Cow<'_, str> {
    if path.starts_with("/l/") {
        return Cow::Borrowed("/l/…");
    }
    if path.split('/').all(|part| part.len() < 40) {
        return Cow::Borrowed(path);
    }
    let parts: Vec<&str> = path.split('/').map(|part| if part.len() < 40 { part } else { "…" }).collect();
    Cow::Owned(parts.join("/"))
}

fn is_problem(response: &Response<Body>) -> bool {
    response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes() == b"application/problem+json")
}

/// What axum and tower answer by themselves, in our words.
fn plain(status: StatusCode) -> Error {
    match status {
        StatusCode::NOT_FOUND => Error::new(status, "not_found", "There is nothing at this address."),
        StatusCode::METHOD_NOT_ALLOWED => {
            Error::new(status, "method_not_allowed", "This address does not take this method.")
        }
        StatusCode::PAYLOAD_TOO_LARGE => Error::body_too_large(),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            Error::new(status, "unsupported_media_type", "Send the body as application/json.")
        }
        status if status.is_server_error() => Error { status, ..Error::internal("an answer without an error") },
        status => Error::new(status, "bad_request", "The request is not as it must be."),
    }
}

fn write_problem(response: &mut Response<Body>, error: &Error, request_id: &str) {
    let body = serde_json::to_vec(&error.problem(request_id)).unwrap_or_default();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.remove(header::CONTENT_ENCODING);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(seconds) = error.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    *response.body_mut() = Body::from(body);
}

#[cfg(test)]
mod tests {
    use super::without_secrets;

    #[test]
    fn a_token_in_a_path_is_not_shown() {
        let token = "x".repeat(43);
        for path in [format!("/l/{token}"), "/l/short".to_owned(), format!("/l/{token}/")] {
            assert_eq!(without_secrets(&path), "/l/…");
        }
        assert_eq!(without_secrets(&format!("/p/{token}/a")), "/p/…/a");
        assert_eq!(without_secrets(&format!("//l/{token}.")), "//l/…");
        let path = "/api/clients/018f0000-0000-7000-8000-000000000001/archive";
        assert_eq!(without_secrets(path), path);
    }
}
