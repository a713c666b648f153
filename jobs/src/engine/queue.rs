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
) -> Result<Vec<Position>, sqlx::Error> {
    if after == Position::START {
        // Postgres knows no time as early as chrono's first, so a scan from the start has a statement of its own
        return sqlx::query_as!(
            Position,
            "select run_at, id from jobs
             where queue = $1 and priority = $2 and run_at <= app_now() and state = 'scheduled' and not suspect
             order by run_at, id limit $3",
            queue,
            priority,
            limit
        )
        .fetch_all(conn)
        .await;
    }
    sqlx::query_as!(
        Position,
        "select run_at, id from jobs
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
    .await
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
