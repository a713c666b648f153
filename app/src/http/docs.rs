//! `/api/docs`: the API's document as a page. Swagger UI is embedded in the binary; its page is ours, without inline
//! script or style, so that it lives under the same policy as everything else.

use std::sync::{Arc, LazyLock};

use axum::{
    http::{HeaderValue, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use utoipa_swagger_ui::{Config, serve};

use super::extract::Path;
use crate::{
    error::{Error, Result},
    routes,
};

const PAGE: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Ledgerline API</title>
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<noscript>This page needs JavaScript. The document itself is at /api/openapi.json.</noscript>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/page.js"></script>
</body>
</html>
"#;

const SCRIPT: &str = r##"window.onload = () => {
  SwaggerUIBundle({
    url: "/api/openapi.json",
    dom_id: "#swagger-ui",
    deepLinking: true,
    validatorUrl: null,
    persistAuthorization: false,
    presets: [SwaggerUIBundle.presets.apis],
    requestInterceptor: async (request) => {
      if (!["GET", "HEAD"].includes((request.method || "GET").toUpperCase())) {
        const answer = await fetch("/api/session");
        if (answer.ok) request.headers["X-CSRF-Token"] = (await answer.json()).csrfToken;
      }
      return request;
    },
  });
};
"##;

static DOCUMENT: LazyLock<String> = LazyLock::new(|| routes::openapi().to_json().unwrap_or_default());

/// `/api/openapi.json`
pub async fn document() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")], DOCUMENT.as_str())
}

/// `/api/docs`
pub async fn page() -> Html<&'static str> {
    Html(PAGE)
}

/// `/api/docs/`
pub async fn without_slash() -> Redirect {
    Redirect::permanent("/api/docs")
}

/// `/api/docs/{file}`
///
/// # Errors
/// 404.
pub async fn file(Path(name): Path<String>) -> Result<Response> {
    if name == "page.js" {
        return Ok(([(header::CONTENT_TYPE, "text/javascript")], SCRIPT).into_response());
    }
    if !matches!(name.as_str(), "swagger-ui.css" | "swagger-ui-bundle.js") {
        return Err(Error::not_found());
    }
    let file = serve(&name, Arc::new(Config::from("/api/openapi.json")))
        .map_err(|error| Error::internal(error.to_string()))?
        .ok_or_else(Error::not_found)?;
    let kind = HeaderValue::from_str(&file.content_type).map_err(Error::internal)?;
    Ok((
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=86400"))],
        file.bytes.into_owned(),
    )
        .into_response())
}
