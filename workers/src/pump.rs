//! From Redis to the handlers: takes ids from the queue's list, claims their rows in Postgres, and hands the claimed
//! jobs to an apalis worker. Ids only; nothing is acknowledged, since the row decides.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use apalis_core::{
    backend::{Backend, BackendConfig, finalize::Ephemeral},
    task::{
        Task,
        builder::TaskBuilder,
        task_id::{RandomId, TaskId},
    },
    worker::context::WorkerContext,
};
use ledgerline_app::wake::list_key;
use ledgerline_jobs::engine::claim::{self, Claimed};
use redis::aio::MultiplexedConnection;
use sqlx::{Connection as _, PgConnection};
use tokio::sync::{Notify, mpsc};
use tower::layer::util::Identity;
use uuid::Uuid;

use crate::node::Node;

/// Ids claimed with one statement.
const CLAIM_BATCH: usize = 250;
/// Jobs buffered beyond those that run, at most, however short they are.
const PREFETCH_MOST: usize = 600;
/// So much work is kept buffered: enough to hide a round trip, too little to hold jobs back from other nodes.
const PREFETCH_WORTH: Duration = Duration::from_millis(30);
/// How often a node without room asks whether Redis is there.
const HEAR: Duration = Duration::from_secs(1);

/// Jobs that a queue of this node holds: buffered, running, or ended and not yet recorded.
#[derive(Debug)]
pub struct Hands {
    concurrency: usize,
    held: AtomicUsize,
    average_nanos: AtomicU64,
    freed: Notify,
}

impl Hands {
    /// Hands for `concurrency` jobs at once.
    #[must_use]
    pub fn new(concurrency: usize) -> Self {
        Self {
            concurrency,
            held: AtomicUsize::new(0),
            // unknown jobs count as long ones: nothing is buffered until they prove short
            average_nanos: AtomicU64::new(u64::from(u32::MAX)),
            freed: Notify::new(),
        }
    }

    fn capacity(&self) -> usize {
        let average = self.average_nanos.load(Ordering::Relaxed).max(1);
        let worth = u64::try_from(PREFETCH_WORTH.as_nanos()).unwrap_or(u64::MAX) / average;
        let buffered = usize::try_from(worth).unwrap_or(usize::MAX).saturating_mul(self.concurrency);
        self.concurrency + buffered.min(PREFETCH_MOST)
    }

    /// Jobs held now.
    pub fn held(&self) -> usize {
        self.held.load(Ordering::Acquire)
    }

    /// Waits until there is room worth a claim; answers how much.
    async fn room(&self) -> usize {
        loop {
            let freed = self.freed.notified();
            let capacity = self.capacity();
            let held = self.held();
            // a claim for every single slot that gets free would cost more than the jobs
            if held == 0 || held + (capacity / 4).clamp(1, 64) <= capacity {
                return capacity.saturating_sub(held).clamp(1, CLAIM_BATCH);
            }
            freed.await;
        }
    }

    /// Learns how long a job took.
    pub fn took(&self, time: Duration) {
        let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX).min(u64::from(u32::MAX));
        let average = self.average_nanos.load(Ordering::Relaxed);
        self.average_nanos.store(average - average / 16 + nanos / 16, Ordering::Relaxed);
    }
}

/// A claimed job; dropping it frees its place.
#[derive(Debug)]
pub struct InHand {
    /// The job.
    pub job: Claimed,
    hands: Arc<Hands>,
}

impl InHand {
    pub(crate) fn new(job: Claimed, hands: Arc<Hands>) -> Self {
        hands.held.fetch_add(1, Ordering::AcqRel);
        Self { job, hands }
    }

    /// The hands it is in.
    #[must_use]
    pub fn hands(&self) -> &Arc<Hands> {
        &self.hands
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        self.hands.held.fetch_sub(1, Ordering::AcqRel);
        self.hands.freed.notify_one();
    }
}

/// Feeds one queue until the node drains. Outages of Redis and Postgres are ridden out.
pub async fn run(node: Arc<Node>, queue: &'static str, hands: Arc<Hands>, jobs: mpsc::Sender<InHand>) {
    let mut outage = crate::outage::Outage::new(queue);
    while !node.is_draining() {
        match feed(&node, queue, &hands, &jobs, &mut outage).await {
            Ok(Next::Stop) => return,
            Ok(Next::Rest) => {
                if let Err(error) = rest(&node).await {
                    outage.pause("cannot hear Redis", &error).await;
                }
            }
            Err(error) => outage.pause("cannot take jobs", &error).await,
        }
    }
}

/// What a pump does when it takes no more.
enum Next {
    /// The node stops.
    Stop,
    /// The node is quiet.
    Rest,
}

