//! Recurring work: computes the slots that are due and fires each as a unique row.

use std::{str::FromStr as _, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use cron::Schedule;
use ledgerline_jobs::{
    NewJob, Options, Queue,
    catalog::Kind,
    engine::schedule::{self, CatchUp, Definition, Known, SlotOutcome},
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
    schedule: Schedule,
    timezone: Tz,
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
        // five fields are minutes to weekdays; the library wants seconds first
        let fields = expression.split_whitespace().count();
        let full = if fields == 5 { format!("0 {expression}") } else { expression.to_owned() };
        let schedule = Schedule::from_str(&full)
            .map_err(|error| format!("schedule {name}: \"{expression}\" is not a cron expression: {error}"))?;
        let timezone = Tz::from_str(timezone)
            .map_err(|_| format!("schedule {name}: \"{timezone}\" is not an IANA time zone, such as Europe/Berlin"))?;
        Ok(Self {
            name: name.to_owned(),
            expression: expression.to_owned(),
            schedule,
            timezone,
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
            timezone: self.timezone.name().to_owned(),
            kind: self.kind.name.to_owned(),
            catch_up: self.catch_up,
            jitter_seconds: i32::try_from(self.jitter.as_secs()).unwrap_or(i32::MAX),
            job: self.job(),
        }
    }

    /// Due times after `after` up to and including `now`, oldest first. A local time that daylight saving repeats
    /// counts once, one that it skips does not exist.
    #[must_use]
    pub fn slots(&self, after: DateTime<Utc>, now: DateTime<Utc>) -> Vec<DateTime<Utc>> {
        let mut last_local = None;
        self.schedule
            .after(&after.with_timezone(&self.timezone))
            .take_while(|slot| slot.with_timezone(&Utc) <= now)
            .filter(|slot| {
                let local = slot.naive_local();
                let fresh = last_local != Some(local);
                last_local = Some(local);
                fresh
            })
            .map(|slot| slot.with_timezone(&Utc))
            .take(SLOTS_AT_ONCE)
            .collect()
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
    let slots = entry.slots(known.last_slot.unwrap_or(known.known_since), known.now);
    let Some(latest) = slots.last().copied() else {
        return Ok(());
    };
    for slot in slots {
        // a slot is missed when nobody fired it within a minute of its time
        let missed = known.now - slot > chrono::Duration::seconds(60);
        let outcome = match entry.catch_up {
            _ if known.paused => SlotOutcome::Paused,
            CatchUp::Last if slot != latest => SlotOutcome::Missed,
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
    use chrono::TimeZone as _;
    use ledgerline_jobs::maintenance::KeepHouse;

    use super::*;

    fn entry(expression: &str, timezone: &str) -> ScheduleEntry {
        ScheduleEntry::new(
            "x",
            expression,
            timezone,
            Kind::of::<KeepHouse>(),
            serde_json::json!({}),
            CatchUp::All,
            Duration::ZERO,
        )
        .unwrap_or_else(|error| panic!("{error}"))
    }

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap_or_else(|_| panic!("{text}"))
    }

    #[test]
    fn a_local_hour_that_is_skipped_does_not_fire_and_the_next_day_does() {
        // in Berlin 02:30 does not exist on 2026-03-29
        let slots =
            entry("30 2 * * *", "Europe/Berlin").slots(utc("2026-03-28T00:00:00Z"), utc("2026-03-30T12:00:00Z"));
        assert_eq!(slots, [utc("2026-03-28T01:30:00Z"), utc("2026-03-30T00:30:00Z")]);
    }

    #[test]
    fn a_local_hour_that_is_repeated_fires_once() {
        // in Berlin 02:30 comes twice on 2026-10-25
        let slots =
            entry("30 2 * * *", "Europe/Berlin").slots(utc("2026-10-24T12:00:00Z"), utc("2026-10-26T12:00:00Z"));
        assert_eq!(slots.len(), 2, "{slots:?}");
        assert_eq!(slots[1], utc("2026-10-26T01:30:00Z"));
    }

    #[test]
    fn every_hour_fires_each_real_hour_of_a_long_day() {
        let start = chrono_tz::Europe::Berlin.with_ymd_and_hms(2026, 10, 25, 0, 0, 0).single().map(|t| t.to_utc());
        let end = chrono_tz::Europe::Berlin.with_ymd_and_hms(2026, 10, 26, 0, 0, 0).single().map(|t| t.to_utc());
        let (Some(start), Some(end)) = (start, end) else { panic!("both exist") };
        let slots = entry("0 * * * *", "Etc/UTC").slots(start, end);
        assert_eq!(slots.len(), 25);
    }

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
