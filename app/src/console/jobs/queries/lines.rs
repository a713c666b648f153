//! Live jobs: those of a queue and a priority stand in a line, which has the only index that an engine can afford on
//! them. So they are looked for line by line.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::places::{Place, Reach};
use crate::{
    console::{jobs::filter::Scope, view::JobState},
    error::Result,
};

/// Jobs of a queue and a priority, by due time.
#[derive(Clone, Debug)]
pub struct Line {
    /// Name of the queue.
    pub queue: String,
    /// 0 (urgent) to 3 (bulk).
    pub priority: i16,
}

/// Which part of a line.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stretch {
    /// Due at this time or later.
    pub from: Option<DateTime<Utc>>,
    /// Due before this time.
    pub until: Option<DateTime<Utc>>,
    /// Only what waits for a worker or is with one.
    pub in_turn: bool,
}

/// The lines there are.
pub(crate) async fn lines(conn: &mut PgConnection, queue: Option<&str>) -> Result<Vec<Line>> {
    Ok(sqlx::query_as!(
        Line,
        r#"with recursive lines as (
             (select queue, priority from jobs where $1::text is null or queue = $1 order by queue, priority limit 1)
             union all
             select next.queue, next.priority from lines cross join lateral (
               select queue, priority from jobs
               where (queue, priority) > (lines.queue, lines.priority) and ($1 is null or queue = $1)
               order by queue, priority limit 1) next
           )
           select queue as "queue!", priority as "priority!" from lines"#,
        queue
    )
    .fetch_all(conn)
    .await?)
}

/// Jobs of a line that the filter lets through, the earliest due first.
pub(crate) async fn fitting(
    conn: &mut PgConnection,
    scope: &Scope,
    line: &Line,
    stretch: Stretch,
    reach: Reach,
) -> Result<Vec<Place>> {
    let states = scope.state_names();
    Ok(sqlx::query_as!(
        Place,
        r#"select run_at as at, id from (
             select run_at, id, state, kind, workspace_id, node_id, batch_id, args, last_error, reason
             from jobs
             where queue = $1 and priority = $2 and (not $3::bool or state in ('scheduled', 'running'))
               and ($4::timestamptz is null or (run_at, id) > ($4, $5::uuid))
               and ($6::timestamptz is null or run_at >= $6) and ($7::timestamptz is null or run_at < $7)
             order by run_at, id limit $8
           ) looked
           where ($9::text[] is null or case when state <> 'scheduled' then state::text
                 when run_at <= (select app_now()) then 'queued' else 'scheduled' end = any($9))
             and ($10::text is null or kind = $10) and ($11::uuid is null or workspace_id = $11)
             and ($12::uuid is null or node_id = $12) and ($13::uuid is null or batch_id = $13)
             and ($14::jsonb[] is null or args @> any($14)) and ($15::jsonb[] is null or args @> any($15))
             and ($16::jsonb[] is null or args @> any($16))
             and ($17::text is null or error_fingerprint(last_error) = $17)
             and ($18::text[] is null or concat_ws(' ', last_error, reason) ilike all ($18))
           order by run_at, id limit $19"#,
        line.queue,
        line.priority,
        stretch.in_turn,
        reach.at(),
        reach.id(),
        stretch.from,
        stretch.until,
        reach.look,
        states.as_deref(),
        scope.kind,
        scope.workspace_id,
        scope.node_id,
        scope.batch_id,
        scope.arguments(0),
        scope.arguments(1),
        scope.arguments(2),
        scope.fingerprint,
        scope.errors.as_deref(),
        reach.most
    )
    .fetch_all(conn)
    .await?)
}

/// The last of the jobs that [`fitting`] looks at; none when it looks at all there are.
pub(crate) async fn last(
    conn: &mut PgConnection,
    line: &Line,
    stretch: Stretch,
    reach: Reach,
) -> Result<Option<Place>> {
    Ok(sqlx::query_as!(
        Place,
        r#"select run_at as at, id from jobs
           where queue = $1 and priority = $2 and (not $3::bool or state in ('scheduled', 'running'))
             and ($4::timestamptz is null or (run_at, id) > ($4, $5::uuid))
             and ($6::timestamptz is null or run_at >= $6) and ($7::timestamptz is null or run_at < $7)
           order by run_at, id offset $8::bigint - 1 limit 1"#,
        line.queue,
        line.priority,
        stretch.in_turn,
        reach.at(),
        reach.id(),
        stretch.from,
        stretch.until,
        reach.look
    )
    .fetch_optional(conn)
    .await?)
}

/// Live jobs of a batch, or those that wait for another job, or are parked: sets with an index of their own, which are
/// small as a rule. Answers `None` when there are more than `look` of them.
pub(crate) async fn few(conn: &mut PgConnection, scope: &Scope, reach: Reach) -> Result<Option<Vec<Place>>> {
    let waiting = scope.batch_id.is_none() && scope.states.contains(&JobState::Waiting);
    let parked = scope.batch_id.is_none() && scope.states.contains(&JobState::Parked);
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from (
             (select from jobs where batch_id = $1 limit $4)
             union all (select from jobs where $2::bool and waits_for is not null and state = 'waiting' limit $4)
             union all (select from jobs where $3::bool and reason is not null and state = 'parked' limit $4)
           ) sets"#,
        scope.batch_id,
        waiting,
        parked,
        reach.look + 1
    )
    .fetch_one(&mut *conn)
    .await?;
    if count > reach.look {
        return Ok(None);
    }
    let states = scope.state_names();
    let places = sqlx::query_as!(
        Place,
        r#"select run_at as "at!", id as "id!" from (
             select * from jobs where batch_id = $1
             union all select * from jobs where $2::bool and waits_for is not null and state = 'waiting'
             union all select * from jobs where $3::bool and reason is not null and state = 'parked'
           ) looked
           where ($4::text[] is null or case when state <> 'scheduled' then state::text
                 when run_at <= (select app_now()) then 'queued' else 'scheduled' end = any($4))
             and ($5::text is null or kind = $5) and ($6::uuid is null or workspace_id = $6)
             and ($7::uuid is null or node_id = $7) and ($8::text is null or queue = $8)
             and ($9::jsonb[] is null or args @> any($9)) and ($10::jsonb[] is null or args @> any($10))
             and ($11::jsonb[] is null or args @> any($11))
             and ($12::text is null or error_fingerprint(last_error) = $12)
             and ($13::text[] is null or concat_ws(' ', last_error, reason) ilike all ($13))
             and ($14::timestamptz is null or (run_at, id) > ($14, $15::uuid))
             and ($16::timestamptz is null or run_at >= $16) and ($17::timestamptz is null or run_at < $17)
           order by run_at, id limit $18"#,
        scope.batch_id,
        waiting,
        parked,
        states.as_deref(),
        scope.kind,
        scope.workspace_id,
        scope.node_id,
        scope.queue,
        scope.arguments(0),
        scope.arguments(1),
        scope.arguments(2),
        scope.fingerprint,
        scope.errors.as_deref(),
        reach.at(),
        reach.id(),
        scope.since,
        scope.before,
        reach.most
    )
    .fetch_all(conn)
    .await?;
    Ok(Some(places))
}
