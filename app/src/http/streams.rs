//! Event streams stay open for as long as somebody watches, so each takes a place.

use axum::{
    body::Body,
    extract::{Request, State},
    http::header,
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::StreamExt as _;
use loco_rs::app::AppContext;

use crate::{Ledgerline, accounts::session::CurrentSession};

/// The layer around the API, within the one that finds the session. It looks at answers, so that a new stream of any
/// slice is counted, too.
pub async fn limit(State(ctx): State<AppContext>, request: Request, next: Next) -> Response {
    let session = request.extensions().get::<CurrentSession>().and_then(|session| session.0.as_ref());
    let listener = session.map(|session| (session.user_id, session.operator.is_some()));
    let response = next.run(request).await;
    let Some((user_id, operator)) = listener.filter(|_| is_stream(&response)) else { return response };
    match Ledgerline::of(&ctx).streams.take(user_id, operator) {
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
