//! One worker process: what its parts share.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError, RwLock},
    time::{Duration, Instant},
};

use ledgerline_app::wake::Wake;
use ledgerline_jobs::{
    Policy,
    engine::{
        Fence,
        nodes::{self, Asked, State},
        run::Note,
    },
};
use redis::aio::MultiplexedConnection;
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

use crate::{options::NodeOptions, recorder::Ended, registry::Registry, tally::Tally};

/// Why a running job is asked to let go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Somebody cancelled it.
    Cancelled,
    /// The node stops and its patience is over.
    HandBack,
    /// The node's lease had ended; others have the job.
    LostLease,
}

#[derive(Debug)]
struct RunningJob {
    hard_deadline: Instant,
    stop: watch::Sender<Option<Stop>>,
}

/// What the parts of a worker process share.
#[derive(Debug)]
pub struct Node {
    /// Settings.
    pub options: NodeOptions,
    /// Handlers.
    pub registry: Registry,
    /// Progress and log lines on their way to Postgres.
    pub notes: mpsc::Sender<Note>,
    id: RwLock<Uuid>,
    ended: mpsc::Sender<Ended>,
    running: Mutex<HashMap<Fence, RunningJob>>,
    draining: watch::Sender<bool>,
    quiet: watch::Sender<bool>,
    told_to_stop: watch::Sender<bool>,
    last_poll: Mutex<Instant>,
    last_beat: Mutex<Instant>,
    /// Tells the dispatcher of commits that asked for work.
    pub(crate) wake: Wake,
    /// What it did.
    pub(crate) tally: Tally,
    redis: redis::Client,
}

impl Node {
    /// A node that has not registered yet; notes and ended jobs go where they are recorded.
    pub(crate) fn new(
        options: NodeOptions,
        registry: Registry,
        redis: redis::Client,
        notes: mpsc::Sender<Note>,
        ended: mpsc::Sender<Ended>,
    ) -> Self {
        Self {
            id: RwLock::new(options.node_id.unwrap_or_else(Uuid::now_v7)),
            registry,
            notes,
            ended,
            running: Mutex::default(),
            draining: watch::Sender::new(false),
            quiet: watch::Sender::new(false),
            told_to_stop: watch::Sender::new(false),
            tally: Tally::default(),
            last_poll: Mutex::new(Instant::now()),
            last_beat: Mutex::new(Instant::now()),
            wake: Wake::new(redis.clone(), &options.namespace),
            redis,
            options,
        }
    }

    /// The node's id, which changes when its lease was lost.
    #[must_use]
    pub fn id(&self) -> Uuid {
        *self.id.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn renew_id(&self) -> Uuid {
        let id = Uuid::now_v7();
        *self.id.write().unwrap_or_else(PoisonError::into_inner) = id;
        id
    }

    /// How it introduces itself.
    #[must_use]
    pub fn card(&self) -> nodes::Node {
        let id = self.id();
        let host = std::fs::read_to_string("/etc/hostname")
            .map_or_else(|_| "localhost".to_owned(), |name| name.trim().to_owned());
        let role = if self.options.isolated { "isolated" } else { "worker" };
        let tail = id.simple().to_string().split_off(24);
        nodes::Node {
            id,
            name: format!("{role}-{tail}"),
            host,
            pid: i32::try_from(std::process::id()).unwrap_or(0),
            version: self.options.version.clone(),
            isolated: self.options.isolated,
            queues: self
                .options
                .queues
                .iter()
                .filter(|_| !self.options.isolated)
                .map(|(queue, most)| (queue.name().to_owned(), *most))
                .collect(),
        }
    }

    /// Does as operators ask, or as before when they ask for nothing any more. Who was told to stop stops.
    pub(crate) fn heed(&self, asked: Option<Asked>) {
        let quiet = asked == Some(Asked::Quiet);
        self.quiet.send_if_modified(|now| std::mem::replace(now, quiet) != quiet);
        if asked == Some(Asked::Stop) {
            self.told_to_stop.send_replace(true);
        }
    }

    /// What it does about new work.
    pub(crate) fn state(&self) -> State {
        if self.is_draining() {
            State::Draining
        } else if self.is_quiet() {
            State::Quiet
        } else {
            State::Running
        }
    }

    /// Whether it takes no new work until it is asked to again.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        *self.quiet.borrow()
    }

