//! How much there is, where, and who works on it.

use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, SystemTime},
};

use chrono::{DateTime, Utc};
use ledgerline_jobs::Queue;
use redis::aio::MultiplexedConnection;
use sqlx::PgConnection;
use tokio::time::timeout;
use uuid::{NoContext, Timestamp, Uuid};

use super::{
    alarms, audit, nodes,
    queries::{
        self,
        load::{self, EndedRow, LineRow, QueueRow},
    },
    schedules,
    view::{Counts, Load, QueueLine, QueueView, Rates, RedisState},
};
use crate::{Ledgerline, error::Result, page::BoundedCount, wake};

/// A Redis that does not answer this fast counts as down.
const REDIS_PATIENCE: Duration = Duration::from_millis(300);
/// What rates speak of.
const MINUTE: Duration = Duration::from_secs(60);

/// How many ids stand in Redis, by queue; `None` while Redis does not answer.
type Windows = Option<HashMap<String, i64>>;

/// Asks Redis whether it is there and what stands in it, over a connection that is kept while it works.
#[derive(Default)]
pub struct RedisProbe {
    connection: Option<MultiplexedConnection>,
}

impl RedisProbe {
    async fn ask(&mut self, ledgerline: &Ledgerline) -> Windows {
        let kept = self.connection.take();
        let namespace = &ledgerline.settings.redis.namespace;
        let answered = timeout(REDIS_PATIENCE, async {
            let mut connection = match kept {
                Some(connection) => connection,
                None => ledgerline.redis.get_multiplexed_async_connection().await?,
            };
            let mut pipe = redis::pipe();
            for queue in Queue::ALL {
                pipe.llen(wake::list_key(namespace, queue.name()));
            }
            let lengths: Vec<i64> = pipe.query_async(&mut connection).await?;
            Ok::<_, redis::RedisError>((connection, lengths))
        });
        let (connection, lengths) = answered.await.ok().and_then(Result::ok)?;
        self.connection = Some(connection);
        Some(Queue::ALL.iter().map(|queue| queue.name().to_owned()).zip(lengths).collect())
    }
}

/// The overview.
///
/// # Errors
/// When Postgres cannot be reached.
pub async fn overview(ledgerline: &Ledgerline) -> Result<Load> {
    load(ledgerline, &mut RedisProbe::default()).await
}

/// What changes by the second.
///
/// # Errors
/// When Postgres cannot be reached.
pub async fn load(ledgerline: &Ledgerline, probe: &mut RedisProbe) -> Result<Load> {
    let (postgres, windows) = tokio::join!(
        async {
            let mut tx = queries::look(&ledgerline.databases.platform).await?;
            let read_at = load::read_at(&mut tx).await?;
            let lines = load::lines(&mut tx).await?;
            let known = load::queues(&mut tx).await?;
            let ended = load::ended(&mut tx).await?;
            let rates = rates(&mut tx, &ended).await?;
            let states = load::states(&mut tx).await?;
            let nodes = nodes::queries::present(&mut tx).await?;
            let overdue = schedules::read::overdue_now(&mut tx).await?;
            let log = audit::queries::checks::health(&mut tx).await?;
            let counts = Counts {
                scheduled: BoundedCount::sum(lines.iter().map(|line| (line.scheduled, line.more_scheduled))),
                queued: BoundedCount::sum(lines.iter().map(|line| (line.queued, line.more_queued))),
                running: BoundedCount::of(lines.iter().map(|line| line.running).sum()),
                waiting: BoundedCount::of(states.waiting),
                parked: BoundedCount::of(states.parked),
                succeeded: finished(states.succeeded),
                dead: BoundedCount::of(states.dead),
                cancelled: finished(states.cancelled),
                quarantined: BoundedCount::of(states.quarantined),
            };
            Ok::<_, crate::Error>((read_at, lines, known, ended, rates, counts, nodes, overdue, log))
        },
        probe.ask(ledgerline),
    );
    let (read_at, lines, known, ended, rates, counts, nodes, overdue, log) = postgres?;
    let redis = if windows.is_some() { RedisState::Ok } else { RedisState::Down };
    let queues = merged(read_at, &lines, &known, &ended, &windows);
    let mut alarms = alarms::alarms(&counts, &queues, &nodes, &overdue, redis);
    alarms.splice(0..0, alarms::of_audit(&log));
    Ok(Load { alarms, rates, counts, queues, nodes, redis })
}

fn finished(counted: i64) -> BoundedCount {
    if counted > load::FINISHED_CAP { BoundedCount::more_than(load::FINISHED_CAP) } else { BoundedCount::of(counted) }
}

async fn rates(conn: &mut PgConnection, ended: &[EndedRow]) -> Result<Rates> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let since = now.saturating_sub(MINUTE);
    let lately = load::asked(conn, Uuid::new_v7(Timestamp::from_unix(NoContext, since.as_secs(), 0))).await?;
    let full = lately.jobs >= load::SAMPLE;
    let oldest = lately.oldest.filter(|_| full).and_then(|id| id.get_timestamp()).map(|at| at.to_unix().0);
    let seconds = oldest.map_or(MINUTE.as_secs(), |at| now.as_secs().saturating_sub(at).clamp(1, MINUTE.as_secs()));
    Ok(Rates {
        asked: tenths(number(lately.jobs) / number(i64::try_from(seconds).unwrap_or(i64::MAX))),
        done: tenths(ended.iter().map(|row| row.done_per_minute).sum::<f64>() / 60.0),
        failed: tenths(load::failed(conn).await?),
    })
}

