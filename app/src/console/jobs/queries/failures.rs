//! Dead jobs by what their errors have in common.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::{error::Result, page::COUNT_CAP};

/// Groups shown.
const GROUPS: i64 = 100;
/// Groups show the beginning of an error.
const ERROR_LENGTH: i32 = 500;

/// Dead jobs of one kind and fingerprint.
#[derive(Debug)]
#[expect(missing_docs, reason = "described at FailureView")]
pub struct GroupRow {
    pub kind: String,
    pub fingerprint: Option<String>,
    pub jobs: i64,
    pub error: Option<String>,
    pub first_at: DateTime<Utc>,
    pub last_at: DateTime<Utc>,
    /// Jobs looked at, at most one more than the cap.
    pub looked: i64,
}

/// The largest groups among the latest ten thousand dead jobs, of one kind or all.
pub(crate) async fn groups(conn: &mut PgConnection, kind: Option<&str>) -> Result<Vec<GroupRow>> {
    Ok(sqlx::query_as!(
        GroupRow,
        r#"with latest as materialized (
             select id, kind, fingerprint, finished_at from dead_jobs
             where $1::text is null or kind = $1
             order by finished_at desc, id desc limit $2
           ), groups as (
             select kind, fingerprint, count(*) as jobs, min(finished_at) as first_at, max(finished_at) as last_at,
               (array_agg(id order by finished_at desc))[1] as id
             from latest group by kind, fingerprint
             order by count(*) desc, max(finished_at) desc limit $3
           )
           select groups.kind as "kind!", groups.fingerprint, jobs as "jobs!", first_at as "first_at!",
             last_at as "last_at!", left(dead_jobs.last_error, $4) as error, (select count(*) from latest) as "looked!"
           from groups join dead_jobs on dead_jobs.id = groups.id
           order by jobs desc, last_at desc"#,
        kind,
        COUNT_CAP + 1,
        GROUPS,
        ERROR_LENGTH
    )
    .fetch_all(conn)
    .await?)
}
