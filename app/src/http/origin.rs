//! Session and CSRF, in one layer around the API: finds the session behind the cookie, and refuses unsafe requests
//! that a foreign page could have made a browser send.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use axum_extra::extract::CookieJar;
use loco_rs::app::AppContext;
use subtle::ConstantTimeEq;
use url::Url;

use crate::{
    Ledgerline,
    accounts::session::{self, CurrentSession},
    error::{Error, Result},
    portal::visit,
    tokens::Token,
};

const CSRF_HEADER: &str = "x-csrf-token";

/// See the module.
pub async fn guard(State(ctx): State<AppContext>, mut request: Request, next: Next) -> Response {
    match admit(&ctx, &mut request).await {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

async fn admit(ctx: &AppContext, request: &mut Request) -> Result<()> {
    let ledgerline = Ledgerline::of(ctx);
    let jar = CookieJar::from_headers(request.headers());
    let token = jar.get(session::cookie_name(&ledgerline.settings)).and_then(|cookie| Token::brought(cookie.value()));
    let mut session = match token {
        Some(token) => session::find(&ledgerline.databases.app, token).await?,
        None => None,
    };
    if !request.method().is_safe() {
        if !is_same_origin(request.headers(), &ledgerline.settings.base_url) {
            return Err(csrf_failed());
        }
        // a page of the portal, in a browser in which somebody is logged in as well: it acts with its link only
        if session.is_some() && visit::tokens(&jar).any(|token| carries(request.headers(), &token.csrf())) {
            session = None;
        }
        if session.as_ref().is_some_and(|session| !carries(request.headers(), &session.token.csrf())) {
            return Err(csrf_failed());
        }
    }
    request.extensions_mut().insert(CurrentSession(session));
    Ok(())
}

/// 403: a foreign page could have made the browser send this.
pub(crate) fn csrf_failed() -> Error {
    Error::new(
        axum::http::StatusCode::FORBIDDEN,
        "csrf_failed",
        "This request did not come from a page of ours. Reload the page and try again.",
    )
}

/// Whether the request carries this CSRF token.
pub(crate) fn carries(headers: &HeaderMap, csrf: &str) -> bool {
    headers.get(CSRF_HEADER).is_some_and(|sent| sent.as_bytes().ct_eq(csrf.as_bytes()).into())
}

/// Browsers say where a request comes from; programs say nothing, and carry no one's cookies by accident.
fn is_same_origin(headers: &HeaderMap, base_url: &str) -> bool {
    if let Some(site) = headers.get("sec-fetch-site")
        && !matches!(site.as_bytes(), b"same-origin" | b"none")
    {
        return false;
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let Some(origin) = origin.to_str().ok().and_then(|origin| Url::parse(origin).ok()) else { return false };
    if Url::parse(base_url).is_ok_and(|base| base.origin() == origin.origin()) {
        return true;
    }
    let authority = match (origin.host_str(), origin.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        _ => return false,
    };
    headers.get(header::HOST).is_some_and(|host| host.as_bytes().eq_ignore_ascii_case(authority.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pairs: &[(&'static str, &'static str)]) -> bool {
        let headers = pairs
            .iter()
            .map(|(name, value)| {
                (axum::http::HeaderName::from_static(name), axum::http::HeaderValue::from_static(value))
            })
            .collect();
        is_same_origin(&headers, "https://app.example.com")
    }

    #[test]
    fn only_our_own_pages_and_programs_may_send() {
        assert!(check(&[]));
        assert!(check(&[("origin", "https://app.example.com"), ("sec-fetch-site", "same-origin")]));
        assert!(check(&[("origin", "http://localhost:5150"), ("host", "localhost:5150")]));
        assert!(!check(&[("sec-fetch-site", "cross-site")]));
        assert!(!check(&[("sec-fetch-site", "same-site"), ("origin", "https://app.example.com")]));
        assert!(!check(&[("origin", "https://evil.example"), ("host", "app.example.com")]));
        assert!(!check(&[("origin", "null"), ("host", "app.example.com")]));
        assert!(!check(&[("origin", "http://app.example.com"), ("host", "other.example")]));
    }
}
