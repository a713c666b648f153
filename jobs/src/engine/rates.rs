//! How much was done and how fast, by kind and minute. Nodes add up in memory and write rows of their own; what waits is
//! sampled by the node that leads the sweeper. Nothing of this stands in the way of a job.

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, Utc};
use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

use super::activity::{self, News};

/// Buckets of a histogram: bucket 0 holds what took less than a millisecond, bucket n ends at 2^(n/2) ms.
pub const BUCKETS: usize = 56;
/// Jobs of one queue and priority that are counted at most.
const COUNTED: i64 = 10_001;
/// Rows of steps that are over that are taken together at a time.
const FOLDED: i64 = 2_000;

/// How many took how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram([i64; BUCKETS]);

impl Default for Histogram {
    fn default() -> Self {
        Self([0; BUCKETS])
    }
}

impl Histogram {
    /// Counts one.
    pub fn add(&mut self, time: Duration) {
        if let Some(count) = self.0.get_mut(bucket(time)) {
            *count += 1;
        }
    }

    /// Adds another's counts, as they stand in a row.
    pub fn merge(&mut self, counts: &[i64]) {
        for (own, more) in self.0.iter_mut().zip(counts) {
            *own += more;
        }
    }

    /// As it stands in a row: without the empty buckets at the end.
    #[must_use]
    pub fn row(&self) -> &[i64] {
        let used = self.0.iter().rposition(|count| *count > 0).map_or(0, |last| last + 1);
        self.0.get(..used).unwrap_or_default()
    }

    /// The time in seconds that this share of all (0 to 1) did not exceed, read within its bucket in proportion; `None`
    /// when nothing was counted.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of jobs")]
    pub fn percentile(&self, share: f64) -> Option<f64> {
        let all: i64 = self.0.iter().sum();
        let wanted = (all > 0).then_some(all as f64 * share)?;
        let mut below = 0.0;
        for (bucket, count) in self.0.iter().enumerate() {
            let count = *count as f64;
            if count > 0.0 && below + count >= wanted {
                let (from, to) = (if bucket == 0 { 0.0 } else { edge(bucket - 1) }, edge(bucket));
                return Some((from + (to - from) * ((wanted - below) / count).clamp(0.0, 1.0)) / 1000.0);
            }
            below += count;
        }
        None
    }
}

/// The bucket of a time: half a power of two each, the last one takes the rest.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative, and bounded after")]
fn bucket(time: Duration) -> usize {
    let milliseconds = time.as_secs_f64() * 1000.0;
    if milliseconds < 1.0 { 0 } else { ((milliseconds.log2() * 2.0) as usize + 1).min(BUCKETS - 1) }
}

/// Where a bucket ends, in milliseconds.
#[expect(clippy::cast_precision_loss, reason = "a small number")]
fn edge(bucket: usize) -> f64 {
    (bucket as f64 / 2.0).exp2()
}

/// What a node did of one kind since it last wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Attempts that ended well.
    pub succeeded: i64,
    /// Attempts that failed and are tried again.
    pub failed: i64,
    /// Attempts that failed for good.
    pub dead: i64,
    /// Attempts that were cancelled.
    pub cancelled: i64,
    /// How long jobs were due before they began.
    pub waits: Histogram,
    /// How long attempts took.
    pub runs: Histogram,
    /// What went wrong last, and in which job.
    pub last_error: Option<(String, Uuid)>,
}

impl Done {
    /// Adds what was done before; the own error is the later one.
    pub fn merge(&mut self, other: Self) {
        self.succeeded += other.succeeded;
        self.failed += other.failed;
        self.dead += other.dead;
        self.cancelled += other.cancelled;
        self.waits.merge(other.waits.row());
        self.runs.merge(other.runs.row());
        self.last_error = self.last_error.take().or(other.last_error);
    }
}

/// Adds what a node did of one kind to the present minute, quarter and hour.
///
/// # Errors
/// When Postgres fails.
pub async fn write(
    conn: &mut PgConnection,
    node: Uuid,
    kind: &str,
    queue: &str,
    done: &Done,
) -> Result<(), sqlx::Error> {
    let mut tx = conn.begin().await?;
    add(&mut tx, Step::Present, node, kind, queue, done).await?;
    if done.dead > 0 {
        activity::tell(&mut tx, &News::about("jobs_died", kind).count(done.dead)).await?;
    }
    tx.commit().await
}

