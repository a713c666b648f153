//! Event streams stay open for as long as somebody watches, so each takes a place.

use std::time::Duration;

use axum::{
    BoxError,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, header},
    middleware::Next,
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use futures::{Stream, StreamExt as _};
use loco_rs::app::AppContext;
use serde::Deserialize;
use uuid::Uuid;

use crate::{Ledgerline, accounts::session::CurrentSession};

/// A comment this often keeps proxies from closing a quiet stream.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Where a listener goes on.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct LiveQuery {
    /// The id of the last event that was heard; the header `Last-Event-ID` says the same and comes first.
    #[param(minimum = 0)]
    after: Option<i64>,
}

impl LiveQuery {
    /// The last number heard.
    #[must_use]
    pub fn after(&self, headers: &HeaderMap) -> Option<i64> {
        let header = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
        header.or(self.after)
    }
}

/// Who listens without being logged in: a contact who came with a link. Put it into the answer's extensions.
#[derive(Clone, Copy, Debug)]
pub struct Contact(pub Uuid);

/// A stream as it is sent: with a heartbeat, and kept back by no proxy.
pub fn answer<S, E>(events: S) -> Response
where
    S: Stream<Item = Result<Event, E>> + Send + 'static,
    E: Into<BoxError>,
{
    let unbuffered = [(HeaderName::from_static("x-accel-buffering"), "no")];
    (unbuffered, Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT))).into_response()
}

/// The layer around the API, within the one that finds the session. It looks at answers, so that a new stream of any
/// slice is counted, too.
pub async fn limit(State(ctx): State<AppContext>, request: Request, next: Next) -> Response {
    let session = request.extensions().get::<CurrentSession>().and_then(|session| session.0.as_ref());
    let listener = session.map(|session| (session.user_id, session.operator.is_some()));
    let response = next.run(request).await;
    let contact = response.extensions().get::<Contact>().map(|Contact(id)| (*id, false));
    let Some((person, operator)) = contact.or(listener).filter(|_| is_stream(&response)) else { return response };
    match Ledgerline::of(&ctx).streams.take(person, operator) {
        Ok(place) => response.map(|body| {
            // the body goes when the stream ends or its listener leaves, and the place with it
            Body::from_stream(body.into_data_stream().inspect(move |_| {
                let _held = &place;
            }))
        }),
        Err(error) => error.into_response(),
    }
}

fn is_stream(response: &Response) -> bool {
    response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
}
