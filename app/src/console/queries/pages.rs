//! Which jobs stand on a page. Only positions are read here; [`super::rows`] fetches what is shown of them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;

/// Where a row stands in its list: by due time while it lives, by end time after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The time.
    pub at: DateTime<Utc>,
    /// The job.
    pub id: Uuid,
}

/// What is looked for; a filter that is `None` lets everything through.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// State as in [`super::super::view::JobState`].
    pub state: Option<&'static str>,
    /// `<slice>.<verb>`.
    pub kind: Option<String>,
    /// Name of a queue.
    pub queue: Option<String>,
    /// The workspace it works for.
    pub workspace_id: Option<Uuid>,
}

/// Live jobs by due time, straight from the front of each line (a queue and a priority), so that a page costs the same
/// whatever waits behind it. For no state, `scheduled` and `queued`, without filter by kind or workspace.
pub(crate) async fn lines(
    conn: &mut PgConnection,
    filter: &Filter,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<Place>> {
    Ok(sqlx::query_as!(
        Place,
        r#"with recursive lines as (
             (select queue, priority from jobs where $2::text is null or queue = $2 order by queue, priority limit 1)
             union all
             select next.queue, next.priority from lines cross join lateral (
               select queue, priority from jobs
               where (queue, priority) > (lines.queue, lines.priority) and ($2 is null or queue = $2)
               order by queue, priority limit 1) next
           )
           select front.run_at as "at!", front.id as "id!" from lines cross join lateral (
             select run_at, id from jobs
             where jobs.queue = lines.queue and jobs.priority = lines.priority
               and ($1::text is null
                 or $1 = 'scheduled' and state = 'scheduled' and run_at > (select app_now())
                 or $1 = 'queued' and state = 'scheduled' and run_at <= (select app_now()))
               and ($3::timestamptz is null or (run_at, id) > ($3, $4::uuid))
             order by run_at, id limit $5) front
           order by front.run_at, front.id limit $5"#,
        filter.state,
        filter.queue,
        after.map(|place| place.at),
        after.map(|place| place.id),
        limit
    )
    .fetch_all(conn)
    .await?)
}

/// Running jobs by due time. What runs was claimed from the front of its line, where a dispatcher holds about a
/// thousand jobs at a time, so the first few thousand that wait or run are looked through and not all of them.
pub(crate) async fn running(
    conn: &mut PgConnection,
    filter: &Filter,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<Place>> {
    Ok(sqlx::query_as!(
        Place,
        r#"with recursive lines as (
             (select queue, priority from jobs where $2::text is null or queue = $2 order by queue, priority limit 1)
             union all
             select next.queue, next.priority from lines cross join lateral (
               select queue, priority from jobs
               where (queue, priority) > (lines.queue, lines.priority) and ($2 is null or queue = $2)
               order by queue, priority limit 1) next
           )
           select front.run_at as "at!", front.id as "id!" from lines cross join lateral (
             select run_at, id, state, kind, workspace_id from jobs
             where jobs.queue = lines.queue and jobs.priority = lines.priority and run_at <= (select app_now())
               and state in ('scheduled', 'running')
             order by run_at, id limit $7) front
           where state = 'running' and ($1::text is null or kind = $1) and ($3::uuid is null or workspace_id = $3)
             and ($4::timestamptz is null or (run_at, id) > ($4, $5::uuid))
           order by front.run_at, front.id limit $6"#,
        filter.kind,
        filter.queue,
        filter.workspace_id,
        after.map(|place| place.at),
        after.map(|place| place.id),
        limit,
        super::load::FRONT
    )
    .fetch_all(conn)
    .await?)
}

/// Live jobs by due time for any filter: waiting and parked ones have indexes; otherwise the live table is read once.
pub(crate) async fn live(
    conn: &mut PgConnection,
    filter: &Filter,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<Place>> {
    Ok(sqlx::query_as!(
        Place,
        r#"select run_at as at, id from jobs
           where ($1::text is null
               or $1 = 'scheduled' and state = 'scheduled' and run_at > (select app_now())
               or $1 = 'queued' and state = 'scheduled' and run_at <= (select app_now())
               or $1 = 'waiting' and state = 'waiting' and waits_for is not null
               or $1 = 'parked' and state = 'parked' and reason is not null)
             and ($2::text is null or kind = $2)
             and ($3::text is null or queue = $3)
             and ($4::uuid is null or workspace_id = $4)
             and ($5::timestamptz is null or (run_at, id) > ($5, $6::uuid))
           order by run_at, id limit $7"#,
        filter.state,
        filter.kind,
        filter.queue,
        filter.workspace_id,
        after.map(|place| place.at),
        after.map(|place| place.id),
        limit
    )
    .fetch_all(conn)
    .await?)
}

/// Dead and quarantined jobs, the latest first.
pub(crate) async fn dead(
    conn: &mut PgConnection,
    filter: &Filter,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<Place>> {
    Ok(sqlx::query_as!(
        Place,
        r#"select finished_at as at, id from dead_jobs
           where ($1::text is null or $1 = 'dead' and state = 'dead' or $1 = 'quarantined' and state = 'quarantined')
             and ($2::text is null or kind = $2)
             and ($3::text is null or queue = $3)
             and ($4::uuid is null or workspace_id = $4)
             and ($5::timestamptz is null or (finished_at, id) < ($5, $6::uuid))
           order by finished_at desc, id desc limit $7"#,
        filter.state,
        filter.kind,
        filter.queue,
        filter.workspace_id,
        after.map(|place| place.at),
        after.map(|place| place.id),
        limit
    )
    .fetch_all(conn)
    .await?)
}

/// Jobs that ended for good, the latest first; among them, when no state is asked for, dead ones that were discarded.
pub(crate) async fn finished(
    conn: &mut PgConnection,
    filter: &Filter,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<Place>> {
    // `state <> 'succeeded'` beside `state = 'cancelled'` lets the planner see that the partial index has them all
    Ok(sqlx::query_as!(
        Place,
        r#"select finished_at as at, id from finished_jobs
           where ($1::text is null
               or $1 = 'succeeded' and state = 'succeeded'
               or $1 = 'cancelled' and state = 'cancelled' and state <> 'succeeded')
             and ($2::text is null or kind = $2)
             and ($3::text is null or queue = $3)
             and ($4::uuid is null or workspace_id = $4)
             and ($5::timestamptz is null or (finished_at, id) < ($5, $6::uuid))
           order by finished_at desc, id desc limit $7"#,
        filter.state,
        filter.kind,
        filter.queue,
        filter.workspace_id,
        after.map(|place| place.at),
        after.map(|place| place.id),
        limit
    )
    .fetch_all(conn)
    .await?)
}

/// Kinds of which there are finished jobs.
pub(crate) async fn finished_kinds(conn: &mut PgConnection) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        r#"with recursive kinds as (
             (select kind from finished_jobs order by kind limit 1)
             union all
             select next.kind from kinds cross join lateral (
               select kind from finished_jobs where kind > kinds.kind order by kind limit 1) next
           )
           select kind as "kind!" from kinds"#
    )
    .fetch_all(conn)
    .await?)
}
