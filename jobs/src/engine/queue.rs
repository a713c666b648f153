//! What the dispatcher reads: due rows by queue and priority, and which queues are paused.

use std::collections::HashSet;

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

impl Position {
    /// Before every row.
    pub const START: Self = Self { run_at: DateTime::<Utc>::MIN_UTC, id: Uuid::nil() };
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

/// Due rows after `after`, oldest first, at most `limit`. Rows commit out of order, so a scan starts anew from
/// [`Position::START`] from time to time.
///
/// # Errors
/// When Postgres fails.
pub async fn due(
    conn: &mut PgConnection,
    queue: &str,
    priority: i16,
    after: Position,
    limit: i64,
) -> Result<Vec<Due>, sqlx::Error> {
    // Postgres knows no time as early as chrono's first, so a scan from the start has a statement of its own
    if after == Position::START {
        let rows = sqlx::query!(
            "select run_at, id, epoch from jobs
             where queue = $1 and priority = $2 and run_at <= app_now() and state = 'scheduled' and not suspect
             order by run_at, id limit $3",
            queue,
            priority,
            limit
        )
        .fetch_all(conn)
        .await?;
        return Ok(rows
            .into_iter()
            .map(|row| Due { position: Position { run_at: row.run_at, id: row.id }, epoch: row.epoch })
            .collect());
    }
    let rows = sqlx::query!(
        "select run_at, id, epoch from jobs
         where queue = $1 and priority = $2 and run_at <= app_now() and state = 'scheduled' and not suspect
           and (run_at, id) > ($3, $4)
         order by run_at, id limit $5",
        queue,
        priority,
        after.run_at,
        after.id,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Due { position: Position { run_at: row.run_at, id: row.id }, epoch: row.epoch })
        .collect())
}

/// Names of the queues that an operator paused.
///
/// # Errors
/// When Postgres fails.
pub async fn paused(conn: &mut PgConnection) -> Result<HashSet<String>, sqlx::Error> {
    Ok(sqlx::query_scalar!("select name from queues where paused_at is not null")
        .fetch_all(conn)
        .await?
        .into_iter()
        .collect())
}
