//! What the dispatcher reads: the due rows of its lanes, and which queues are paused.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// Where a scan of one queue and priority stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Due time of the last row read.
    pub run_at: DateTime<Utc>,
    /// Its id.
    pub id: Uuid,
}

/// A scan to be taken further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scan {
    /// Name of the queue.
    pub queue: &'static str,
    /// Jobs of this priority.
    pub priority: i16,
    /// Rows after this one; from the oldest when there is none. Rows commit out of order, so a scan starts anew from
    /// time to time.
    pub after: Option<Position>,
    /// Rows at most.
    pub limit: usize,
}

/// A row that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// Where it stands.
    pub position: Position,
    /// How often it was claimed so far: with the id it names one offer, so that a job which comes back at once is
    /// offered at once.
    pub epoch: i32,
}

/// What a scan found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// An operator paused the queue; nothing of it is offered.
    pub paused: bool,
    /// Due rows, oldest first.
    pub due: Vec<Due>,
}

/// Takes all scans further with one statement: an idle queue costs a look into an index, not a round trip. Answers one
/// [`Found`] for each of `scans`, in their order.
///
/// # Errors
/// When Postgres fails.
pub async fn look(conn: &mut PgConnection, scans: &[Scan]) -> Result<Vec<Found>, sqlx::Error> {
    let queues: Vec<&str> = scans.iter().map(|scan| scan.queue).collect();
    let priorities: Vec<i16> = scans.iter().map(|scan| scan.priority).collect();
    let times: Vec<Option<DateTime<Utc>>> = scans.iter().map(|scan| scan.after.map(|after| after.run_at)).collect();
    let ids: Vec<Uuid> = scans.iter().map(|scan| scan.after.map_or_else(Uuid::nil, |after| after.id)).collect();
    let limits: Vec<i64> = scans.iter().map(|scan| i64::try_from(scan.limit).unwrap_or(i64::MAX)).collect();
    let rows = sqlx::query!(
        r#"with scan as materialized (
             select number, queue, priority, coalesce(run_at, '-infinity') as run_at, id, most,
               exists (select from queues where queues.name = queue and paused_at is not null) as paused
             from unnest($1::text[], $2::smallint[], $3::timestamptz[], $4::uuid[], $5::bigint[])
               with ordinality as scan (queue, priority, run_at, id, most, number)
           )
           select number as "number!", paused as "paused!", due.run_at as "run_at?", due.id as "id?",
             due.epoch as "epoch?"
           from scan left join lateral (
             select run_at, id, epoch from jobs
             where queue = scan.queue and priority = scan.priority and run_at <= (select app_now())
               and state = 'scheduled' and not suspect and (run_at, id) > (scan.run_at, scan.id) and not scan.paused
             order by run_at, id limit scan.most
           ) as due on true
           where paused or due.id is not null"#,
        &queues as &[&str],
        &priorities,
        &times as &[Option<DateTime<Utc>>],
        &ids,
        &limits,
    )
    .fetch_all(conn)
    .await?;
    let mut found = vec![Found::default(); scans.len()];
    for row in rows {
        let Some(found) = usize::try_from(row.number - 1).ok().and_then(|number| found.get_mut(number)) else {
            continue;
        };
        found.paused = row.paused;
        if let (Some(run_at), Some(id), Some(epoch)) = (row.run_at, row.id, row.epoch) {
            found.due.push(Due { position: Position { run_at, id }, epoch });
        }
    }
    Ok(found)
}
