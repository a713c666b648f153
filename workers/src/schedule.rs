//! Recurring work: computes the slots that are due and fires each as a unique row.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use ledgerline_jobs::{
    NewJob, Options, Queue,
    catalog::Kind,
    engine::{
        schedule::{self, CatchUp, Definition, Known, SlotOutcome},
        times::Times,
    },
};
use rand::Rng as _;
use sqlx::{Connection as _, PgConnection};

use crate::{Error, node::Node, outage::Outage};

/// Missed slots looked at in one go; the rest follows at the next look.
const SLOTS_AT_ONCE: usize = 500;

/// A schedule, checked.
#[derive(Clone, Debug)]
pub struct ScheduleEntry {
    name: String,
    expression: String,
    times: Times,
    timezone: String,
    kind: Kind,
    args: serde_json::Value,
    catch_up: CatchUp,
    jitter: Duration,
}

impl ScheduleEntry {
    /// Checks a schedule as written in the settings.
    ///
    /// # Errors
    /// A sentence that names the schedule and what is wrong with it.
    pub fn new(
        name: &str,
        expression: &str,
        timezone: &str,
        kind: Kind,
        args: serde_json::Value,
        catch_up: CatchUp,
        jitter: Duration,
    ) -> Result<Self, String> {
        let times = Times::new(expression, timezone).map_err(|error| format!("schedule {name}: {error}"))?;
        Ok(Self {
            name: name.to_owned(),
            expression: expression.to_owned(),
            times,
            timezone: timezone.to_owned(),
            kind,
            args,
            catch_up,
            jitter,
        })
    }

    /// What Postgres keeps of it.
    #[must_use]
    pub fn definition(&self) -> Definition {
        Definition {
            name: self.name.clone(),
            cron: self.expression.clone(),
            timezone: self.timezone.clone(),
            kind: self.kind.name.to_owned(),
            catch_up: self.catch_up,
            jitter_seconds: i32::try_from(self.jitter.as_secs()).unwrap_or(i32::MAX),
            job: self.job(),
        }
    }

    fn job(&self) -> NewJob {
        NewJob {
            kind: self.kind.name.to_owned(),
            version: self.kind.version,
            queue: self.kind.queue.name().to_owned(),
            args: self.args.clone(),
            priority: self.kind.policy.priority as i16,
            max_attempts: self.kind.policy.max_attempts,
            unique_key: None,
            unique_until_started: false,
        }
    }

    fn options(&self) -> Options {
        let jitter = self.jitter.mul_f64(rand::rng().random_range(0.0..1.0));
        Options { delay: (!jitter.is_zero()).then_some(jitter), ..Options::default() }
    }
}

/// Fires due slots until the node drains. Every node does; a slot's row decides which of them is first.
pub async fn run(node: Arc<Node>) {
    let mut outage = Outage::new("schedules");
    while !node.is_draining() {
        tokio::select! {
            fired = fire_connected(&node, &mut outage) => match fired {
                Ok(()) => {}
                Err(error) => outage.pause("cannot fire schedules", &error).await,
            },
            () = node.drained() => {}
        }
    }
}

async fn fire_connected(node: &Node, outage: &mut Outage) -> Result<(), Error> {
    let mut postgres = PgConnection::connect(&node.options.database_url).await?;
    loop {
        for known in schedule::known(&mut postgres).await? {
            if let Some(entry) = node.options.schedules.iter().find(|entry| entry.name == known.name) {
                fire_due(node, &mut postgres, entry, &known).await?;
            }
        }
        outage.over();
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn fire_due(node: &Node, postgres: &mut PgConnection, entry: &ScheduleEntry, known: &Known) -> Result<(), Error> {
    let due = entry.times.after(known.dealt_with).take_while(|slot| *slot <= known.now);
    let slots: Vec<DateTime<Utc>> = due.take(SLOTS_AT_ONCE).collect();
    // when there are more than are looked at in one go, the latest of all is not among these
    let latest = slots.last().copied().filter(|_| slots.len() < SLOTS_AT_ONCE);
    for slot in slots {
        // a slot is missed when nobody fired it within a minute of its time
        let missed = known.now - slot > chrono::Duration::seconds(60);
        let outcome = match entry.catch_up {
            _ if known.paused => SlotOutcome::Paused,
            CatchUp::Last if Some(slot) != latest => SlotOutcome::Missed,
            _ if !missed => SlotOutcome::Fired,
            CatchUp::Skip => SlotOutcome::Missed,
            CatchUp::All | CatchUp::Last => SlotOutcome::CaughtUp,
        };
        schedule::fire(postgres, node.id(), &entry.name, slot, outcome, &entry.job(), &entry.options()).await?;
    }
    Ok(())
}

/// The queues that recurring work of these entries needs.
#[must_use]
pub fn queues(entries: &[ScheduleEntry]) -> Vec<Queue> {
    entries.iter().map(|entry| entry.kind.queue).collect()
}

#[cfg(test)]
mod tests {
    use ledgerline_jobs::maintenance::KeepHouse;

    use super::*;

    #[test]
    fn a_wrong_expression_is_named() {
        let wrong = ScheduleEntry::new(
            "nightly",
            "61 * * * *",
            "Etc/UTC",
            Kind::of::<KeepHouse>(),
            serde_json::json!({}),
            CatchUp::Skip,
            Duration::ZERO,
        );
        assert!(wrong.is_err_and(|error| error.contains("nightly") && error.contains("61 * * * *")));
    }
}
