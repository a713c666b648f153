//! Bare apalis-redis as a peer, at the fastest setting found, which no one should run: no locks (so two workers may run
//! a job), no events, and batches of 200 that one worker holds without a heartbeat. It does record each job's end, as
//! everyone else does: a job counts as done when it stands in the set of done jobs.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use apalis::prelude::{BackendExt, BoxDynError, Data, TaskSink, WorkerBuilder, WorkerBuilderExt};
use apalis_core::backend::ext::poll_strategy::{PollSnapshot, PollStrategy};
use apalis_redis::{Config, RedisStorage};
use futures::FutureExt;
use futures::future::BoxFuture;
use rand::Rng;
use redis::AsyncCommands;
use redis::aio::ConnectionManager;
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;
use tokio::time::Sleep;

use crate::contest::{BULK, Failure, PICKUPS, PeerResult, Services};

const BATCH: usize = 200;
const CONCURRENCY: usize = 200;
/// Every push goes to the set of scheduled jobs, and each fetch moves all that are due out of it with one `unpack`, which
/// fails for good above some 8 000. So no more than this wait there.
const MOST_SCHEDULED: usize = 5_000;
/// How often an idle worker looks: a push wakes no one.
const LOOK_EVERY: Duration = Duration::from_millis(1);

#[derive(Debug, Serialize, Deserialize)]
struct Noop {
    /// Nanoseconds since the turn began, for a job of which the pickup is measured.
    asked_at: Option<u64>,
}

struct Counters {
    began: Instant,
    ran: AtomicUsize,
    all: usize,
    /// The last of `all` jobs ran.
    last: Notify,
    pickups: mpsc::UnboundedSender<f64>,
}

async fn noop(job: Noop, counters: Data<Arc<Counters>>) -> Result<(), BoxDynError> {
    match job.asked_at {
        Some(asked_at) => {
            let waited = counters.began.elapsed() - Duration::from_nanos(asked_at);
            counters.pickups.send(waited.as_secs_f64() * 1e3)?;
        }
        None => {
            if (counters.ran.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(counters.all) {
                counters.last.notify_one();
            }
        }
    }
    Ok(())
}

/// One turn, for the contest.
pub fn turn(services: &Services, jobs: usize) -> BoxFuture<'_, Result<PeerResult, Failure>> {
    run(&services.redis_url, jobs).boxed()
}

/// One turn: so many no-op jobs for each rate, then the pickups.
pub async fn run(redis_url: &str, jobs: usize) -> Result<PeerResult, Failure> {
    let mut redis = apalis_redis::connect(redis_url).await?;
    let (pickups, mut picked) = mpsc::unbounded_channel();
    let counters =
        Arc::new(Counters { began: Instant::now(), ran: AtomicUsize::new(0), all: jobs, last: Notify::new(), pickups });

    let drain = {
        let queue = Queue::new("drain", &redis);
        let mut asked = 0;
        while asked < jobs {
            let size = BULK.min(jobs - asked);
            queue.push(size).await?;
            asked += size;
            queue.promote(&mut redis).await?;
        }
        let started = Instant::now();
        let worker = queue.work(&counters);
        counters.last.notified().await;
        queue.recorded(&mut redis, jobs, &worker).await?;
        let drain = started.elapsed();
        worker.abort();
        drain
    };

    let queue = Queue::new("whole", &redis);
    let worker = queue.work(&counters);
    // registered, and idle
    tokio::time::sleep(Duration::from_millis(200)).await;
    let started = Instant::now();
    let mut asked = 0;
    while asked < jobs {
        let size = BULK.min(jobs - asked);
        while queue.scheduled(&mut redis).await? + size > MOST_SCHEDULED {
            tokio::time::sleep(LOOK_EVERY).await;
        }
        queue.push(size).await?;
        asked += size;
    }
    counters.last.notified().await;
    queue.recorded(&mut redis, jobs, &worker).await?;
    let end_to_end = started.elapsed();

    let mut storage = queue.storage();
    let mut pickups_ms = Vec::with_capacity(PICKUPS);
    for _ in 0..PICKUPS {
        // the worker is idle again, and not in step with anything
        let pause = rand::rng().random_range(3_000..10_000);
        tokio::time::sleep(Duration::from_micros(pause)).await;
        let asked_at = u64::try_from(counters.began.elapsed().as_nanos())?;
        storage.push(Noop { asked_at: Some(asked_at) }).await?;
        pickups_ms.push(picked.recv().await.ok_or("the worker ended")?);
    }
    worker.abort();

    let setup = format!("apalis-redis 1.0.0, batch {BATCH}, concurrency {CONCURRENCY}, no locks, no events");
    Ok(PeerResult::new(jobs, drain, end_to_end, pickups_ms, setup))
}

