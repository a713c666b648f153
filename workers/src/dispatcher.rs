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
use ledgerline_app::wake::{self, list_key};
use ledgerline_jobs::{
    Priority, Queue,
    engine::{
        claim, nodes,
        queue::{self, Due, Position, Scan},
    },
};
use redis::aio::MultiplexedConnection;
use sqlx::{Connection as _, PgConnection};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{Error, node::Node, outage::Outage};

/// Ids pushed with one command.
const PUSH_CHUNK: usize = 500;
/// An id that left Redis and was not claimed after this time is offered again: whoever took it died.
const LOST_AFTER: Duration = Duration::from_secs(2);
/// How often a scan that advances by keyset starts anew, since rows commit out of order.
const RESCAN: Duration = Duration::from_millis(200);
const LEAD: Duration = Duration::from_secs(3);

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

    /// What to look for next. While many jobs of one priority wait, those behind it are not looked at; when Redis holds
    /// enough, only whether the queue is paused.
    fn scans(&self, window: usize, scans: &mut Vec<Scan>) {
        let queue = self.queue.name();
        let free = window.saturating_sub(self.waiting.len());
        if free < window / 4 {
            scans.push(Scan { queue, priority: Priority::Urgent as i16, after: None, limit: 0 });
            return;
        }
        for priority in Priority::ALL {
            let priority = priority as i16;
            let after = self.positions.get(&priority).copied();
            // what was offered and is not yet claimed comes again in a scan from the start
            let limit = free + if after.is_none() { self.offered.len() } else { 0 };
            scans.push(Scan { queue, priority, after, limit });
            if after.is_some() {
                return;
            }
        }
    }

    /// Takes from what a scan found those that were not offered yet, as long as the window has room. Answers them, and
    /// whether the scan reached the end of what is due.
    fn offer(&mut self, scan: &Scan, due: &[Due], window: usize) -> (Vec<Offer>, bool) {
        let mut free = window.saturating_sub(self.waiting.len());
        let mut offers = Vec::new();
        let mut ended = due.len() < scan.limit;
        let mut last = scan.after;
        for row in due {
            if free == 0 {
                ended = false;
                break;
            }
            last = Some(row.position);
            let offer = (row.position.id, row.epoch);
            if self.offered.insert(offer) {
                offers.push(offer);
                free -= 1;
            }
        }
        match last {
            Some(last) if !ended => self.positions.insert(scan.priority, last),
            // at the head: the next look starts from the beginning again
            _ => self.positions.remove(&scan.priority),
        };
        (offers, ended)
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
            subscription.subscribe(wake::channel(&node.options.namespace)).await?;
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
        if !observe(&mut redis, namespace, generation, &mut lanes).await? {
            generation = begin_generation(&mut redis, namespace, &mut lanes).await?;
        }
        let next = fill(node, &mut postgres, &mut redis, &mut lanes).await?;
        outage.over();
        match next {
            Next::Go => busy = Duration::from_millis(1),
            Next::Full => {
                // nothing moved because the windows are full: look again soon, ever less often
                busy = (busy * 2).min(Duration::from_millis(20));
                tokio::time::sleep(busy).await;
            }
            Next::Idle => {
                let _ = tokio::time::timeout(node.options.poll, wake.notified()).await;
            }
        }
    }
}

/// Learns how much waits in Redis. Answers false when Redis is not of this generation: another led since, or it was
/// wiped.
async fn observe(
    redis: &mut MultiplexedConnection,
    namespace: &str,
    generation: Uuid,
    lanes: &mut [Lane],
) -> Result<bool, Error> {
    let mut pipe = redis::pipe();
    pipe.get(generation_key(namespace));
    for lane in lanes.iter() {
        pipe.llen(&lane.key);
    }
    let answers: Vec<redis::Value> = pipe.query_async(redis).await?;
    let mut answers = answers.into_iter();
    let found: Option<Vec<u8>> = read(answers.next().unwrap_or(redis::Value::Nil))?;
    let now = Instant::now();
    for (lane, length) in lanes.iter_mut().zip(answers) {
        lane.observe(read(length)?, now);
    }
    Ok(!generation.is_nil() && found.is_some_and(|found| found == generation.as_bytes()))
}

fn read<T: redis::FromRedisValue>(answer: redis::Value) -> Result<T, redis::RedisError> {
    redis::from_redis_value(answer).map_err(Into::into)
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

/// What a turn of the dispatcher suggests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Next {
    /// Nothing waits.
    Idle,
    /// A window is full.
    Full,
    /// More may wait: look again at once.
    Go,
}

/// Fills the windows of all queues: one statement, one push.
async fn fill(
    node: &Node,
    postgres: &mut PgConnection,
    redis: &mut MultiplexedConnection,
    lanes: &mut [Lane],
) -> Result<Next, Error> {
    let window = node.options.window;
    let mut numbers = Vec::new();
    let mut scans = Vec::new();
    for (number, lane) in lanes.iter().enumerate() {
        lane.scans(window, &mut scans);
        numbers.resize(scans.len(), number);
    }
    let mut next = Next::Idle;
    let mut push = redis::pipe();
    let mut offered = false;
    for ((number, scan), found) in numbers.into_iter().zip(&scans).zip(queue::look(postgres, &scans).await?) {
        let Some(lane) = lanes.get_mut(number) else { continue };
        if found.paused {
            if !lane.waiting.is_empty() {
                push.del(&lane.key).ignore();
                offered = true;
            }
            lane.forget();
            continue;
        }
        if scan.limit == 0 {
            next = next.max(Next::Full);
            continue;
        }
        let (offers, ended) = lane.offer(scan, &found.due, window);
        for chunk in offers.chunks(PUSH_CHUNK) {
            let ids: Vec<&[u8]> = chunk.iter().map(|(id, _)| id.as_bytes().as_slice()).collect();
            push.rpush(&lane.key, ids).ignore();
        }
        offered |= !offers.is_empty();
        lane.waiting.extend(offers);
        // where a scan goes on, the priorities behind it have not been looked at yet
        if !ended || scan.after.is_some() {
            next = Next::Go;
        }
    }
    if offered {
        push.query_async::<()>(redis).await?;
        next = Next::Go;
    }
    Ok(next)
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

    fn due(number: u8) -> Due {
        let position = Position { run_at: chrono::DateTime::UNIX_EPOCH, id: Uuid::from_bytes([number; 16]) };
        Due { position, epoch: 0 }
    }

    fn scans(lane: &Lane, window: usize) -> Vec<Scan> {
        let mut scans = Vec::new();
        lane.scans(window, &mut scans);
        scans
    }

    #[test]
    fn a_scan_goes_on_where_it_stopped_and_those_behind_it_wait() {
        let mut lane = Lane::new(Queue::Default, "test");
        let first = scans(&lane, 4);
        assert_eq!(first.len(), Priority::ALL.len(), "an empty window looks for every priority");
        let (offers, ended) = lane.offer(&first[0], &[due(1), due(2), due(3), due(4)], 4);
        assert!(!ended && offers.len() == 4);
        lane.waiting.extend(offers);
        assert_eq!(scans(&lane, 4), [Scan { limit: 0, after: None, ..first[0] }], "a full one only asks for the pause");

        lane.observe(1, Instant::now());
        let next = scans(&lane, 4);
        assert_eq!(next, [Scan { limit: 3, after: Some(due(4).position), ..first[0] }]);
        let (offers, ended) = lane.offer(&next[0], &[due(5)], 4);
        assert!(ended && offers.len() == 1);
        lane.waiting.extend(offers);
        assert_eq!(scans(&lane, 4).len(), Priority::ALL.len());
    }
}
