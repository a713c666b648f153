//! Live jobs: those of a queue and a priority stand in a line, which has the only index that an engine can afford on
//! them. So they are looked for line by line.

use sqlx::PgConnection;

use super::fitting::{Place, Reach, fitting, that_way};
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

/// Jobs of a line that the filter lets through, in order of their due time.
pub(crate) async fn fitting(conn: &mut PgConnection, scope: &Scope, line: &Line, reach: Reach) -> Result<Vec<Place>> {
    macro_rules! walk {
        ($beyond:tt, $order:tt) => {
            fitting!(
                conn, scope, reach, $order,
                "case when state <> 'scheduled' then state::text
                   when run_at <= (select app_now()) then 'queued' else 'scheduled' end",
                "error_fingerprint(last_error)",
                ["select run_at as at, id, run_at, state, kind, queue, workspace_id, node_id, batch_id, args, last_error,
                    reason
                  from jobs
                  where queue = $18 and priority = $19
                    and ($13::timestamptz is null or (run_at, id) " $beyond " ($13, $14::uuid))
                    and ($15::timestamptz is null or run_at >= $15) and ($16::timestamptz is null or run_at < $16)
                  order by run_at " $order ", id " $order " limit $17"],
                line.queue, line.priority
            )
        };
    }
    Ok(that_way!(reach, walk))
}

/// Jobs at the front of a line that the filter lets through, the earliest due first. What is parked there or waits for
/// another job is passed over, as a dispatcher does.
pub(crate) async fn in_turn(conn: &mut PgConnection, scope: &Scope, line: &Line, reach: Reach) -> Result<Vec<Place>> {
    Ok(fitting!(
        conn,
        scope,
        reach,
        "asc",
        "state::text",
        "error_fingerprint(last_error)",
        ["select run_at as at, id, state, kind, queue, workspace_id, node_id, batch_id, args, last_error, reason
          from jobs
          where queue = $18 and priority = $19 and state in ('scheduled', 'running')
            and ($13::timestamptz is null or (run_at, id) > ($13, $14::uuid))
            and ($15::timestamptz is null or run_at >= $15) and ($16::timestamptz is null or run_at < $16)
          order by run_at, id limit $17"],
        line.queue,
        line.priority
    ))
}

/// The last of the jobs that [`fitting()`] looks at; none when it looks at all there are.
pub(crate) async fn last(conn: &mut PgConnection, line: &Line, reach: Reach) -> Result<Option<Place>> {
    macro_rules! walk {
        ($beyond:tt, $order:tt) => {
            sqlx::query_as!(
                Place,
                "select run_at as at, id from jobs
                 where queue = $1 and priority = $2
                   and ($3::timestamptz is null or (run_at, id) "
                    + $beyond
                    + " ($3, $4::uuid))
                   and ($5::timestamptz is null or run_at >= $5) and ($6::timestamptz is null or run_at < $6)
                 order by run_at "
                    + $order
                    + ", id "
                    + $order
                    + " offset $7::bigint - 1 limit 1",
                line.queue,
                line.priority,
                reach.at(),
                reach.id(),
                reach.from,
                reach.until,
                reach.look
            )
            .fetch_optional(conn)
            .await?
        };
    }
    Ok(that_way!(reach, walk))
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
    macro_rules! walk {
        ($beyond:tt, $order:tt) => {
            fitting!(
                conn, scope, reach, $order,
                "case when state <> 'scheduled' then state::text
                   when run_at <= (select app_now()) then 'queued' else 'scheduled' end",
                "error_fingerprint(last_error)",
                ["select run_at as at, * from (
                    select * from jobs where batch_id = $18
                    union all select * from jobs where $19::bool and waits_for is not null and state = 'waiting'
                    union all select * from jobs where $20::bool and reason is not null and state = 'parked'
                  ) sets
                  where ($13::timestamptz is null or (run_at, id) " $beyond " ($13, $14::uuid))
                    and ($15::timestamptz is null or run_at >= $15) and ($16::timestamptz is null or run_at < $16)
                  order by run_at " $order ", id " $order " limit $17"],
                scope.batch_id, waiting, parked
            )
        };
    }
    Ok(Some(that_way!(reach, walk)))
}
