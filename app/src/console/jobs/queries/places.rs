//! Ended jobs: each shelf of them has several indexes, and a search walks the one of them that has the fewest rows to
//! look at.

use sqlx::PgConnection;
use uuid::Uuid;

use super::fitting::{Place, Reach, fitting, that_way};
use crate::{
    console::{jobs::filter::Scope, view::JobState},
    error::Result,
};

/// Which index is walked. What is `None` or false is not led by.
#[derive(Clone, Debug, Default)]
pub struct Lead {
    /// Jobs of a kind.
    pub kind: Option<String>,
    /// Jobs of a workspace.
    pub workspace_id: Option<Uuid>,
    /// Dead jobs of a queue.
    pub queue: Option<String>,
    /// Dead jobs of a fingerprint.
    pub fingerprint: Option<String>,
    /// Dead jobs of a state.
    pub state: Option<JobState>,
    /// Finished jobs that did not succeed.
    pub unsuccessful: bool,
}

/// Jobs that ended for good, by the time of their end.
pub(crate) async fn finished(conn: &mut PgConnection, scope: &Scope, lead: &Lead, reach: Reach) -> Result<Vec<Place>> {
    macro_rules! walk {
        ($beyond:tt, $order:tt) => {
            fitting!(
                conn, scope, reach, $order, "state::text", "error_fingerprint(last_error)",
                ["select finished_at as at, id, state, kind, queue, workspace_id, node_id, batch_id, args, last_error,
                    reason
                  from finished_jobs
                  where ($18::text is null or kind = $18) and ($19::uuid is null or workspace_id = $19)
                    and (not $20::bool or state <> 'succeeded')
                    and ($13::timestamptz is null or finished_at " $beyond "= $13
                      and (finished_at, id) " $beyond " ($13, $14::uuid))
                    and ($15::timestamptz is null or finished_at >= $15)
                    and ($16::timestamptz is null or finished_at < $16)
                  order by finished_at " $order ", id " $order " limit $17"],
                lead.kind, lead.workspace_id, lead.unsuccessful
            )
        };
    }
    Ok(that_way!(reach, walk))
}

/// The last of the finished jobs that [`finished`] looks at; none when it looks at all there are.
pub(crate) async fn last_finished(conn: &mut PgConnection, lead: &Lead, reach: Reach) -> Result<Option<Place>> {
    macro_rules! walk {
        ($beyond:tt, $order:tt) => {
            sqlx::query_as!(
                Place,
                "select finished_at as at, id from finished_jobs
                 where ($1::text is null or kind = $1) and ($2::uuid is null or workspace_id = $2)
                   and (not $3::bool or state <> 'succeeded')
                   and ($4::timestamptz is null or finished_at " + $beyond + "= $4
                     and (finished_at, id) " + $beyond + " ($4, $5::uuid))
                   and ($6::timestamptz is null or finished_at >= $6) and ($7::timestamptz is null or finished_at < $7)
                 order by finished_at " + $order + ", id " + $order + " offset $8::bigint - 1 limit 1",
                lead.kind,
                lead.workspace_id,
                lead.unsuccessful,
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

/// Dead and quarantined jobs, by the time of their end.
pub(crate) async fn dead(conn: &mut PgConnection, scope: &Scope, lead: &Lead, reach: Reach) -> Result<Vec<Place>> {
    macro_rules! walk {
        ($beyond:tt, $order:tt) => {
            fitting!(
                conn, scope, reach, $order, "state::text", "fingerprint",
                ["select finished_at as at, id, state, kind, queue, workspace_id, node_id, batch_id, args, last_error,
                    reason, fingerprint
                  from dead_jobs
                  where ($18::text is null or kind = $18) and ($19::uuid is null or workspace_id = $19)
                    and ($20::text is null or queue = $20) and ($21::text is null or fingerprint = $21)
                    and ($22::text is null or state = $22::job_state)
                    and ($13::timestamptz is null or (finished_at, id) " $beyond " ($13, $14::uuid))
                    and ($15::timestamptz is null or finished_at >= $15)
                    and ($16::timestamptz is null or finished_at < $16)
                  order by finished_at " $order ", id " $order " limit $17"],
                lead.kind, lead.workspace_id, lead.queue, lead.fingerprint, lead.state.map(JobState::as_str)
            )
        };
    }
    Ok(that_way!(reach, walk))
}

/// The last of the dead jobs that [`dead`] looks at; none when it looks at all there are.
pub(crate) async fn last_dead(conn: &mut PgConnection, lead: &Lead, reach: Reach) -> Result<Option<Place>> {
    macro_rules! walk {
        ($beyond:tt, $order:tt) => {
            sqlx::query_as!(
                Place,
                "select finished_at as at, id from dead_jobs
                 where ($1::text is null or kind = $1) and ($2::uuid is null or workspace_id = $2)
                   and ($3::text is null or queue = $3) and ($4::text is null or fingerprint = $4)
                   and ($5::text is null or state = $5::job_state)
                   and ($6::timestamptz is null or (finished_at, id) " + $beyond + " ($6, $7::uuid))
                   and ($8::timestamptz is null or finished_at >= $8) and ($9::timestamptz is null or finished_at < $9)
                 order by finished_at " + $order + ", id " + $order + " offset $10::bigint - 1 limit 1",
                lead.kind,
                lead.workspace_id,
                lead.queue,
                lead.fingerprint,
                lead.state.map(JobState::as_str),
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
