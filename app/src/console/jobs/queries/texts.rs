//! What a search reads of jobs besides what its statements compare.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;

/// More of an error is shown nowhere.
const LONGEST: i32 = 20_000;

/// What a search by error or argument is about.
#[derive(Debug)]
pub struct TextRow {
    /// The job.
    pub id: Uuid,
    /// `<slice>.<verb>`.
    pub kind: String,
    /// Version of its arguments.
    pub version: i16,
    /// Its latest error and the reason of its end, as they are stored.
    pub text: String,
}

/// The jobs, in no order. Between which times those ended that did, is given as far as it is known.
pub(crate) async fn of(
    conn: &mut PgConnection,
    ids: &[Uuid],
    ended: Option<(DateTime<Utc>, DateTime<Utc>)>,
) -> Result<Vec<TextRow>> {
    let (earliest, latest) = ended.unzip();
    Ok(sqlx::query_as!(
        TextRow,
        r#"select id as "id!", kind as "kind!", version as "version!", left(text, $4) as "text!"
           from (
             select id, kind, version, concat_ws(' ', last_error, reason) as text from jobs where id = any($1)
             union all
             select id, kind, version, concat_ws(' ', last_error, reason) from dead_jobs where id = any($1)
             union all
             select id, kind, version, concat_ws(' ', last_error, reason) from finished_jobs
             where id = any($1) and ($2::timestamptz is null or finished_at between $2 and $3)
           ) job"#,
        ids,
        earliest,
        latest,
        LONGEST
    )
    .fetch_all(conn)
    .await?)
}
