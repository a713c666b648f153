//! The live overview: one look at Postgres serves everybody who listens, and nobody looks while nobody listens.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::response::sse::Event;
use futures::Stream;
use tokio::{
    sync::broadcast::{self, error::RecvError},
    task::JoinHandle,
};

use super::{
    overview::{self, RedisProbe},
    view::Load,
};
use crate::{
    Ledgerline,
    accounts::{
        listening::{CHECK, may_listen},
        session::Session,
    },
};

/// The shortest pause between two looks.
const PAUSE: Duration = Duration::from_millis(500);
/// A look that takes long is followed by a pause that is this many times longer.
const REST: u32 = 10;
/// Ages and signs of life alone are news only this often.
const QUIET: Duration = Duration::from_secs(5);
/// News that a slow listener may be behind; it then goes on with later ones, each of which says everything.
const BEHIND: usize = 4;

/// What the listeners of this process share.
#[derive(Debug, Default)]
pub struct Live(Mutex<Option<Poller>>);

#[derive(Debug)]
struct Poller {
    task: JoinHandle<()>,
    news: broadcast::Sender<Arc<str>>,
    latest: Option<Arc<str>>,
}

/// One who listens.
#[derive(Debug)]
struct Listener {
    first: Option<Arc<str>>,
    news: broadcast::Receiver<Arc<str>>,
}

impl Listener {
    async fn next(&mut self) -> Option<Arc<str>> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        loop {
            match self.news.recv().await {
                Ok(news) => return Some(news),
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    }
}

impl Live {
    /// Joins those who listen; the first of them starts the looking.
    fn join(self: &Arc<Self>, ledgerline: &Arc<Ledgerline>) -> Listener {
        let mut poller = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(poller) = poller.as_ref().filter(|poller| !poller.task.is_finished()) {
            return Listener { first: poller.latest.clone(), news: poller.news.subscribe() };
        }
        let (news, receiver) = broadcast::channel(BEHIND);
        let task = tokio::spawn(Arc::clone(self).poll(Arc::clone(ledgerline)));
        *poller = Some(Poller { task, news, latest: None });
        Listener { first: None, news: receiver }
    }

    /// Looks until nobody listens or the process stops.
    async fn poll(self: Arc<Self>, ledgerline: Arc<Ledgerline>) {
        let mut probe = RedisProbe::default();
        let mut sent: Option<(Load, Instant)> = None;
        while !self.left() {
            let began = Instant::now();
            match overview::load(&ledgerline, &mut probe).await {
                Ok(load) => {
                    let is_news = sent.as_ref().is_none_or(|(before, at)| {
                        still(before) != still(&load) || *before != load && at.elapsed() >= QUIET
                    });
                    if is_news {
                        self.tell(&load);
                        sent = Some((load, Instant::now()));
                    }
                }
                Err(error) => tracing::warn!(%error, "the console's overview cannot be read"),
            }
            let pause = PAUSE.saturating_sub(began.elapsed()).max(began.elapsed() * REST);
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = ledgerline.stopping.cancelled() => break,
            }
        }
    }

    /// Ends the looking when nobody listens. Under the lock, so that nobody joins in between.
    fn left(&self) -> bool {
        let mut poller = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let alone = poller.as_ref().is_none_or(|poller| poller.news.receiver_count() == 0);
        if alone {
            *poller = None;
        }
        alone
    }

    fn tell(&self, load: &Load) {
        let news: Arc<str> = match serde_json::to_string(load) {
            Ok(news) => news.into(),
            Err(error) => {
                tracing::error!(%error, "the console's overview cannot be written as JSON");
                return;
            }
        };
        let mut poller = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(poller) = poller.as_mut() {
            poller.latest = Some(Arc::clone(&news));
            // whoever left in this moment misses nothing
            let _ = poller.news.send(news);
        }
    }
}

/// What changes only when something happens: without ages and signs of life.
fn still(load: &Load) -> Load {
    let mut load = load.clone();
    for queue in &mut load.queues {
        queue.oldest_seconds = queue.oldest_seconds.map(|_| 0);
    }
    for node in &mut load.nodes {
        node.beat_at = node.started_at;
    }
    load
}

enum Step {
    News(Arc<str>),
    Check,
    End,
}

/// The events of one listener. They end when the process stops, and when the session ends or is no operator's any
/// more.
pub fn events(
    live: &Arc<Live>,
    ledgerline: Arc<Ledgerline>,
    session: Session,
) -> impl Stream<Item = Result<Event, axum::Error>> + use<> {
    let mut listener = live.join(&ledgerline);
    async_stream::stream! {
        let mut check = tokio::time::interval_at(tokio::time::Instant::now() + CHECK, CHECK);
        loop {
            let step = tokio::select! {
                () = ledgerline.stopping.cancelled() => Step::End,
                news = listener.next() => news.map_or(Step::End, Step::News),
                _ = check.tick() => Step::Check,
            };
            match step {
                Step::News(news) => yield Ok(Event::default().event("overview").data(&*news)),
                Step::Check if may_listen(&ledgerline, &session, |now| now.operator.is_some()).await => {}
                Step::Check | Step::End => break,
            }
        }
    }
}
