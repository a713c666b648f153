//! What the console reads of what happened.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::view::{ActivityView, What};
use crate::error::Result;

#[derive(Debug)]
struct Row {
    number: i64,
    at: DateTime<Utc>,
    what: String,
    subject: String,
    subject_id: Option<Uuid>,
    count: Option<i64>,
    by_name: Option<String>,
    reason: Option<String>,
}

impl From<Row> for ActivityView {
    fn from(row: Row) -> Self {
        Self {
            number: row.number,
            at: row.at,
            what: What::from(row.what.as_str()),
            subject: row.subject,
            subject_id: row.subject_id,
            count: row.count,
            by: row.by_name,
            reason: row.reason,
        }
    }
}

/// The number of the latest entry; 0 before the first.
pub(crate) async fn last(conn: &mut PgConnection) -> Result<i64> {
    Ok(sqlx::query_scalar!("select last from console_stream").fetch_one(conn).await?)
}

/// The number of the oldest entry that is kept.
pub(crate) async fn first(pool: &PgPool) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar!("select min(number) from console_activity").fetch_one(pool).await?)
}

/// A page, the latest first.
pub(crate) async fn page(conn: &mut PgConnection, before: Option<i64>, limit: i64) -> Result<Vec<ActivityView>> {
    let rows = sqlx::query_as!(
        Row,
        "select number, at, what, subject, subject_id, count, by_name, reason from console_activity
         where $1::bigint is null or number < $1 order by number desc limit $2",
        before,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(ActivityView::from).collect())
}

/// What came after a number up to another, in order.
pub(crate) async fn between(pool: &PgPool, after: i64, up_to: i64, limit: i64) -> Result<Vec<ActivityView>> {
    let rows = sqlx::query_as!(
        Row,
        "select number, at, what, subject, subject_id, count, by_name, reason from console_activity
         where number > $1 and number <= $2 order by number limit $3",
        after,
        up_to,
        limit
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(ActivityView::from).collect())
}
