//! Moves due rows from Postgres to Redis: one node leads, the others stand by. Per queue a small window of ids waits in
//! Redis, so that pausing, cancelling and re-ordering act at once and Redis' memory stays flat however much waits.
//!
//! Nothing about this is written to the rows. What the leader believes to be in Redis is kept in memory; a new leader
//! starts with empty lists, and an id that is offered twice is claimed once.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use futures::StreamExt as _;
use ledgerline_jobs::{
    Priority, Queue,
    engine::{
        claim, nodes,
        queue::{self, Position},
    },
};
use redis::aio::MultiplexedConnection;
use sqlx::{Connection as _, PgConnection};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{Error, node::Node, outage::Outage, pump::list_key};

/// Ids pushed with one command.
const PUSH_CHUNK: usize = 500;
/// An id that left Redis and was not claimed after this time is offered again: whoever took it died.
const LOST_AFTER: Duration = Duration::from_secs(2);
/// How often a scan that advances by keyset starts anew, since rows commit out of order.
const RESCAN: Duration = Duration::from_millis(200);
const LEAD: Duration = Duration::from_secs(3);

/// The channel on which a commit that asked for work is announced.
#[must_use]
pub fn wake_channel(namespace: &str) -> String {
    format!("{namespace}:wake")
}

fn generation_key(namespace: &str) -> String {
    format!("{namespace}:generation")
}

/// A job and how often it had been claimed when it was offered.
type Offer = (Uuid, i32);

/// What the leader believes of one queue.
#[derive(Debug)]
struct Lane {
    queue: Queue,
    key: String,
    /// Offers pushed and, as far as known, still in Redis; oldest first.
    waiting: VecDeque<Offer>,
    /// Offers in `waiting` or taken from Redis a moment ago.
    offered: HashSet<Offer>,
    /// Offers taken from Redis, with when that was noticed.
    taken: VecDeque<(Instant, Offer)>,
    positions: HashMap<i16, Position>,
    scanned: Instant,
}

impl Lane {
    fn new(queue: Queue, namespace: &str) -> Self {
        Self {
            queue,
            key: list_key(namespace, queue.name()),
            waiting: VecDeque::new(),
            offered: HashSet::new(),
            taken: VecDeque::new(),
            positions: HashMap::new(),
            scanned: Instant::now(),
        }
    }

    fn forget(&mut self) {
        self.waiting.clear();
        self.offered.clear();
        self.taken.clear();
        self.positions.clear();
    }

    /// Redis holds `length` ids: the oldest of ours beyond that were taken.
    fn observe(&mut self, length: usize, now: Instant) {
        while self.waiting.len() > length {
            if let Some(offer) = self.waiting.pop_front() {
                self.taken.push_back((now, offer));
            }
        }
        while let Some((when, offer)) = self.taken.front().copied() {
            if now.duration_since(when) < LOST_AFTER {
                break;
            }
            self.taken.pop_front();
            self.offered.remove(&offer);
        }
        if now.duration_since(self.scanned) > RESCAN {
            self.scanned = now;
            self.positions.clear();
        }
    }
}

/// Dispatches until the node drains.
pub async fn run(node: Arc<Node>) {
    let wake = Arc::new(Notify::new());
    let listener = tokio::spawn(listen(node.clone(), wake.clone()));
    let mut outage = Outage::new("dispatcher");
    while !node.is_draining() {
        tokio::select! {
            dispatched = dispatch_connected(&node, &wake, &mut outage) => match dispatched {
                Ok(()) => {}
                Err(error) => outage.pause("cannot dispatch", &error).await,
            },
            () = node.drained() => {}
        }
    }
    listener.abort();
}

/// Hears of commits; while Redis is away the poll finds them.
async fn listen(node: Arc<Node>, wake: Arc<Notify>) {
    let mut outage = Outage::new("wake-up listener");
    loop {
        let heard = async {
            let mut subscription = node.redis_listening().await?;
            subscription.subscribe(wake_channel(&node.options.namespace)).await?;
            outage.over();
            let mut messages = subscription.on_message();
            while messages.next().await.is_some() {
                wake.notify_one();
            }
            Ok::<_, redis::RedisError>(())
        };
        match heard.await {
            Ok(()) => tokio::time::sleep(Duration::from_millis(100)).await,
            Err(error) => outage.pause("cannot listen for wake-ups", &error).await,
        }
    }
}