fn tenths(rate: f64) -> f64 {
    // a sum of nothing is minus zero
    (rate * 10.0).round() / 10.0 + 0.0
}

#[expect(clippy::cast_precision_loss, reason = "counts and seconds")]
fn number(count: i64) -> f64 {
    count as f64
}

/// All queues: the product's in their order, then any others that have jobs or were paused.
///
/// # Errors
/// When Postgres cannot be reached.
pub async fn queues(ledgerline: &Ledgerline) -> Result<Vec<QueueView>> {
    let mut probe = RedisProbe::default();
    let (postgres, windows) = tokio::join!(
        async {
            let mut tx = queries::look(&ledgerline.databases.platform).await?;
            let read_at = load::read_at(&mut tx).await?;
            let lines = load::lines(&mut tx).await?;
            Ok::<_, crate::Error>((read_at, lines, load::queues(&mut tx).await?, load::ended(&mut tx).await?))
        },
        probe.ask(ledgerline),
    );
    let (read_at, lines, known, ended) = postgres?;
    Ok(merged(read_at, &lines, &known, &ended, &windows))
}

fn merged(
    read_at: DateTime<Utc>,
    lines: &[LineRow],
    known: &[QueueRow],
    ended: &[EndedRow],
    windows: &Windows,
) -> Vec<QueueView> {
    let listed = |name: &str| Queue::ALL.iter().position(|queue| queue.name() == name).unwrap_or(usize::MAX);
    let names = Queue::ALL
        .iter()
        .map(|queue| queue.name())
        .chain(known.iter().map(|row| row.name.as_str()))
        .chain(lines.iter().map(|line| line.queue.as_str()));
    let mut queues: BTreeMap<(usize, String), QueueView> = names
        .map(|name| {
            let of_queue = || lines.iter().filter(|line| line.queue == name);
            let row = known.iter().find(|row| row.name == name);
            let oldest = of_queue().filter_map(|line| line.oldest_seconds).reduce(f64::max);
            let view = QueueView {
                name: name.to_owned(),
                paused: row.is_some_and(|row| row.paused),
                paused_by: row.filter(|row| row.paused).and_then(|row| row.paused_by.clone()),
                paused_at: row.and_then(|row| row.paused_at),
                paused_reason: row.filter(|row| row.paused).and_then(|row| row.paused_reason.clone()),
                depth: BoundedCount::sum(of_queue().map(|line| (line.queued, line.more_queued))),
                running: of_queue().map(|line| line.running).sum(),
                oldest_seconds: oldest.map(whole),
                per_minute: 0,
                window: windows.as_ref().map(|windows| windows.get(name).copied().unwrap_or_default()),
                priorities: of_queue().map(QueueLine::from).collect(),
                read_at,
            };
            ((listed(name), name.to_owned()), view)
        })
        .collect();
    for row in ended {
        if let Some(queue) = queues.get_mut(&(listed(&row.queue), row.queue.clone())) {
            queue.per_minute = whole(row.per_minute);
        }
    }
    queues.into_values().collect()
}

/// Rounded; ages and rates are far from the limits of the type.
#[expect(clippy::cast_possible_truncation, reason = "clamped before")]
fn whole(number: f64) -> i64 {
    number.round().clamp(0.0, 1e15) as i64
}

impl From<&LineRow> for QueueLine {
    fn from(line: &LineRow) -> Self {
        Self {
            priority: line.priority,
            depth: BoundedCount::sum([(line.queued, line.more_queued)]),
            running: line.running,
            scheduled: BoundedCount::sum([(line.scheduled, line.more_scheduled)]),
            oldest_seconds: line.oldest_seconds.map(whole),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::COUNT_CAP;

    fn line(queue: &str, priority: i16, queued: i64, oldest_seconds: Option<f64>) -> LineRow {
        LineRow {
            queue: queue.to_owned(),
            priority,
            queued,
            more_queued: false,
            running: 1,
            scheduled: 0,
            more_scheduled: false,
            oldest_seconds,
        }
    }

    #[test]
    fn lines_of_a_queue_add_up_and_unlisted_queues_come_last() {
        let lines =
            [line("attic", 1, 0, None), line("mail", 1, 2, Some(3.4)), line("mail", 3, COUNT_CAP + 1, Some(60.6))];
        let paused = QueueRow {
            name: "cellar".to_owned(),
            paused: true,
            paused_by: Some("Oda".to_owned()),
            paused_at: None,
            paused_reason: Some("flooded".to_owned()),
        };
        let ended = [EndedRow { queue: "mail".to_owned(), per_minute: 119.6, done_per_minute: 100.0 }];
        let windows = Some(HashMap::from([("mail".to_owned(), 7)]));
        let queues = merged(Utc::now(), &lines, &[paused], &ended, &windows);
        let names: Vec<&str> = queues.iter().map(|queue| queue.name.as_str()).collect();
        assert_eq!(names, ["critical", "default", "mail", "imports", "media", "maintenance", "attic", "cellar"]);
        let mail = &queues[2];
        assert_eq!(mail.depth, BoundedCount { count: COUNT_CAP, capped: true });
        assert_eq!((mail.running, mail.oldest_seconds, mail.per_minute), (2, Some(61), 120));
        assert_eq!(mail.priorities.iter().map(|line| line.priority).collect::<Vec<_>>(), [1, 3]);
        assert_eq!((mail.window, queues[0].window), (Some(7), Some(0)));
        assert_eq!((queues[7].paused, queues[7].paused_by.as_deref()), (true, Some("Oda")));
        assert_eq!(queues[7].paused_reason.as_deref(), Some("flooded"));
    }
}
