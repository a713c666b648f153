//! What a person sees: the inbox, a mail, the errors. Everything works without a script; the one there is only
//! renews a list when something arrives.

mod errors;
mod html;
mod inbox;

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::World;

/// The pages load nothing from elsewhere and run only their own script.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

pub(crate) fn routes() -> Router<World> {
    Router::new()
        .route("/", get(inbox::list))
        .route("/mails/{id}", get(inbox::show))
        .route("/mails/{id}/html", get(inbox::html_part))
        .route("/errors", get(errors::list))
        .route("/errors/{id}", get(errors::show))
        .route("/sandbox.css", get(style))
        .route("/sandbox.js", get(script))
}

async fn style() -> impl IntoResponse {
    let kind = [(header::CONTENT_TYPE, "text/css; charset=utf-8")];
    (kind, include_str!("sandbox.css"))
}

async fn script() -> impl IntoResponse {
    let kind = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")];
    (kind, include_str!("sandbox.js"))
}

/// Which of the sandbox's places a page belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Mails,
    Errors,
}

/// A whole page around its content. With an address to ask, the script renews `#list` when the answer changes.
fn page(place: Place, title: &str, renew_from: Option<&str>, content: &str) -> Response {
    let here = |this: Place| {
        if place == this { " aria-current=\"page\"" } else { "" }
    };
    let renew = renew_from.map_or(String::new(), |address| format!(" data-renew-from=\"{}\"", html::Text(address)));
    let document = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title} · Ledgerline sandbox</title>\
         <link rel=\"icon\" href=\"data:,\"><link rel=\"stylesheet\" href=\"/sandbox.css\">\
         <script src=\"/sandbox.js\" defer></script></head>\n<body{renew}>\
         <header class=\"top\"><strong>Sandbox</strong><nav aria-label=\"Places\">\
         <a href=\"/\"{mails}>Inbox</a> <a href=\"/errors\"{errors}>Errors</a></nav>\
         <form method=\"post\" action=\"/reset\"><button>Forget everything</button></form></header>\n\
         <main>{content}</main></body></html>\n",
        title = html::Text(title),
        mails = here(Place::Mails),
        errors = here(Place::Errors),
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, document).into_response()
}

fn time(at: chrono::DateTime<chrono::Utc>) -> String {
    format!("<time datetime=\"{}\">{}</time>", at.to_rfc3339(), at.format("%Y-%m-%d %H:%M:%S"))
}
