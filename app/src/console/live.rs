//! What happens, live. One look at Postgres serves everybody of this process who listens, and nobody looks while nobody
//! listens.
//!
//! Two things come over a stream. The overview is a whole state, so the latest is enough. Activity is told entry by
//! entry, once and in order: each listener knows the number of the last one it was told, the looking says how far the
//! numbers have come, and what lies between is read from Postgres. The numbers are the same in every process.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::response::sse::Event;
use chrono::DateTime;
use futures::Stream;
use serde_json::json;
use tokio::{sync::watch, task::JoinHandle};

use super::{
    activity::{self, view::ActivityView},
    overview::{self, RedisProbe},
    queries,
    view::{Load, Rates},
};
use crate::{
    Ledgerline,
    accounts::{
        listening::{CHECK, may_listen},
        session::Session,
    },
    error::Result,
};

/// The shortest pause between two looks.
const PAUSE: Duration = Duration::from_millis(500);
/// A look that takes long is followed by a pause that is this many times longer.
const REST: u32 = 10;
/// Ages and signs of life alone are news only this often.
const QUIET: Duration = Duration::from_secs(5);
/// Entries read with one statement.
const PAGE: i64 = 200;
/// Whoever was away for longer than this many entries begins anew.
const REPLAYED: i64 = 2_000;

/// What the listeners of this process share.
#[derive(Debug, Default)]
pub struct Live(Mutex<Option<Poller>>);

#[derive(Debug)]
struct Poller {
    task: JoinHandle<()>,
    news: watch::Sender<News>,
}

/// What is known now.
#[derive(Clone, Debug, Default)]
struct News {
    /// The overview; none before the first look.
    overview: Option<Arc<str>>,
    /// Counts overviews.
    version: u64,
    /// The number of the latest activity.
    last: i64,
}

impl Live {
    /// Joins those who listen; the first of them starts the looking.
    fn join(self: &Arc<Self>, ledgerline: &Arc<Ledgerline>) -> watch::Receiver<News> {
        let mut poller = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(poller) = poller.as_ref().filter(|poller| !poller.task.is_finished()) {
            let mut news = poller.news.subscribe();
            news.mark_changed();
            return news;
        }
        let (news, receiver) = watch::channel(News::default());
        let task = tokio::spawn(Arc::clone(self).poll(Arc::clone(ledgerline)));
        *poller = Some(Poller { task, news });
        receiver
    }

    /// Looks until nobody listens or the process stops.
    async fn poll(self: Arc<Self>, ledgerline: Arc<Ledgerline>) {
        let mut probe = RedisProbe::default();
        let mut sent: Option<(Load, Instant)> = None;
        while !self.left() {
            let began = Instant::now();
            match look(&ledgerline, &mut probe).await {
                Ok((load, last)) => {
                    let is_news = sent.as_ref().is_none_or(|(before, at)| {
                        still(before) != still(&load) || *before != load && at.elapsed() >= QUIET
                    });
                    self.tell(is_news.then_some(&load), last);
                    if is_news {
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

    fn tell(&self, load: Option<&Load>, last: i64) {
        let overview: Option<Arc<str>> = load.and_then(|load| match serde_json::to_string(load) {
            Ok(text) => Some(text.into()),
            Err(error) => {
                tracing::error!(%error, "the console's overview cannot be written as JSON");
                None
            }
        });
        let mut poller = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(poller) = poller.as_mut() {
            poller.news.send_if_modified(|news| {
                let changed = overview.is_some() || news.last != last;
                news.last = last;
                if let Some(overview) = overview {
                    news.overview = Some(overview);
                    news.version += 1;
                }
                changed
            });
        }
    }
}

async fn look(ledgerline: &Ledgerline, probe: &mut RedisProbe) -> Result<(Load, i64)> {
    // the overview may be younger than the number, never older: what an entry tells is in it
    let last = last(ledgerline).await?;
    Ok((overview::load(ledgerline, probe).await?, last))
}

async fn last(ledgerline: &Ledgerline) -> Result<i64> {
    let mut tx = queries::look(&ledgerline.databases.platform).await?;
    activity::queries::last(&mut tx).await
}

/// What changes only when something happens: without ages and signs of life.
fn still(load: &Load) -> Load {
    let mut load = load.clone();
    for queue in &mut load.queues {
        queue.oldest_seconds = queue.oldest_seconds.map(|_| 0);
        queue.read_at = DateTime::UNIX_EPOCH;
        for line in &mut queue.priorities {
            line.oldest_seconds = line.oldest_seconds.map(|_| 0);
        }
    }
    for node in &mut load.nodes {
        node.beat_at = node.started_at;
    }
    for alarm in &mut load.alarms {
        alarm.seconds = None;
    }
    load.rates = Rates::default();
    load
}

/// Where a listener begins: after the number it heard last, when what came since is still kept; else at the end, and
/// it is told so.
async fn begin(ledgerline: &Ledgerline, after: Option<i64>) -> Result<(i64, Option<Event>)> {
    let last = last(ledgerline).await?;
    let told =
        |name: &str| Event::default().event(name).id(last.to_string()).data(json!({ "number": last }).to_string());
    let Some(after) = after else { return Ok((last, Some(told("begin")))) };
    let first = activity::queries::first(&ledgerline.databases.platform).await?.unwrap_or(last + 1);
    let kept = (first - 1..=last).contains(&after) && last - after <= REPLAYED;
    Ok(if kept { (after, None) } else { (last, Some(told("reset"))) })
}

fn entry(entry: &ActivityView) -> Result<Event, axum::Error> {
    Event::default().event("activity").id(entry.number.to_string()).json_data(entry)
}

enum Step {
    News,
    Check,
    End,
}

/// The events of one listener, who heard everything up to the number `after`. They end when the process stops, and when
/// the session ends or is no operator's any more.
///
/// # Errors
/// When Postgres cannot be reached.
pub async fn events(
    live: &Arc<Live>,
    ledgerline: Arc<Ledgerline>,
    session: Session,
    after: Option<i64>,
) -> Result<impl Stream<Item = Result<Event, axum::Error>> + use<>> {
    let (mut heard, greeting) = begin(&ledgerline, after).await?;
    let mut news = live.join(&ledgerline);
    Ok(async_stream::stream! {
        if let Some(greeting) = greeting {
            yield Ok(greeting);
        }
        let mut version = 0;
        let mut check = tokio::time::interval_at(tokio::time::Instant::now() + CHECK, CHECK);
        loop {
            let step = tokio::select! {
                () = ledgerline.stopping.cancelled() => Step::End,
                changed = news.changed() => if changed.is_ok() { Step::News } else { Step::End },
                _ = check.tick() => Step::Check,
            };
            match step {
                Step::News => {
                    let known = news.borrow_and_update().clone();
                    // what cannot be read now is read at the next look
                    while heard < known.last {
                        let pool = &ledgerline.databases.platform;
                        let Ok(entries) = activity::queries::between(pool, heard, known.last, PAGE).await else { break };
                        let Some(newest) = entries.last() else { break };
                        heard = newest.number;
                        for told in &entries {
                            yield entry(told);
                        }
                    }
                    if let Some(overview) = known.overview.filter(|_| known.version > version) {
                        version = known.version;
                        yield Ok(Event::default().event("overview").data(&*overview));
                    }
                }
                Step::Check if may_listen(&ledgerline, &session, |now| now.operator.is_some()).await => {
                    // an outage may have kept something from being read
                    if heard < news.borrow().last {
                        news.mark_changed();
                    }
                }
                Step::Check | Step::End => break,
            }
        }
    })
}
