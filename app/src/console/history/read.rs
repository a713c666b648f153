//! Adds up what nodes wrote down, step by step.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use ledgerline_jobs::engine::rates::Histogram;
use sqlx::PgConnection;

use super::{
    queries::{self, AskedRow, DeadRow, RateRow, SampleRow},
    view::{FailingKind, History, HistoryStep, Percentiles, QueueHistory, Range},
};
use crate::{console::mask, error::Result, page::BoundedCount};

/// Failing kinds shown.
const FAILING: usize = 20;
/// Letters of an error shown.
const ERROR_SHOWN: usize = 300;

/// The history of a range up to now.
///
/// # Errors
/// When Postgres cannot be reached.
pub async fn history(conn: &mut PgConnection, range: Range) -> Result<History> {
    let step = range.step_minutes();
    let now = queries::present_step(conn, step).await?;
    let length = Duration::minutes(i64::from(step));
    let since = now - length * i32::try_from(range.steps() - 1).unwrap_or(i32::MAX);
    let rates = queries::rates(conn, step, since).await?;
    let samples = queries::samples(conn, step, since).await?;
    let asked = queries::asked(conn, step, since).await?;
    let dead = queries::dead(conn).await?;
    let axis = Axis { since, length, steps: range.steps() };
    let (steps, total) = axis.steps(&rates, &samples, &asked);
    Ok(History {
        range,
        step_seconds: length.num_seconds(),
        since,
        steps,
        total,
        queues: axis.queues(&rates, &samples),
        failing: failing(&rates, dead),
    })
}

/// The steps of a chart.
#[derive(Clone, Copy, Debug)]
struct Axis {
    since: DateTime<Utc>,
    length: Duration,
    steps: usize,
}

/// Counts that are not told until they are added up.
#[derive(Clone, Debug, Default)]
struct Sum {
    step: HistoryStep,
    waits: Histogram,
    runs: Histogram,
}

impl Sum {
    fn add(&mut self, row: &RateRow) {
        self.step.succeeded += row.succeeded;
        self.step.failed += row.failed + row.dead;
        self.waits.merge(&row.waits);
        self.runs.merge(&row.runs);
    }

    fn told(self) -> HistoryStep {
        HistoryStep { wait: percentiles(&self.waits), run: percentiles(&self.runs), ..self.step }
    }
}

fn percentiles(times: &Histogram) -> Percentiles {
    Percentiles { p50: times.percentile(0.5), p95: times.percentile(0.95), p99: times.percentile(0.99) }
}

impl Axis {
    /// The place of a time.
    fn place(&self, at: DateTime<Utc>) -> Option<usize> {
        let place = (at - self.since).num_seconds().div_euclid(self.length.num_seconds().max(1));
        usize::try_from(place).ok().filter(|place| *place < self.steps)
    }

    fn steps(&self, rates: &[RateRow], samples: &[SampleRow], asked: &[AskedRow]) -> (Vec<HistoryStep>, HistoryStep) {
        let mut sums = vec![Sum::default(); self.steps];
        let mut total = Sum::default();
        for row in rates {
            total.add(row);
            if let Some(sum) = self.place(row.at).and_then(|place| sums.get_mut(place)) {
                sum.add(row);
            }
        }
        for row in asked {
            total.step.asked += row.jobs;
            if let Some(sum) = self.place(row.at).and_then(|place| sums.get_mut(place)) {
                sum.step.asked += row.jobs;
            }
        }
        for row in samples {
            if let Some(sum) = self.place(row.at).and_then(|place| sums.get_mut(place)) {
                sum.step.depth += row.depth;
            }
        }
        total.step.depth = sums.iter().map(|sum| sum.step.depth).max().unwrap_or_default();
        (sums.into_iter().map(Sum::told).collect(), total.told())
    }

    fn queues(&self, rates: &[RateRow], samples: &[SampleRow]) -> Vec<QueueHistory> {
        let empty = || vec![0; self.steps];
        let mut queues: BTreeMap<&str, QueueHistory> = BTreeMap::new();
        let names = rates.iter().map(|row| row.queue.as_str()).chain(samples.iter().map(|row| row.queue.as_str()));
        for name in names {
            queues.entry(name).or_insert_with(|| QueueHistory {
                name: name.to_owned(),
                depth: empty(),
                oldest_seconds: empty(),
                ended: empty(),
            });
        }
        for row in rates {
            if let Some(ended) =
                queues.get_mut(row.queue.as_str()).and_then(|queue| queue.ended.get_mut(self.place(row.at)?))
            {
                *ended += row.succeeded + row.failed + row.dead;
            }
        }
        for row in samples {
            let (Some(queue), Some(place)) = (queues.get_mut(row.queue.as_str()), self.place(row.at)) else { continue };
            if let (Some(depth), Some(oldest)) = (queue.depth.get_mut(place), queue.oldest_seconds.get_mut(place)) {
                (*depth, *oldest) = (row.depth, row.oldest_seconds);
            }
        }
        queues.into_values().collect()
    }
}

fn failing(rates: &[RateRow], dead: Vec<DeadRow>) -> Vec<FailingKind> {
    let mut kinds: BTreeMap<&str, FailingKind> = BTreeMap::new();
    for row in rates {
        let kind = kinds.entry(&row.kind).or_insert_with(|| none(&row.kind));
        kind.succeeded += row.succeeded;
        kind.failed += row.failed + row.dead;
        kind.died += row.dead;
        if row.last_error_at > kind.last_error_at {
            kind.last_error.clone_from(&row.last_error);
            kind.last_error_job = row.last_error_job;
            kind.last_error_at = row.last_error_at;
        }
    }
    for row in &dead {
        let kind = kinds.entry(&row.kind).or_insert_with(|| none(&row.kind));
        kind.dead_now = BoundedCount::of(row.jobs);
        if Some(row.last_error_at) > kind.last_error_at {
            kind.last_error.clone_from(&row.last_error);
            kind.last_error_job = Some(row.last_error_job);
            kind.last_error_at = Some(row.last_error_at);
        }
    }
    let mut failing: Vec<FailingKind> =
        kinds.into_values().filter(|kind| kind.failed > 0 || kind.dead_now.count > 0).collect();
    failing.sort_by_key(|kind| std::cmp::Reverse((kind.died, kind.failed, kind.dead_now.count)));
    failing.truncate(FAILING);
    for kind in &mut failing {
        kind.last_error = kind.last_error.as_deref().map(|error| shortened(&mask::text(error)));
    }
    failing
}

fn none(kind: &str) -> FailingKind {
    FailingKind {
        kind: kind.to_owned(),
        failed: 0,
        died: 0,
        succeeded: 0,
        dead_now: BoundedCount::of(0),
        last_error: None,
        last_error_job: None,
        last_error_at: None,
    }
}

fn shortened(error: &str) -> String {
    error.chars().take(ERROR_SHOWN).collect()
}
