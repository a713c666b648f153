//! Tells the dispatcher that a commit asked for work, so that it need not wait for its next look. Only a hint: what is
//! lost here is found by the dispatcher's poll.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Notify, time::timeout};

/// A Redis that does not answer this fast is not waited for.
const PATIENCE: Duration = Duration::from_millis(500);

/// The channel on which a commit that asked for work is announced.
#[must_use]
pub fn channel(namespace: &str) -> String {
    format!("{namespace}:wake")
}

/// The list of ids that stand in Redis for a queue: what its workers take next.
#[must_use]
pub fn list_key(namespace: &str, queue: &str) -> String {
    format!("{namespace}:queue:{queue}")
}

/// Announces commits; clones share one connection, and commits at the same moment share one announcement.
#[derive(Clone, Debug)]
pub struct Wake(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    redis: redis::Client,
    channel: String,
    asked: Notify,
    started: AtomicBool,
}

impl Wake {
    /// Announces in that namespace of that Redis.
    #[must_use]
    pub fn new(redis: redis::Client, namespace: &str) -> Self {
        Self(Arc::new(Shared {
            redis,
            channel: channel(namespace),
            asked: Notify::new(),
            started: AtomicBool::new(false),
        }))
    }

    /// Call it after the commit.
    pub fn nudge(&self) {
        if !self.0.started.swap(true, Ordering::AcqRel) {
            tokio::spawn(announce(self.0.clone()));
        }
        self.0.asked.notify_one();
    }
}

async fn announce(shared: Arc<Shared>) {
    let mut connection = None;
    loop {
        shared.asked.notified().await;
        let announced = timeout(PATIENCE, async {
            let open = match connection.take() {
                Some(open) => open,
                None => shared.redis.get_multiplexed_async_connection().await?,
            };
            let mut open = open;
            redis::cmd("PUBLISH").arg(&shared.channel).arg("").query_async::<()>(&mut open).await?;
            Ok::<_, redis::RedisError>(open)
        });
        // the poll finds what is not announced; readiness tells of a Redis that is away
        connection = announced.await.ok().and_then(Result::ok);
    }
}