    /// Ends when the node is quiet, or is not.
    pub(crate) async fn becomes_quiet(&self, quiet: bool) {
        let _ = self.quiet.subscribe().wait_for(|now| *now == quiet).await;
    }

    fn jobs(&self) -> MutexGuard<'_, HashMap<Fence, RunningJob>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A handler begins; answers where it hears that it must let go.
    pub(crate) fn begin(&self, fence: Fence, policy: &Policy) -> watch::Receiver<Option<Stop>> {
        let (stop, asked) = watch::channel(None);
        let hard_deadline = Instant::now() + policy.timeout + policy.grace;
        self.jobs().insert(fence, RunningJob { hard_deadline, stop });
        asked
    }

    /// A handler ended.
    pub(crate) fn ended(&self, fence: Fence) {
        self.jobs().remove(&fence);
    }

    /// The jobs whose handlers run now.
    #[must_use]
    pub fn running(&self) -> Vec<Uuid> {
        self.jobs().keys().map(|fence| fence.id).collect()
    }

    /// Jobs that should have been cancelled long ago and still run.
    pub(crate) fn stuck(&self, now: Instant) -> Vec<Uuid> {
        self.jobs().iter().filter(|(_, job)| job.hard_deadline < now).map(|(fence, _)| fence.id).collect()
    }

    pub(crate) fn stop(&self, ids: &[Uuid], why: Stop) {
        for (fence, job) in self.jobs().iter() {
            if ids.contains(&fence.id) {
                let _ = job.stop.send(Some(why));
            }
        }
    }

    pub(crate) fn stop_all(&self, why: Stop) {
        for job in self.jobs().values() {
            let _ = job.stop.send(Some(why));
        }
    }

    /// Hands an ended job to the recorder.
    pub(crate) async fn record(&self, ended: Ended) {
        // the recorder outlives every worker, so this fails only when the process ends anyway
        let _ = self.ended.send(ended).await;
    }

    /// Whether the node takes nothing new.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        *self.draining.borrow()
    }

    /// Ends when an operator has told the node to stop.
    pub(crate) async fn told_to_stop(&self) {
        let _ = self.told_to_stop.subscribe().wait_for(|told| *told).await;
    }

    /// Ends when the node drains.
    pub(crate) async fn drained(&self) {
        let _ = self.draining.subscribe().wait_for(|draining| *draining).await;
    }

    pub(crate) fn drain(&self) {
        self.draining.send_replace(true);
    }

    /// Redis answered a poll.
    pub(crate) fn polled(&self) {
        *self.last_poll.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Whether Redis answers polls; a node that serves suspects needs none.
    pub(crate) fn polls(&self) -> bool {
        let patience = self.options.lease / 2 + Duration::from_secs(2);
        self.options.isolated || within(&self.last_poll, patience)
    }

    /// The lease was renewed.
    pub(crate) fn beaten(&self) {
        *self.last_beat.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    pub(crate) fn beaten_within(&self, time: Duration) -> bool {
        within(&self.last_beat, time)
    }

    /// A connection for one blocking command at a time.
    pub(crate) async fn redis_blocking(&self) -> Result<MultiplexedConnection, redis::RedisError> {
        let config = redis::AsyncConnectionConfig::new()
            .set_connection_timeout(Some(Duration::from_secs(2)))
            .set_response_timeout(Some(Duration::from_secs(5)));
        self.redis.get_multiplexed_async_connection_with_config(&config).await
    }

    pub(crate) async fn redis_listening(&self) -> Result<redis::aio::PubSub, redis::RedisError> {
        self.redis.get_async_pubsub().await
    }
}

fn within(last: &Mutex<Instant>, time: Duration) -> bool {
    last.lock().unwrap_or_else(PoisonError::into_inner).elapsed() < time
}