/// Takes nothing while the node is quiet; whether Redis answers is still of interest.
async fn rest(node: &Node) -> Result<(), redis::RedisError> {
    let mut redis = node.redis_blocking().await?;
    tokio::select! {
        error = hear(node, &mut redis) => Err(error),
        () = node.becomes_quiet(false) => Ok(()),
        () = node.drained() => Ok(()),
    }
}

async fn feed(
    node: &Node,
    queue: &str,
    hands: &Arc<Hands>,
    jobs: &mpsc::Sender<InHand>,
    outage: &mut crate::outage::Outage,
) -> Result<Next, crate::Error> {
    if node.is_quiet() {
        return Ok(Next::Rest);
    }
    let mut redis = node.redis_blocking().await?;
    let mut postgres = PgConnection::connect(&node.options.database_url).await?;
    claim::prepare_connection(&mut postgres, false).await?;
    let key = list_key(&node.options.namespace, queue);
    loop {
        let room = tokio::select! {
            room = hands.room() => room,
            error = hear(node, &mut redis) => return Err(error.into()),
            () = node.becomes_quiet(true) => return Ok(Next::Rest),
            () = node.drained() => return Ok(Next::Stop),
        };
        // leaving ends the connection, and with it what it waits for; ids that came in this moment are offered again
        let popped = tokio::select! {
            popped = pop(&mut redis, &key, room) => popped?,
            () = node.becomes_quiet(true) => return Ok(Next::Rest),
            () = node.drained() => return Ok(Next::Stop),
        };
        node.polled();
        outage.over();
        if popped.is_empty() {
            continue;
        }
        // claimed in id order, run in the order in which the dispatcher offered them
        let order: HashMap<Uuid, usize> = popped.iter().enumerate().map(|(place, id)| (*id, place)).collect();
        let mut ids: Vec<Uuid> = order.keys().copied().collect();
        ids.sort_unstable();
        let mut claimed = claim::claim(&mut postgres, node.id(), &ids, rand::random(), false).await?;
        claimed.sort_unstable_by_key(|job| order.get(&job.fence.id).copied());
        for job in claimed {
            if jobs.send(InHand::new(job, hands.clone())).await.is_err() {
                return Ok(Next::Stop);
            }
        }
    }
}

/// A node whose hands are full for long still knows whether Redis answers. Ends with what Redis says when it does not.
async fn hear(node: &Node, redis: &mut MultiplexedConnection) -> redis::RedisError {
    loop {
        tokio::time::sleep(HEAR).await;
        if let Err(error) = redis::cmd("PING").query_async::<()>(redis).await {
            return error;
        }
        node.polled();
    }
}

async fn pop(redis: &mut MultiplexedConnection, key: &str, most: usize) -> Result<Vec<Uuid>, redis::RedisError> {
    let popped: Option<(String, Vec<Vec<u8>>)> =
        redis::cmd("BLMPOP").arg(1).arg(1).arg(key).arg("LEFT").arg("COUNT").arg(most).query_async(redis).await?;
    Ok(popped.map(|(_, ids)| ids.iter().filter_map(|id| Uuid::from_slice(id).ok()).collect()).unwrap_or_default())
}

/// The apalis backend of a queue: what the pump claimed. A worker that is restarted goes on with the same channel.
#[derive(Clone, Debug)]
pub struct Source {
    jobs: Arc<Mutex<mpsc::Receiver<InHand>>>,
}

impl Source {
    /// A backend over the pump's channel.
    #[must_use]
    pub fn new(jobs: mpsc::Receiver<InHand>) -> Self {
        Self { jobs: Arc::new(Mutex::new(jobs)) }
    }
}

impl Backend for Source {
    type Task = Task<InHand>;
    type Error = std::convert::Infallible;

    fn poll_ready(&mut self, _: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn poll_next(&mut self, cx: &mut Context<'_>, _: &WorkerContext) -> Poll<Option<Result<Self::Task, Self::Error>>> {
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.poll_recv(cx).map(|job| {
            job.map(|job| {
                let id = TaskId::Uuid(job.job.fence.id);
                let attempt = usize::from(job.job.attempt.unsigned_abs()).saturating_sub(1);
                Ok(TaskBuilder::new(job).task_id(id).attempt(attempt).build())
            })
        })
    }

    fn poll_close(&mut self, _: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }
}

impl BackendConfig for Source {
    type Args = InHand;
    type Id = RandomId;
    type Kind = Ephemeral;
    type Config = ();
    type Layer = Identity;

    fn config(&self) -> &Self::Config {
        &()
    }

    fn middleware(&mut self, _: &mut WorkerContext) -> Self::Layer {
        Identity::new()
    }
}