/// What a row is about.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// The minute, the quarter and the hour it is.
    Present,
    /// One that is over: its minutes, its beginning, and when the last error was.
    Over(i16, DateTime<Utc>, Option<DateTime<Utc>>),
}

async fn add(
    conn: &mut PgConnection,
    step: Step,
    node: Uuid,
    kind: &str,
    queue: &str,
    done: &Done,
) -> Result<(), sqlx::Error> {
    let (steps, at, error_at) = match step {
        Step::Present => (vec![1, 15, 60], None, None),
        Step::Over(minutes, at, error_at) => (vec![minutes], Some(at), error_at),
    };
    let (error, job) = done.last_error.clone().unzip();
    sqlx::query!(
        "insert into job_rates as old (step, at, kind, queue, node_id, succeeded, failed, dead, cancelled, waits, runs,
           last_error, last_error_job, last_error_at)
         select step, coalesce($13, date_bin(make_interval(mins => step), app_now(), 'epoch')), $1, $2, $3, $4, $5, $6,
           $7, $8, $9, $10, $11, case when $11::uuid is not null then coalesce($14, app_now()) end
         from unnest($12::smallint[]) as step
         on conflict (step, at, kind, queue, node_id) do update set
           succeeded = old.succeeded + excluded.succeeded, failed = old.failed + excluded.failed,
           dead = old.dead + excluded.dead, cancelled = old.cancelled + excluded.cancelled,
           waits = array(select coalesce(a, 0) + coalesce(b, 0)
             from unnest(old.waits, excluded.waits) with ordinality as pair (a, b, n) order by n),
           runs = array(select coalesce(a, 0) + coalesce(b, 0)
             from unnest(old.runs, excluded.runs) with ordinality as pair (a, b, n) order by n),
           last_error = coalesce(excluded.last_error, old.last_error),
           last_error_job = coalesce(excluded.last_error_job, old.last_error_job),
           last_error_at = coalesce(excluded.last_error_at, old.last_error_at)",
        kind,
        queue,
        node,
        done.succeeded,
        done.failed,
        done.dead,
        done.cancelled,
        done.waits.row(),
        done.runs.row(),
        error,
        job,
        &steps,
        at,
        error_at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A step's minutes and beginning, a kind and a queue.
type OfStep = (i16, DateTime<Utc>, String, String);

/// A row of a step that is over.
struct Over {
    step: i16,
    at: DateTime<Utc>,
    kind: String,
    queue: String,
    succeeded: i64,
    failed: i64,
    dead: i64,
    cancelled: i64,
    waits: Vec<i64>,
    runs: Vec<i64>,
    last_error: Option<String>,
    last_error_job: Option<Uuid>,
    last_error_at: Option<DateTime<Utc>>,
}

/// Makes one row, of no node, of what all nodes wrote down of a kind within a step that is over: charts of a week read
/// as many rows however many nodes there are. Takes some thousand rows at a time; answers how many.
///
/// # Errors
/// When Postgres fails.
pub async fn fold(conn: &mut PgConnection) -> Result<usize, sqlx::Error> {
    let mut tx = conn.begin().await?;
    // a node that took its time to write may still add to the last minute: that row is folded the next time
    let rows = sqlx::query_as!(
        Over,
        "delete from job_rates where ctid = any(array(
           select ctid from job_rates
           where node_id <> '00000000-0000-0000-0000-000000000000'
             and at < app_now() - interval '1 minute' and at + make_interval(mins => step) < app_now() - interval '1 minute'
           order by at limit $1 for update skip locked))
         returning step, at, kind, queue, succeeded, failed, dead, cancelled, waits, runs, last_error, last_error_job,
           last_error_at",
        FOLDED
    )
    .fetch_all(&mut *tx)
    .await?;
    let folded = rows.len();
    let mut sums: BTreeMap<OfStep, (Done, Option<DateTime<Utc>>)> = BTreeMap::new();
    for row in rows {
        let (sum, error_at) = sums.entry((row.step, row.at, row.kind, row.queue)).or_default();
        sum.succeeded += row.succeeded;
        sum.failed += row.failed;
        sum.dead += row.dead;
        sum.cancelled += row.cancelled;
        sum.waits.merge(&row.waits);
        sum.runs.merge(&row.runs);
        if row.last_error_at > *error_at {
            *error_at = row.last_error_at;
            sum.last_error = row.last_error.zip(row.last_error_job);
        }
    }
    for ((step, at, kind, queue), (sum, error_at)) in &sums {
        add(&mut tx, Step::Over(*step, *at, *error_at), Uuid::nil(), kind, queue, sum).await?;
    }
    tx.commit().await?;
    Ok(folded)
}