async fn dispatch_connected(node: &Node, wake: &Notify, outage: &mut Outage) -> Result<(), Error> {
    let namespace = &node.options.namespace;
    let mut postgres = PgConnection::connect(&node.options.database_url).await?;
    claim::prepare_connection(&mut postgres, false).await?;
    let mut redis = node.redis_blocking().await?;
    let mut lanes: Vec<Lane> = Queue::ALL.into_iter().map(|queue| Lane::new(queue, namespace)).collect();
    let mut generation = Uuid::nil();
    let mut lead_until = Instant::now();
    let mut busy = Duration::from_millis(1);
    loop {
        if lead_until < Instant::now() + LEAD / 2 {
            let asked = Instant::now();
            if nodes::lead(&mut postgres, "dispatcher", node.id(), LEAD).await? {
                lead_until = asked + LEAD;
            } else {
                generation = Uuid::nil();
                outage.over();
                tokio::time::sleep(LEAD / 6).await;
                continue;
            }
        }
        if generation.is_nil() || !same_generation(&mut redis, namespace, generation).await? {
            generation = begin_generation(&mut redis, namespace, &mut lanes).await?;
        }
        let paused = queue::paused(&mut postgres).await?;
        let mut moved = 0;
        let mut full = false;
        for lane in &mut lanes {
            if paused.contains(lane.queue.name()) {
                empty(&mut redis, lane).await?;
                continue;
            }
            let (count, filled) = fill(node, &mut postgres, &mut redis, lane).await?;
            moved += count;
            full |= filled;
        }
        outage.over();
        if moved > 0 {
            busy = Duration::from_millis(1);
        } else if full {
            // nothing moved because the windows are full: look again soon, ever less often
            busy = (busy * 2).min(Duration::from_millis(20));
            tokio::time::sleep(busy).await;
        } else {
            let _ = tokio::time::timeout(node.options.poll, wake.notified()).await;
        }
    }
}

async fn same_generation(redis: &mut MultiplexedConnection, namespace: &str, generation: Uuid) -> Result<bool, Error> {
    let found: Option<Vec<u8>> = redis::cmd("GET").arg(generation_key(namespace)).query_async(redis).await?;
    Ok(found.is_some_and(|found| found == generation.as_bytes()))
}

/// A new leader, or a Redis that was wiped: the lists start empty and everything due is offered anew.
async fn begin_generation(
    redis: &mut MultiplexedConnection,
    namespace: &str,
    lanes: &mut [Lane],
) -> Result<Uuid, Error> {
    let generation = Uuid::new_v4();
    let mut pipe = redis::pipe();
    for lane in lanes.iter_mut() {
        lane.forget();
        pipe.del(&lane.key).ignore();
    }
    pipe.set(generation_key(namespace), generation.as_bytes().as_slice()).ignore();
    pipe.query_async::<()>(redis).await?;
    Ok(generation)
}

async fn empty(redis: &mut MultiplexedConnection, lane: &mut Lane) -> Result<(), Error> {
    if !lane.waiting.is_empty() {
        redis::cmd("DEL").arg(&lane.key).query_async::<()>(redis).await?;
        lane.forget();
    }
    Ok(())
}

/// Fills the window of a queue; answers how many ids were pushed and whether the window is full.
async fn fill(
    node: &Node,
    postgres: &mut PgConnection,
    redis: &mut MultiplexedConnection,
    lane: &mut Lane,
) -> Result<(usize, bool), Error> {
    let length: usize = redis::cmd("LLEN").arg(&lane.key).query_async(redis).await?;
    lane.observe(length, Instant::now());
    let mut free = node.options.window.saturating_sub(length);
    if free < node.options.window / 4 {
        return Ok((0, true));
    }
    let mut offers = Vec::new();
    for priority in Priority::ALL {
        let priority = priority as i16;
        loop {
            if free == 0 {
                break;
            }
            let after = lane.positions.get(&priority).copied().unwrap_or(Position::START);
            let limit = free + if after == Position::START { lane.offered.len() } else { 0 };
            let rows =
                queue::due(postgres, lane.queue.name(), priority, after, i64::try_from(limit).unwrap_or(i64::MAX))
                    .await?;
            let mut exhausted = rows.len() < limit;
            let mut last = after;
            for row in rows {
                if free == 0 {
                    exhausted = false;
                    break;
                }
                last = row.position;
                let offer = (row.position.id, row.epoch);
                if lane.offered.insert(offer) {
                    offers.push(offer);
                    free -= 1;
                }
            }
            if exhausted {
                // at the head: the next look starts from the beginning again
                lane.positions.remove(&priority);
            } else {
                lane.positions.insert(priority, last);
            }
            if exhausted {
                break;
            }
        }
    }
    for chunk in offers.chunks(PUSH_CHUNK) {
        let mut push = redis::cmd("RPUSH");
        push.arg(&lane.key);
        for (id, _) in chunk {
            push.arg(id.as_bytes().as_slice());
        }
        push.query_async::<()>(redis).await?;
        lane.waiting.extend(chunk);
    }
    Ok((offers.len(), free == 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_was_taken_and_not_claimed_may_be_offered_again_after_a_while() {
        let mut lane = Lane::new(Queue::Default, "test");
        let ids: Vec<Offer> = (0..3).map(|n| (Uuid::new_v4(), n)).collect();
        for id in &ids {
            lane.waiting.push_back(*id);
            lane.offered.insert(*id);
        }
        let now = Instant::now();
        lane.observe(1, now);
        assert_eq!(lane.waiting, [ids[2]], "the two oldest were taken");
        assert!(lane.offered.contains(&ids[0]), "and are not offered again at once");
        lane.observe(1, now + LOST_AFTER);
        assert!(!lane.offered.contains(&ids[0]) && !lane.offered.contains(&ids[1]));
        assert!(lane.offered.contains(&ids[2]), "what still waits is not offered twice");
    }
}
