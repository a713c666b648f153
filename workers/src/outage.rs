//! Riding out an outage: said once when it begins and once when it is over, with growing pauses in between.

use std::{
    fmt::Display,
    time::{Duration, Instant},
};

use rand::Rng as _;

/// One duty's outage, if there is one.
#[derive(Debug)]
pub struct Outage {
    duty: &'static str,
    since: Option<Instant>,
    failures: u32,
}

impl Outage {
    /// No outage of that duty yet.
    #[must_use]
    pub const fn new(duty: &'static str) -> Self {
        Self { duty, since: None, failures: 0 }
    }

    /// Something failed: says so the first time and waits, from 50 ms up to 2 s, before the caller tries again.
    pub async fn pause(&mut self, what: &str, error: &impl Display) {
        if self.since.is_none() {
            tracing::warn!(duty = self.duty, %error, "{what}; trying again until it works");
            self.since = Some(Instant::now());
        }
        let pause = Duration::from_millis(50 << self.failures.min(5)).min(Duration::from_secs(2));
        self.failures += 1;
        let pause = pause.mul_f64(rand::rng().random_range(0.8..1.2));
        tokio::time::sleep(pause).await;
    }

    /// It works.
    pub fn over(&mut self) {
        if let Some(since) = self.since.take() {
            tracing::info!(duty = self.duty, seconds = since.elapsed().as_secs_f64(), "works again");
            self.failures = 0;
        }
    }
}