/// Writes down how much waits in each queue, and how many jobs came into the queues since the last time: asked for, or
/// retried. What was rolled back is among them, since Postgres counts it.
///
/// # Errors
/// When Postgres fails.
pub async fn sample(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "with recursive lines as (
           (select queue, priority from jobs order by queue, priority limit 1)
           union all
           select next.queue, next.priority from lines cross join lateral (
             select queue, priority from jobs where (queue, priority) > (lines.queue, lines.priority)
             order by queue, priority limit 1) next
         ), due as (
           select lines.queue, due.jobs, due.oldest from lines cross join lateral (
             select count(*) as jobs, min(run_at) as oldest from (
               select run_at from jobs where jobs.queue = lines.queue and jobs.priority = lines.priority
                 and run_at <= (select app_now()) and state = 'scheduled'
               order by run_at, id limit $1) front) due
         ), queues as (
           select queue, sum(jobs)::bigint as depth,
             coalesce(extract(epoch from (select app_now()) - min(oldest)), 0)::bigint as oldest_seconds
           from due group by queue
         )
         insert into queue_samples as old (step, at, queue, depth, oldest_seconds)
         select step, date_bin(make_interval(mins => step), app_now(), 'epoch'), queue, depth, oldest_seconds
         from queues cross join unnest('{1,15,60}'::smallint[]) as step
         on conflict (step, at, queue) do update set
           depth = greatest(old.depth, excluded.depth),
           oldest_seconds = greatest(old.oldest_seconds, excluded.oldest_seconds)",
        COUNTED
    )
    .execute(&mut *conn)
    .await?;
    // the statistics begin anew when Postgres crashes, so a smaller number is all there is since
    sqlx::query!(
        "with now as (
           select coalesce(n_tup_ins, 0) as counter from pg_stat_user_tables where relid = 'jobs'::regclass
         ), since as (
           select now.counter, case when last.counter is null then 0
             when now.counter < last.counter then now.counter else now.counter - last.counter end as jobs
           from now left join (select counter from asked_rates where step = 1 order by at desc limit 1) last on true
         )
         insert into asked_rates as old (step, at, jobs, counter)
         select step, date_bin(make_interval(mins => step), app_now(), 'epoch'), jobs, counter
         from since cross join unnest('{1,15,60}'::smallint[]) as step
         on conflict (step, at) do update set jobs = old.jobs + excluded.jobs, counter = excluded.counter"
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets what no chart shows any more: minutes after two days, quarters after a week more, hours and entries of the
/// activity older than `before`.
///
/// # Errors
/// When Postgres fails.
pub async fn forget(conn: &mut PgConnection, before: DateTime<Utc>) -> Result<(), sqlx::Error> {
    for table in ["job_rates", "queue_samples", "asked_rates"] {
        // the names are ours
        let statement = format!(
            "delete from {table} where step = 1 and at < app_now() - interval '2 days'
               or step = 15 and at < app_now() - interval '9 days' or step = 60 and at < $1"
        );
        sqlx::query(sqlx::AssertSqlSafe(statement)).bind(before).execute(&mut *conn).await?;
    }
    sqlx::query!("delete from console_activity where at < $1", before).execute(&mut *conn).await?;
    sqlx::query!("delete from schedule_runs where asked_at < $1", before).execute(conn).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_read_within_its_bucket() {
        let mut times = Histogram::default();
        assert_eq!(times.percentile(0.5), None);
        for milliseconds in 1..=1000 {
            times.add(Duration::from_millis(milliseconds));
        }
        for (share, expected) in [(0.5, 0.5), (0.95, 0.95), (0.99, 0.99)] {
            let found = times.percentile(share).unwrap_or_default();
            assert!((found - expected).abs() < 0.05, "{share}: {found}");
        }
    }

    #[test]
    fn the_shortest_and_the_longest_have_a_bucket() {
        let mut times = Histogram::default();
        times.add(Duration::ZERO);
        assert_eq!(times.row(), [1]);
        times.add(Duration::from_secs(40 * 86_400));
        assert_eq!(times.row().len(), BUCKETS);
        let mut sum = Histogram::default();
        sum.merge(times.row());
        assert_eq!(sum, times);
    }
}
