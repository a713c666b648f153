//! Peers in other languages: programs that print one line of JSON.

use std::path::Path;
use std::process::Stdio;

use futures::FutureExt;
use futures::future::BoxFuture;
use serde::Deserialize;
use tokio::process::Command;

use crate::contest::{Failure, PICKUPS, PeerResult, Services, percentile};

/// The Ruby of Debian: its packages are not there for another one that may come first in PATH.
const DEBIAN_RUBY: &str = "/usr/bin/ruby";

#[derive(Deserialize)]
struct Printed {
    drain_jobs_per_s: f64,
    end_to_end_jobs_per_s: f64,
    pickups_ms: Vec<f64>,
    setup: String,
}

/// Sidekiq; why it is set up as it is stands in the program.
pub fn sidekiq(services: &Services, jobs: usize) -> BoxFuture<'_, Result<PeerResult, Failure>> {
    run(services, DEBIAN_RUBY, "sidekiq/peer.rb", jobs).boxed()
}

/// BullMQ; why it is set up as it is stands in the program.
pub fn bullmq(services: &Services, jobs: usize) -> BoxFuture<'_, Result<PeerResult, Failure>> {
    run(services, &services.node, "bullmq/peer.mjs", jobs).boxed()
}

async fn run(services: &Services, interpreter: &str, program: &str, jobs: usize) -> Result<PeerResult, Failure> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("bench/peers").join(program);
    let ended = Command::new(interpreter)
        .arg(&path)
        .args([jobs.to_string(), PICKUPS.to_string()])
        .env("REDIS_URL", &services.redis_url)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|error| format!("cannot run {interpreter}: {error}"))?;
    if !ended.status.success() {
        let said = String::from_utf8_lossy(&ended.stderr);
        return Err(format!("{program} ended with {}: {said}", ended.status).into());
    }
    let printed: Printed = serde_json::from_slice(&ended.stdout)?;
    if printed.pickups_ms.len() != PICKUPS {
        return Err(format!("{program} measured {} pickups", printed.pickups_ms.len()).into());
    }
    Ok(PeerResult {
        drain_jobs_per_s: printed.drain_jobs_per_s,
        end_to_end_jobs_per_s: printed.end_to_end_jobs_per_s,
        pickup_p50_ms: percentile(&printed.pickups_ms, 0.50),
        pickup_p99_ms: percentile(&printed.pickups_ms, 0.99),
        setup: printed.setup,
    })
}
