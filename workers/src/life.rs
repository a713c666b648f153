//! The life of a worker process: how it starts, and how it stops.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use apalis::{
    layers::WorkerBuilderExt as _,
    prelude::{Monitor, WorkerBuilder},
};
use ledgerline_jobs::engine::{nodes, schedule as slots, sweep};
use sqlx::{Connection as _, PgConnection};
use tokio::sync::{mpsc, oneshot};
use tower::Service as _;

use crate::{
    Error, dispatcher, heart, isolate, layers, monitor,
    node::{Node, Stop},
    options::NodeOptions,
    outage::Outage,
    pump::{self, Hands, InHand, Source},
    recorder,
    registry::Registry,
    schedule, sweeper, tally,
};

/// So long a write of what was done may take that is under way when the node stops.
const LAST_WRITE: Duration = Duration::from_secs(5);

/// Runs a worker process until `shutdown` ends, then drains: takes nothing new, lets jobs end until the drain's
/// deadline, gives the rest back without burning an attempt.
///
/// # Errors
/// When the settings are unusable. Outages of Postgres and Redis are ridden out.
pub async fn run(options: NodeOptions, registry: Registry, shutdown: impl Future<Output = ()>) -> Result<(), Error> {
    let redis = redis::Client::open(options.redis_url.as_str())?;
    let (ended_sender, ended) = mpsc::channel(4096);
    let (notes_sender, notes) = mpsc::channel(4096);
    let node = Arc::new(Node::new(options, registry, redis, notes_sender, ended_sender));
    tokio::pin!(shutdown);
    let registered = async {
        let mut outage = Outage::new("start");
        while let Err(error) = register(&node).await {
            outage.pause("cannot register with Postgres", &error).await;
        }
        outage.over();
    };
    tokio::select! {
        () = registered => {}
        () = &mut shutdown => return Ok(()),
    }
    tracing::info!(node = node.card().name, queues = ?node.options.queues, "worker node started");

    if let Some(monitoring) = &node.options.monitoring {
        monitor::serve(&node, monitoring).await?;
    }
    let heart = heart::start(node.clone())?;
    let recorder = tokio::spawn(recorder::run(node.clone(), ended));
    let notes = tokio::spawn(recorder::run_notes(node.clone(), notes));
    let (stop_tally, tally_stop) = oneshot::channel();
    let mut tally = tokio::spawn(tally::run(node.clone(), tally_stop));
    let mut all_hands = Vec::new();
    let mut monitor = Monitor::new().should_restart(|worker, error| {
        tracing::error!(worker = worker.name(), %error, "a worker ended and is started again");
        true
    });
    let mut feeds = Vec::new();
    if node.options.isolated {
        let (hands, jobs) = (Arc::new(Hands::new(1)), mpsc::channel(1));
        monitor = add_worker(monitor, &node, "suspects", 1, jobs.1);
        feeds.push(tokio::spawn(isolate::feed(node.clone(), hands.clone(), jobs.0)));
        all_hands.push(hands);
    } else {
        for (queue, concurrency) in node.options.queues.clone() {
            let hands = Arc::new(Hands::new(concurrency));
            let (sender, jobs) = mpsc::channel(1024);
            monitor = add_worker(monitor, &node, queue.name(), concurrency, jobs);
            feeds.push(tokio::spawn(pump::run(node.clone(), queue.name(), hands.clone(), sender)));
            all_hands.push(hands);
        }
        feeds.push(tokio::spawn(dispatcher::run(node.clone())));
        feeds.push(tokio::spawn(sweeper::run(node.clone())));
        feeds.push(tokio::spawn(schedule::run(node.clone())));
    }
    let (stop_workers, workers_stop) = oneshot::channel::<()>();
    let workers = tokio::spawn(monitor.shutdown_timeout(Duration::from_secs(5)).run_with_signal(async {
        let _ = workers_stop.await;
        Ok(())
    }));

    if node.options.isolated {
        // its feed ends when there are no more suspects, or when the parent is gone
        tokio::select! {
            () = &mut shutdown => {}
            () = node.drained() => {}
        }
    } else {
        tokio::select! {
            () = &mut shutdown => {}
            () = node.told_to_stop() => tracing::info!("an operator asked this node to stop"),
        }
    }
    tracing::info!(seconds = node.options.drain.as_secs(), "draining");
    node.drain();
    for feed in feeds {
        let _ = feed.await;
    }
    let held = || all_hands.iter().map(|hands| hands.held()).sum::<usize>();
    let deadline = Instant::now() + node.options.drain;
    wait_until(deadline, || held() == 0).await;
    if held() > 0 {
        tracing::warn!(jobs = held(), "giving back what did not end in time");
        node.stop_all(Stop::HandBack);
        wait_until(Instant::now() + Duration::from_secs(5), || held() == 0).await;
    }
    let _ = stop_workers.send(());
    let _ = workers.await;
    heart.stop().await;
    recorder.abort();
    notes.abort();
    let _ = stop_tally.send(());
    if tokio::time::timeout(LAST_WRITE, &mut tally).await.is_err() {
        tracing::warn!("Postgres does not end a write: the charts will lack what this node did last");
        tally.abort();
    }
    let mut postgres = PgConnection::connect(&node.options.database_url).await?;
    if let Err(error) = node.tally.write(&mut postgres, node.id()).await {
        tracing::warn!(%error, "the charts will lack what this node did last");
    }
    nodes::stopped(&mut postgres, node.id()).await?;
    tracing::info!("worker node stopped");
    Ok(())
}

async fn register(node: &Node) -> Result<(), Error> {
    let mut postgres = PgConnection::connect(&node.options.database_url).await?;
    sweep::make_partitions(&mut postgres, 3).await?;
    if !node.options.isolated {
        sweep::unpark(&mut postgres, &node.registry.kinds()).await?;
        let definitions: Vec<_> = node.options.schedules.iter().map(schedule::ScheduleEntry::definition).collect();
        slots::define(&mut postgres, &definitions).await?;
    }
    nodes::register(&mut postgres, &node.card(), node.options.lease).await?;
    Ok(())
}

fn add_worker(
    monitor: Monitor,
    node: &Arc<Node>,
    queue: &'static str,
    concurrency: usize,
    jobs: mpsc::Receiver<InHand>,
) -> Monitor {
    let source = Source::new(jobs);
    let node = node.clone();
    monitor.register(move |restarts| {
        let attempt = layers::attempt(node.clone());
        WorkerBuilder::new(format!("{queue}-{}-{restarts}", node.id().simple()))
            .backend(source.clone())
            .concurrency(concurrency)
            .build(move |hand: InHand| attempt.clone().call(hand))
    })
}

async fn wait_until(deadline: Instant, mut done: impl FnMut() -> bool) {
    while !done() && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
