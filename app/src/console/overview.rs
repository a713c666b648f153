//! How much there is, where, and who works on it.

use std::{collections::BTreeMap, time::Duration};

use ledgerline_jobs::Queue;
use redis::aio::MultiplexedConnection;
use sqlx::PgConnection;
use tokio::time::timeout;

use super::{
    queries::{
        self,
        load::{self, EndedRow, LineRow, NodeRow, QueueRow, ScheduleRow},
    },
    schedules::next_slot,
    view::{Counts, Load, NodeView, Overview, QueueView, RedisState, ScheduleView},
};
use crate::{Ledgerline, error::Result, page::BoundedCount};

/// A Redis that does not answer this fast counts as down.
const REDIS_PATIENCE: Duration = Duration::from_millis(300);

/// Asks Redis whether it is there, over a connection that is kept while it works.
#[derive(Default)]
pub struct RedisProbe {
    connection: Option<MultiplexedConnection>,
}

impl RedisProbe {
    async fn ask(&mut self, ledgerline: &Ledgerline) -> RedisState {
        let kept = self.connection.take();
        let answered = timeout(REDIS_PATIENCE, async {
            let mut connection = match kept {
                Some(connection) => connection,
                None => ledgerline.redis.get_multiplexed_async_connection().await?,
            };
            redis::cmd("PING").query_async::<()>(&mut connection).await?;
            Ok::<_, redis::RedisError>(connection)
        });
        self.connection = answered.await.ok().and_then(Result::ok);
        if self.connection.is_some() { RedisState::Ok } else { RedisState::Down }
    }
}

/// The overview.
///
/// # Errors
/// When Postgres cannot be reached.
pub async fn overview(ledgerline: &Ledgerline) -> Result<Overview> {
    let load = load(ledgerline, &mut RedisProbe::default()).await?;
    let mut tx = queries::look(&ledgerline.databases.platform).await?;
    let schedules = load::schedules(&mut tx).await?.into_iter().map(ScheduleView::from).collect();
    Ok(Overview { load, schedules })
}

/// What changes by the second.
///
/// # Errors
/// When Postgres cannot be reached.
pub async fn load(ledgerline: &Ledgerline, probe: &mut RedisProbe) -> Result<Load> {
    let (postgres, redis) = tokio::join!(
        async {
            let mut tx = queries::look(&ledgerline.databases.platform).await?;
            let lines = load::lines(&mut tx).await?;
            let queues = gather(&mut tx, &lines).await?;
            let states = load::states(&mut tx).await?;
            let nodes = load::nodes(&mut tx).await?.into_iter().map(NodeView::from).collect();
            let counts = Counts {
                scheduled: BoundedCount::of(lines.iter().map(|line| line.scheduled).sum()),
                queued: BoundedCount::of(lines.iter().map(|line| line.queued).sum()),
                running: BoundedCount::of(lines.iter().map(|line| line.running).sum()),
                waiting: BoundedCount::of(states.waiting),
                parked: BoundedCount::of(states.parked),
                succeeded: BoundedCount::of(states.succeeded),
                dead: BoundedCount::of(states.dead),
                cancelled: BoundedCount::of(states.cancelled),
                quarantined: BoundedCount::of(states.quarantined),
            };
            Ok::<_, crate::Error>((counts, queues, nodes))
        },
        probe.ask(ledgerline),
    );
    let (counts, queues, nodes) = postgres?;
    Ok(Load { counts, queues, nodes, redis })
}

/// All queues: the product's in their order, then any others that have jobs or were paused.
///
/// # Errors
/// When Postgres cannot be reached.
pub async fn queues(conn: &mut PgConnection) -> Result<Vec<QueueView>> {
    let lines = load::lines(conn).await?;
    gather(conn, &lines).await
}

async fn gather(conn: &mut PgConnection, lines: &[LineRow]) -> Result<Vec<QueueView>> {
    let known = load::queues(conn).await?;
    let ended = load::ended(conn).await?;
    Ok(merged(lines, known, &ended))
}

fn merged(lines: &[LineRow], known: Vec<QueueRow>, ended: &[EndedRow]) -> Vec<QueueView> {
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
                depth: BoundedCount::of(of_queue().map(|line| line.queued).sum()),
                running: of_queue().map(|line| line.running).sum(),
                oldest_seconds: oldest.map(whole),
                per_minute: 0,
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

impl From<NodeRow> for NodeView {
    fn from(row: NodeRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            host: row.host,
            pid: row.pid,
            version: row.version,
            started_at: row.started_at,
            beat_at: row.beat_at,
            state: row.state,
            running: row.running,
        }
    }
}

impl From<ScheduleRow> for ScheduleView {
    fn from(row: ScheduleRow) -> Self {
        let next = next_slot(&row.cron, &row.timezone, row.last_slot, row.now);
        Self {
            next_slot: next.filter(|_| !row.paused),
            name: row.name,
            cron: row.cron,
            timezone: row.timezone,
            kind: row.kind,
            catch_up: row.catch_up,
            last_slot: row.last_slot,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::COUNT_CAP;

    fn line(queue: &str, queued: i64, oldest_seconds: Option<f64>) -> LineRow {
        LineRow { queue: queue.to_owned(), queued, running: 1, scheduled: 0, oldest_seconds }
    }

    #[test]
    fn lines_of_a_queue_add_up_and_unlisted_queues_come_last() {
        let lines = [line("attic", 0, None), line("mail", 2, Some(3.4)), line("mail", COUNT_CAP + 1, Some(60.6))];
        let paused = QueueRow { name: "cellar".to_owned(), paused: true, paused_by: Some("Oda".to_owned()) };
        let ended = [EndedRow { queue: "mail".to_owned(), per_minute: 119.6 }];
        let queues = merged(&lines, vec![paused], &ended);
        let names: Vec<&str> = queues.iter().map(|queue| queue.name.as_str()).collect();
        assert_eq!(names, ["critical", "default", "mail", "imports", "maintenance", "attic", "cellar"]);
        let mail = &queues[2];
        assert_eq!(mail.depth, BoundedCount { count: COUNT_CAP, capped: true });
        assert_eq!((mail.running, mail.oldest_seconds, mail.per_minute), (2, Some(61), 120));
        assert_eq!((queues[6].paused, queues[6].paused_by.as_deref()), (true, Some("Oda")));
    }
}
