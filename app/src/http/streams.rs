//! Event streams stay open for as long as somebody watches. So that nobody takes all there are, their number is limited:
//! per person, however many sessions they have, and over everybody on this process. The last tenth of the latter is for
//! operators, who must see what goes on when everybody watches.

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
    per_user: usize,
    in_all: usize,
    /// How many each user has open; users without any are not in it.
    open: Mutex<HashMap<Uuid, usize>>,
}

/// Who opens a stream.
#[derive(Clone, Copy, Debug)]
struct Listener {
    user_id: Uuid,
    operator: bool,
}

/// The right to one stream; given back when it is dropped.
#[derive(Debug)]
struct Place {
    streams: Arc<Streams>,
    user_id: Uuid,
}

impl Streams {
    /// None is open yet.
    #[must_use]
    pub fn new(per_user: usize, in_all: usize) -> Self {
        Self { per_user, in_all, open: Mutex::default() }
    }

    fn take(self: &Arc<Self>, listener: Listener) -> Result<Place> {
        let Listener { user_id, operator } = listener;
        let mut open = self.lock();
        if open.get(&user_id).is_some_and(|streams| *streams >= self.per_user) {
            return Err(Error {
                retry_after: Some(30),
                ..Error::new(
                    StatusCode::TOO_MANY_REQUESTS,
                    "too_many_streams",
                    "Too many pages of yours are watching. Close some of them.",
                )
            });
        }
        let room = if operator { self.in_all } else { self.in_all - self.in_all / 10 };
        if open.values().sum::<usize>() >= room {
            return Err(Error { retry_after: Some(30), ..Error::busy() });
        }
        *open.entry(user_id).or_default() += 1;
        Ok(Place { streams: Arc::clone(self), user_id })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, usize>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.lock();
        if let Some(streams) = open.get_mut(&self.user_id) {
            *streams -= 1;
            if *streams == 0 {
                open.remove(&self.user_id);
            }
        }
    }
}

/// The layer around the API, within the one that finds the session. It looks at answers, so that a new stream of any
/// slice is counted, too.
pub async fn limit(State(ctx): State<AppContext>, request: Request, next: Next) -> Response {
    let session = request.extensions().get::<CurrentSession>().and_then(|session| session.0.as_ref());
    let listener = session.map(|session| Listener { user_id: session.user_id, operator: session.operator.is_some() });
    let response = next.run(request).await;
    let Some(listener) = listener.filter(|_| is_stream(&response)) else { return response };
    match Ledgerline::of(&ctx).streams.take(listener) {
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
