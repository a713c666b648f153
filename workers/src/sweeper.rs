//! Puts right what the dead left behind: one node leads, the others stand by.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use ledgerline_jobs::engine::{nodes, rates, sweep};
use sqlx::{Connection as _, PgConnection};

use crate::{Error, isolate::Isolation, node::Node, outage::Outage};

/// How often the whole live table is looked through for what nobody noticed.
const THOROUGH: Duration = Duration::from_secs(10);
/// How often it is written down how much waits.
const SAMPLE: Duration = Duration::from_secs(10);

/// Sweeps until the node drains.
pub async fn run(node: Arc<Node>) {
    let mut outage = Outage::new("sweeper");
    let mut isolation = Isolation::default();
    while !node.is_draining() {
        tokio::select! {
            swept = sweep_connected(&node, &mut isolation, &mut outage) => match swept {
                Ok(()) => {}
                Err(error) => outage.pause("cannot sweep", &error).await,
            },
            () = node.drained() => {}
        }
    }
    isolation.end(node.options.drain).await;
}

async fn sweep_connected(node: &Node, isolation: &mut Isolation, outage: &mut Outage) -> Result<(), Error> {
    let mut postgres = PgConnection::connect(&node.options.database_url).await?;
    let connected = Instant::now();
    let mut thorough = connected;
    let mut unparked = connected;
    let mut sampled: Option<Instant> = None;
    let kinds = node.registry.kinds();
    let every = (node.options.lease / 8).clamp(Duration::from_millis(50), Duration::from_secs(1));
    loop {
        // whoever leads: only this node can say what this program knows
        if unparked.elapsed() > THOROUGH {
            unparked = Instant::now();
            sweep::unpark(&mut postgres, &kinds).await?;
        }
        // suspects run in a child of the leader, so a quiet node leaves the lead to one that takes work
        let steps_back = node.is_quiet() && nodes::others_work(&mut postgres, node.id()).await?;
        if !steps_back && nodes::lead(&mut postgres, "sweeper", node.id(), node.options.lease).await? {
            // after an outage of Postgres every lease has ended; each node first gets the time to renew its own
            let mut look = false;
            if connected.elapsed() > node.options.lease {
                let gone = sweep::expire_nodes(&mut postgres).await?;
                look = !gone.is_empty();
                if look {
                    tracing::warn!(nodes = ?gone, "nodes died");
                }
            }
            if look || thorough.elapsed() > THOROUGH.min(node.options.lease) {
                thorough = Instant::now();
                let swept = sweep::rescue(&mut postgres).await?;
                if !swept.rescued.is_empty() {
                    tracing::warn!(jobs = swept.rescued.len(), "rescued jobs of dead nodes; they run alone next");
                }
                for crash in &swept.crashes {
                    node.tally.crashed(crash);
                }
                for id in &swept.quarantined {
                    tracing::error!(%id, "quarantined: it crashed its process while it ran alone");
                }
                sweep::release_forgotten_waiters(&mut postgres).await?;
            }
            if sampled.is_none_or(|sampled| sampled.elapsed() > SAMPLE) {
                sampled = Some(Instant::now());
                rates::sample(&mut postgres).await?;
                rates::fold(&mut postgres).await?;
            }
            isolation.tend(node, &mut postgres).await?;
        }
        outage.over();
        tokio::time::sleep(every).await;
    }
}
