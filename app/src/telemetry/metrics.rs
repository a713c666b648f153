//! Prometheus metrics: recorded through the `metrics` facade, shown at `/_metrics`.

use std::{sync::OnceLock, time::Duration};

use axum::{
    http::{HeaderMap, Method, header},
    response::{IntoResponse as _, Response},
};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use subtle::ConstantTimeEq as _;

static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Seconds of requests and jobs, from a page out of memory to a large import.
const SECONDS: &[f64] =
    &[0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0];

/// How often samples are put into their buckets.
const UPKEEP: Duration = Duration::from_secs(5);

/// Installs the recorder of this process, once.
pub fn install() {
    HANDLE.get_or_init(|| {
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)
            .and_then(PrometheusBuilder::install_recorder);
        match builder {
            Ok(handle) => {
                keep_small(handle.clone());
                Some(handle)
            }
            Err(error) => {
                tracing::error!(%error, "metrics are not recorded");
                None
            }
        }
    });
}

/// Samples wait to be put into their buckets until somebody asks; where nobody does they would pile up for ever.
fn keep_small(handle: PrometheusHandle) {
    let upkeep = move || {
        loop {
            std::thread::sleep(UPKEEP);
            handle.run_upkeep();
        }
    };
    if let Err(error) = std::thread::Builder::new().name("metrics".to_owned()).spawn(upkeep) {
        tracing::error!(%error, "metrics are kept up only when they are read");
    }
}

/// Who may read the metrics.
#[derive(Clone, Debug)]
pub struct Readers {
    /// Bearer token; without one the metrics are open in development and closed in production.
    token: String,
    production: bool,
}

impl Readers {
    /// Those who send `token`.
    #[must_use]
    pub fn new(token: &str, production: bool) -> Self {
        Self { token: token.to_owned(), production }
    }

    /// Whether whoever sent these headers is one of them.
    #[must_use]
    pub fn admit(&self, headers: &HeaderMap) -> bool {
        if self.token.is_empty() {
            return !self.production;
        }
        let expected = format!("Bearer {}", self.token);
        headers.get(header::AUTHORIZATION).is_some_and(|sent| sent.as_bytes().ct_eq(expected.as_bytes()).into())
    }
}

/// All metrics as Prometheus reads them.
#[must_use]
pub fn answer() -> Response {
    let text = HANDLE.get().and_then(Option::as_ref).map(|handle| {
        handle.run_upkeep();
        handle.render()
    });
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text.unwrap_or_default()).into_response()
}

/// One answered request. `route` is the pattern, never the path, and methods that callers make up are one, so that the
/// number of series stays bounded.
pub fn answered(method: &Method, route: &str, status: u16, took: Duration) {
    let method = known(method);
    let labels = [("method", method.to_owned()), ("route", route.to_owned()), ("status", status.to_string())];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_duration_seconds", "method" => method, "route" => route.to_owned())
        .record(took.as_secs_f64());
}

/// The methods of RFC 9110 and PATCH; anything else is `OTHER`.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        Method::CONNECT => "CONNECT",
        Method::TRACE => "TRACE",
        _ => "OTHER",
    }
}
