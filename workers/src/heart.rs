//! The node's heart beats on a thread and runtime of its own, so that no handler, however busy, can stop it. It renews
//! the lease, hears of cancelled jobs, and ends the process when a job cannot be cancelled or memory runs out.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use ledgerline_jobs::engine::{
    claim,
    nodes::{self, State},
};
use sqlx::{Connection as _, PgConnection};
use tokio::sync::oneshot;

use crate::{
    Error,
    node::{Node, Stop},
    outage::Outage,
};

const TICK: Duration = Duration::from_millis(100);
/// So long the neighbours of a job that cannot be cancelled may take to end.
const NEIGHBOURS: Duration = Duration::from_secs(5);

/// The running heart.
#[derive(Debug)]
pub struct Heart {
    stop: oneshot::Sender<()>,
    stopped: oneshot::Receiver<()>,
}

impl Heart {
    /// Stops beating.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        let _ = self.stopped.await;
    }
}

/// Starts the heart of a node.
///
/// # Errors
/// When the system gives no thread.
pub fn start(node: Arc<Node>) -> Result<Heart, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (stop, asked) = oneshot::channel();
    let (end, stopped) = oneshot::channel();
    std::thread::Builder::new().name("heart".to_owned()).spawn(move || {
        runtime.block_on(async {
            tokio::select! {
                () = beat_for_ever(&node) => {}
                _ = asked => {}
            }
        });
        let _ = end.send(());
    })?;
    Ok(Heart { stop, stopped })
}

async fn beat_for_ever(node: &Node) {
    tokio::join!(beat(node), watch(node));
}

async fn beat(node: &Node) {
    let mut outage = Outage::new("heart");
    loop {
        match beat_connected(node, &mut outage).await {
            Ok(never) => match never {},
            Err(error) => outage.pause("cannot renew the lease", &error).await,
        }
    }
}

async fn beat_connected(node: &Node, outage: &mut Outage) -> Result<std::convert::Infallible, Error> {
    let mut postgres = PgConnection::connect(&node.options.database_url).await?;
    claim::prepare_connection(&mut postgres, false).await?;
    let every = node.options.lease / 4;
    let mut said = State::Running;
    loop {
        let running = node.running();
        let count = i32::try_from(running.len()).unwrap_or(i32::MAX);
        let beaten = nodes::beat(&mut postgres, node.id(), node.options.lease, count, node.polls()).await?;
        node.beaten();
        if let Some(beaten) = beaten {
            node.heed(beaten.asked);
        } else {
            let before = node.id();
            node.stop_all(Stop::LostLease);
            let after = node.renew_id();
            nodes::register(&mut postgres, &node.card(), node.options.lease).await?;
            nodes::follow(&mut postgres, before, after).await?;
            said = State::Running;
            tracing::warn!(%before, %after, jobs = count, "the lease had ended; others have the jobs of this node");
        }
        if node.state() != said {
            said = node.state();
            nodes::set_state(&mut postgres, node.id(), said).await?;
        }
        if !running.is_empty() {
            let cancelled = claim::cancel_requested(&mut postgres, &running).await?;
            node.stop(&cancelled, Stop::Cancelled);
        }
        outage.over();
        // cancelling is asked for by people: look at least every half second
        tokio::time::sleep(every.min(Duration::from_millis(500))).await;
    }
}

async fn watch(node: &Node) {
    loop {
        tokio::time::sleep(TICK).await;
        let stuck = node.stuck(Instant::now());
        if !stuck.is_empty() {
            tracing::error!(jobs = ?stuck, "cannot be cancelled: ending this process once its neighbours have ended");
            node.drain();
            let patience = Instant::now() + NEIGHBOURS;
            while node.running().iter().any(|id| !stuck.contains(id)) && Instant::now() < patience {
                tokio::time::sleep(TICK).await;
            }
            give_up(node).await;
        }
        if let Some(limit) = node.options.memory_limit
            && let Some(resident) = resident_memory()
            && resident > limit
        {
            tracing::error!(resident, limit, jobs = ?node.running(), "out of memory: ending this process");
            give_up(node).await;
        }
    }
}

/// Ends the process at once. Its lease is ended first, where Postgres can be reached, so that its jobs need not wait.
async fn give_up(node: &Node) -> ! {
    let _ = tokio::time::timeout(Duration::from_secs(1), async {
        let mut postgres = PgConnection::connect(&node.options.database_url).await?;
        nodes::leave(&mut postgres, node.id()).await
    })
    .await;
    std::process::abort()
}

/// Resident memory of this process in bytes, where the system tells.
fn resident_memory() -> Option<u64> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = statm.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * 4096)
}
