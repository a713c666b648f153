//! How many jobs stand where, again and again.

use std::time::Duration;

use chrono::Utc;

use super::{
    Result,
    looking::QUEUES,
    output::{Output, cell, value},
};
use crate::{
    Ledgerline,
    console::overview::{self, RedisProbe},
};

/// States in the order in which an operator asks about them.
const STATES: [&str; 9] =
    ["dead", "quarantined", "running", "queued", "scheduled", "waiting", "parked", "succeeded", "cancelled"];

/// Prints until it is stopped; with JSON one line for each look.
pub(super) async fn watch(ledgerline: &Ledgerline, out: &Output, every: Duration) -> Result<()> {
    let mut probe = RedisProbe::default();
    loop {
        let load = value(&overview::load(ledgerline, &mut probe).await?)?;
        if out.is_json() {
            out.line(&load.to_string())?;
        } else {
            let counts: Vec<String> =
                STATES.iter().map(|state| format!("{state} {}", cell(load["counts"].get(*state)))).collect();
            out.line(&format!(
                "{}  redis {}  {}",
                Utc::now().format("%H:%M:%S"),
                cell(load.get("redis")),
                counts.join("  ")
            ))?;
            for alarm in load["alarms"].as_array().into_iter().flatten() {
                out.line(&format!("{}: {}", cell(alarm.get("severity")), cell(alarm.get("text"))))?;
            }
            out.table(load["queues"].as_array().map(Vec::as_slice).unwrap_or_default(), &QUEUES)?;
            out.line("")?;
        }
        tokio::select! {
            () = tokio::time::sleep(every.max(Duration::from_millis(500))) => {}
            stopped = tokio::signal::ctrl_c() => return Ok(stopped?),
        }
    }
}