struct Queue {
    config: Config,
    redis: ConnectionManager,
}

impl Queue {
    fn new(name: &str, redis: &ConnectionManager) -> Self {
        let config = Config::default().queue(name).batch_size(BATCH).lock_tasks(false).emit_events(false);
        let redis = redis.clone();
        Self { config, redis }
    }

    fn storage(&self) -> RedisStorage<Noop> {
        RedisStorage::new(self.redis.clone()).with_config(self.config.clone())
    }

    fn work(&self, counters: &Arc<Counters>) -> JoinHandle<Result<(), Failure>> {
        let worker = WorkerBuilder::new(format!("bench-{}", self.config.queue))
            .backend(self.storage().poll_with_strategy(SteadyLook::default()))
            .concurrency(CONCURRENCY)
            .data(counters.clone())
            .build(noop);
        tokio::spawn(async move { worker.run().await.map_err(Failure::from) })
    }

    async fn push(&self, size: usize) -> Result<(), Failure> {
        let jobs = (0..size).map(|_| Noop { asked_at: None }).collect();
        self.storage().push_bulk(jobs).await?;
        Ok(())
    }

    async fn scheduled(&self, redis: &mut ConnectionManager) -> Result<usize, Failure> {
        Ok(redis.zcard(self.config.scheduled_jobs_set()).await?)
    }

    /// Does to a part of the queue what the worker's first fetch does to all of it at once, which it cannot bear.
    async fn promote(&self, redis: &mut ConnectionManager) -> Result<(), Failure> {
        let due: Vec<String> = redis.zrange(self.config.scheduled_jobs_set(), 0, -1).await?;
        redis.rpush::<_, _, ()>(self.config.active_jobs_list(), &due).await?;
        redis.zrem::<_, _, ()>(self.config.scheduled_jobs_set(), &due).await?;
        Ok(())
    }

    /// The last jobs ran; waits until their end is recorded too.
    async fn recorded(
        &self,
        redis: &mut ConnectionManager,
        jobs: usize,
        worker: &JoinHandle<Result<(), Failure>>,
    ) -> Result<(), Failure> {
        loop {
            let done: usize = redis.scard(self.config.done_jobs_set()).await?;
            if done >= jobs {
                return Ok(());
            }
            if worker.is_finished() {
                return Err(format!("the worker ended with {done} of {jobs} jobs done").into());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

/// Looks at a steady interval. The library's own interval loses its wake-up; this one polls its delay until that is
/// pending, so that a waker is always registered.
#[derive(Default)]
struct SteadyLook {
    delay: Option<Pin<Box<Sleep>>>,
}

impl PollStrategy for SteadyLook {
    fn poll_drive(&mut self, cx: &mut Context<'_>, _: &PollSnapshot) -> Poll<Option<()>> {
        let mut due = false;
        loop {
            let delay = self.delay.get_or_insert_with(|| Box::pin(tokio::time::sleep(LOOK_EVERY)));
            match delay.as_mut().poll(cx) {
                Poll::Ready(()) => {
                    due = true;
                    self.delay = None;
                }
                Poll::Pending if due => return Poll::Ready(Some(())),
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}
