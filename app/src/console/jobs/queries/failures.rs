//! Dead jobs by what their errors have in common.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;

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
}

/// The largest groups among these jobs; those of them that are not dead are left out.
pub(crate) async fn groups(conn: &mut PgConnection, jobs: &[Uuid]) -> Result<Vec<GroupRow>> {
    Ok(sqlx::query_as!(
        GroupRow,
        r#"with groups as (
             select kind, fingerprint, count(*) as jobs, min(finished_at) as first_at, max(finished_at) as last_at,
               (array_agg(id order by finished_at desc, id desc))[1] as id
             from dead_jobs where id = any($1) group by kind, fingerprint
             order by count(*) desc, max(finished_at) desc limit $2
           )
           select groups.kind as "kind!", groups.fingerprint, jobs as "jobs!", first_at as "first_at!",
             last_at as "last_at!", left(dead_jobs.last_error, $3) as error
           from groups join dead_jobs on dead_jobs.id = groups.id
           order by jobs desc, last_at desc"#,
        jobs,
        GROUPS,
        ERROR_LENGTH
    )
    .fetch_all(conn)
    .await?)
}
