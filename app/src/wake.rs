//! Tells the dispatcher that a commit asked for work, and those who watch a project that something happened in it, so that
//! they need not wait for their next look. Only a hint: what is lost here is found by looking.

use std::{
    collections::BTreeSet,
    mem,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Notify, time::timeout};
use uuid::Uuid;

/// A Redis that does not answer this fast is not waited for.
const PATIENCE: Duration = Duration::from_millis(500);

/// The channel on which a commit that asked for work is announced.
#[must_use]
pub fn channel(namespace: &str) -> String {
    format!("{namespace}:wake")
}

/// The channel on which a commit that something happened with in a project is announced, by the project's id.
#[must_use]
pub fn news_channel(namespace: &str) -> String {
    format!("{namespace}:news")
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
    news_channel: String,
    untold: Mutex<Untold>,
    asked: Notify,
    started: AtomicBool,
}

/// What is to be announced.
#[derive(Debug, Default)]
struct Untold {
    is_work: bool,
    projects: BTreeSet<Uuid>,
}

impl Wake {
    /// Announces in that namespace of that Redis.
    #[must_use]
    pub fn new(redis: redis::Client, namespace: &str) -> Self {
        Self(Arc::new(Shared {
            redis,
            channel: channel(namespace),
            news_channel: news_channel(namespace),
            untold: Mutex::default(),
            asked: Notify::new(),
            started: AtomicBool::new(false),
        }))
    }

    /// Work was asked for. Call it after the commit.
    pub fn nudge(&self) {
        self.announce(|untold| untold.is_work = true);
    }

    /// Something happened in these projects. Call it after the commit.
    pub fn tell(&self, projects: BTreeSet<Uuid>) {
        self.announce(|untold| untold.projects.extend(projects));
    }

    fn announce(&self, add: impl FnOnce(&mut Untold)) {
        add(&mut self.0.untold.lock().unwrap_or_else(PoisonError::into_inner));
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
        let untold = mem::take(&mut *shared.untold.lock().unwrap_or_else(PoisonError::into_inner));
        let mut announcements = redis::pipe();
        if untold.is_work {
            announcements.cmd("PUBLISH").arg(&shared.channel).arg("").ignore();
        }
        for project in untold.projects {
            announcements.cmd("PUBLISH").arg(&shared.news_channel).arg(project.to_string()).ignore();
        }
        if announcements.is_empty() {
            continue;
        }
        let announced = timeout(PATIENCE, async {
            let open = match connection.take() {
                Some(open) => open,
                None => shared.redis.get_multiplexed_async_connection().await?,
            };
            let mut open = open;
            announcements.query_async::<()>(&mut open).await?;
            Ok::<_, redis::RedisError>(open)
        });
        // who looks finds what is not announced; readiness tells of a Redis that is away
        connection = announced.await.ok().and_then(Result::ok);
    }
}
