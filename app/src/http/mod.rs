//! What surrounds every request: its id, log line and metrics, errors as problem+json, security headers,
//! compression, caught panics; and below them session, CSRF and limits for the API. `serve` is what it all runs on.

pub mod boundary;
pub mod docs;
pub mod extract;
pub mod frontend;
pub mod headers;
pub mod origin;
pub mod places;
pub mod serve;
pub mod streams;

use std::{any::Any, time::Duration};

use axum::{
    Router,
    body::HttpBody as _,
    extract::DefaultBodyLimit,
    http::{Response, StatusCode},
    middleware,
    response::IntoResponse,
};
use loco_rs::app::AppContext;
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, Predicate},
    },
};

use crate::{Ledgerline, error::Error};

/// Largest JSON body.
const MAX_BODY: usize = 256 * 1024;

/// Layers around everything, outermost first.
pub fn layers(router: Router, ctx: &AppContext) -> Router {
    router.layer(
        ServiceBuilder::new()
            .layer(middleware::from_fn_with_state(ctx.clone(), boundary::boundary))
            .layer(middleware::from_fn_with_state(ctx.clone(), headers::secure))
            .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(Public)))
            .layer(CatchPanicLayer::custom(caught)),
    )
}

/// Layers around the API: a limit on body and time, then session and CSRF. Routes that stream take only the latter.
pub fn api_layers<S>(
    router: utoipa_axum::router::OpenApiRouter<S>,
    ctx: &AppContext,
) -> utoipa_axum::router::OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    let limit = Ledgerline::of(ctx).settings.request_timeout();
    router.layer(
        ServiceBuilder::new()
            .layer(DefaultBodyLimit::max(MAX_BODY))
            .layer(middleware::from_fn(move |request, next| at_once(limit, request, next))),
    )
}

async fn at_once(limit: Duration, request: axum::extract::Request, next: middleware::Next) -> axum::response::Response {
    // what is announced as too large need not be sent first
    if request.body().size_hint().lower() > MAX_BODY as u64 {
        return Error::body_too_large().into_response();
    }
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Error::new(
            StatusCode::GATEWAY_TIMEOUT,
            "timeout",
            "This took too long and was given up. Try again in a moment.",
        )
        .into_response(),
    }
}

/// Marks an answer that holds a secret next to what its caller chose. Compressing those together would let the
/// length tell the secret (BREACH).
#[derive(Clone, Copy, Debug)]
pub struct Secret;

/// Marks an answer whose bytes go as they are stored: parts of it may be asked for by their places.
#[derive(Clone, Copy, Debug)]
pub struct Verbatim;

#[derive(Clone, Copy)]
struct Public;

impl Predicate for Public {
    fn should_compress<B: axum::body::HttpBody>(&self, response: &Response<B>) -> bool {
        response.extensions().get::<Secret>().is_none() && response.extensions().get::<Verbatim>().is_none()
    }
}

fn caught(panic: Box<dyn Any + Send>) -> axum::response::Response {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without a message");
    Error::internal(format!("panic: {message}")).into_response()
}
