//! Serves the built frontend: hashed assets for ever, everything else that is no file as the studio's page.

use std::path::{Component, PathBuf};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use loco_rs::app::AppContext;
use tower::ServiceExt;
use tower_http::services::{ServeDir, ServeFile};

use crate::{
    Ledgerline,
    error::{Error, Result},
};

/// Answers whatever no route answers.
pub async fn show(State(ctx): State<AppContext>, request: Request) -> Result<Response> {
    let path = request.uri().path().to_owned();
    let ours = path == "/api" || path.starts_with("/api/") || path.starts_with("/_");
    if ours {
        return Err(Error::new(StatusCode::NOT_FOUND, "not_found", "There is nothing at this address."));
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(Error::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "This address does not take this method.",
        ));
    }
    let folder = &Ledgerline::of(&ctx).settings.frontend_dir;
    let asset = path.starts_with("/assets/");
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let file = inside(folder, &path);
    let is_file = file.as_ref().is_some_and(|file| asset || file.is_file());
    let served = if is_file {
        ServeDir::new(folder).append_index_html_on_directories(false).oneshot(request).await
    } else {
        let mut page = Request::new(Body::empty());
        (*page.method_mut(), *page.uri_mut()) = (method, uri);
        ServeFile::new(folder.join("studio.html")).oneshot(page).await
    };
    let Ok(served) = served;
    let mut response = served.into_response();
    if !is_file && response.status() == StatusCode::NOT_FOUND {
        return Err(Error::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "frontend_missing",
            "The pages have not been built. Build the frontend, or set FRONTEND_DIR to where it is.",
        ));
    }
    let cache = if asset && response.status().is_success() {
        "public, max-age=31536000, immutable"
    } else if is_file {
        "no-cache"
    } else {
        "no-store"
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    Ok(response)
}

/// The file a path names, unless it climbs out of the folder.
fn inside(folder: &std::path::Path, path: &str) -> Option<PathBuf> {
    let relative = std::path::Path::new(path.trim_start_matches('/'));
    relative
        .components()
        .all(|part| matches!(part, Component::Normal(name) if !name.as_encoded_bytes().starts_with(b".")))
        .then(|| folder.join(relative))
        .filter(|file| file != folder)
}
