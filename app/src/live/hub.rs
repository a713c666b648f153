//! The one ear of a web process: it hears in which projects something happened, and wakes those who watch them.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::StreamExt as _;
use tokio::{
    sync::broadcast::{Receiver, Sender, channel},
    task::JoinHandle,
    time::{interval, sleep, timeout},
};
use uuid::Uuid;

use crate::{Ledgerline, wake};

/// Who is further behind looks once for all of it.
const BEHIND: usize = 1_024;
/// How often an ear that nobody needs is noticed.
const CHECK: Duration = Duration::from_secs(5);
/// A Redis that does not answer this fast is asked again.
const PATIENCE: Duration = Duration::from_secs(2);
/// Pause after an outage; meanwhile each who watches looks by themselves.
const PAUSE: Duration = Duration::from_secs(1);

/// News for all who watch: the project, or `None` when anything may have happened anywhere.
pub type News = Option<Uuid>;

/// What the watchers of this process share.
#[derive(Debug)]
pub struct Hub {
    news: Sender<News>,
    ear: Mutex<Option<JoinHandle<()>>>,
}

impl Default for Hub {
    fn default() -> Self {
        Self { news: channel(BEHIND).0, ear: Mutex::default() }
    }
}

impl Hub {
    /// Joins those who watch; the first of them starts the listening.
    pub fn join(self: &Arc<Self>, ledgerline: &Arc<Ledgerline>) -> Receiver<News> {
        let mut ear = self.ear.lock().unwrap_or_else(PoisonError::into_inner);
        let news = self.news.subscribe();
        if ear.as_ref().is_none_or(JoinHandle::is_finished) {
            *ear = Some(tokio::spawn(Arc::clone(self).listen(Arc::clone(ledgerline))));
        }
        news
    }

    /// Listens until nobody watches or the process stops.
    async fn listen(self: Arc<Self>, ledgerline: Arc<Ledgerline>) {
        while !self.left() {
            let heard = async {
                // readiness tells of a Redis that is away
                if self.hear(&ledgerline).await.is_err() {
                    sleep(PAUSE).await;
                }
            };
            tokio::select! {
                () = heard => {}
                () = ledgerline.stopping.cancelled() => break,
            }
        }
    }

    /// Ends the listening when nobody watches. Under the lock, so that nobody joins in between.
    fn left(&self) -> bool {
        let mut ear = self.ear.lock().unwrap_or_else(PoisonError::into_inner);
        let alone = self.news.receiver_count() == 0;
        if alone {
            *ear = None;
        }
        alone
    }

    /// Hands on what is announced, as long as the connection holds and somebody watches.
    async fn hear(&self, ledgerline: &Ledgerline) -> Result<(), redis::RedisError> {
        let connected = timeout(PATIENCE, async {
            let mut subscription = ledgerline.redis.get_async_pubsub().await?;
            subscription.subscribe(wake::news_channel(&ledgerline.settings.redis.namespace)).await?;
            Ok::<_, redis::RedisError>(subscription)
        });
        let mut subscription = match connected.await {
            Ok(connected) => connected?,
            Err(_) => return Err(redis::RedisError::from((redis::ErrorKind::Io, "Redis does not answer"))),
        };
        // what happened before it was listened to
        self.tell(None);
        let mut announced = subscription.on_message();
        let mut check = interval(CHECK);
        loop {
            tokio::select! {
                message = announced.next() => match message {
                    Some(message) => self.tell(message.get_payload::<String>().ok().and_then(|id| id.parse().ok())),
                    None => return Ok(()),
                },
                _ = check.tick() => if self.news.receiver_count() == 0 { return Ok(()) },
            }
        }
    }

    fn tell(&self, news: News) {
        // nobody may be left to hear it
        drop(self.news.send(news));
    }
}
