//! Event streams stay open for as long as somebody watches. So that nobody takes all there are, their number is limited:
//! per session, and over all sessions of this process.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::StreamExt as _;
use loco_rs::app::AppContext;
use uuid::Uuid;

use crate::{
    Ledgerline,
    accounts::session::CurrentSession,
    error::{Error, Result},
};

/// The open streams of this process.
#[derive(Debug)]
pub struct Streams {
    per_session: usize,
    in_all: usize,
    /// How many each session has open; sessions without any are not in it.
    open: Mutex<HashMap<Uuid, usize>>,
}

/// The right to one stream; given back when it is dropped.
#[derive(Debug)]
struct Place {
    streams: Arc<Streams>,
    session: Uuid,
}

impl Streams {
    /// None is open yet.
    #[must_use]
    pub fn new(per_session: usize, in_all: usize) -> Self {
        Self { per_session, in_all, open: Mutex::default() }
    }

    fn take(self: &Arc<Self>, session: Uuid) -> Result<Place> {
        let mut open = self.lock();
        if open.get(&session).is_some_and(|streams| *streams >= self.per_session) {
            return Err(Error {
                retry_after: Some(30),
                ..Error::new(
                    StatusCode::TOO_MANY_REQUESTS,
                    "too_many_streams",
                    "Too many pages of this session are watching. Close some of them.",
                )
            });
        }
        if open.values().sum::<usize>() >= self.in_all {
            return Err(Error { retry_after: Some(30), ..Error::busy() });
        }
        *open.entry(session).or_default() += 1;
        Ok(Place { streams: Arc::clone(self), session })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, usize>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.lock();
        if let Some(streams) = open.get_mut(&self.session) {
            *streams -= 1;
            if *streams == 0 {
                open.remove(&self.session);
            }
        }
    }
}

/// The layer around the API, within the one that finds the session. It looks at answers, so that a new stream of any
/// slice is counted, too.
pub async fn limit(State(ctx): State<AppContext>, request: Request, next: Next) -> Response {
    let session = request.extensions().get::<CurrentSession>().and_then(|session| session.0.as_ref()).map(|it| it.id);
    let response = next.run(request).await;
    let Some(session) = session.filter(|_| is_stream(&response)) else { return response };
    match Ledgerline::of(&ctx).streams.take(session) {
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
