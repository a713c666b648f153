//! Where the jobs stand that a filter lets through. Only positions are read here; [`super::rows`] fetches what is shown
//! of them.
//!
//! Each statement has two halves. The inner one walks an index in the list's order and is limited, so that its cost is
//! known whatever the filter; the outer one lets through what fits.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    console::{jobs::filter::Scope, view::JobState},
    error::Result,
};

/// Where a row stands in its list: by due time while it lives, by end time after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The time.
    pub at: DateTime<Utc>,
    /// The job.
    pub id: Uuid,
}

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

/// How far to go.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    /// Begin behind this place.
    pub after: Option<Place>,
    /// Rows looked at.
    pub look: i64,
    /// Rows let through.
    pub most: i64,
}

impl Reach {
    pub(super) const fn at(&self) -> Option<DateTime<Utc>> {
        match self.after {
            Some(place) => Some(place.at),
            None => None,
        }
    }

    pub(super) const fn id(&self) -> Option<Uuid> {
        match self.after {
            Some(place) => Some(place.id),
            None => None,
        }
    }
}

impl Scope {
    pub(super) fn state_names(&self) -> Option<Vec<String>> {
        (!self.states.is_empty()).then(|| self.states.iter().map(|state| state.as_str().to_owned()).collect())
    }

    pub(super) fn arguments(&self, number: usize) -> Option<&[serde_json::Value]> {
        self.args.get(number).map(Vec::as_slice)
    }
}

/// Jobs that ended for good, the latest first.
pub(crate) async fn finished(conn: &mut PgConnection, scope: &Scope, lead: &Lead, reach: Reach) -> Result<Vec<Place>> {
    let states = scope.state_names();
    Ok(sqlx::query_as!(
        Place,
        r#"select finished_at as at, id from (
             select finished_at, id, state, kind, queue, workspace_id, node_id, batch_id, args, last_error, reason
             from finished_jobs
             where ($1::text is null or kind = $1) and ($2::uuid is null or workspace_id = $2)
               and (not $3::bool or state <> 'succeeded')
               and ($4::timestamptz is null or finished_at <= $4 and (finished_at, id) < ($4, $5::uuid))
               and ($6::timestamptz is null or finished_at >= $6) and ($7::timestamptz is null or finished_at < $7)
             order by finished_at desc, id desc limit $8
           ) looked
           where ($9::text[] is null or state::text = any($9)) and ($10::text is null or kind = $10)
             and ($11::text is null or queue = $11) and ($12::uuid is null or workspace_id = $12)
             and ($13::uuid is null or node_id = $13) and ($14::uuid is null or batch_id = $14)
             and ($15::jsonb[] is null or args @> any($15)) and ($16::jsonb[] is null or args @> any($16))
             and ($17::jsonb[] is null or args @> any($17))
             and ($18::text is null or error_fingerprint(last_error) = $18)
             and ($19::text[] is null or concat_ws(' ', last_error, reason) ilike all ($19))
           order by finished_at desc, id desc limit $20"#,
        lead.kind,
        lead.workspace_id,
        lead.unsuccessful,
        reach.at(),
        reach.id(),
        scope.since,
        scope.before,
        reach.look,
        states.as_deref(),
        scope.kind,
        scope.queue,
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

/// The last of the finished jobs that [`finished`] looks at; none when it looks at all there are.
pub(crate) async fn last_finished(
    conn: &mut PgConnection,
    scope: &Scope,
    lead: &Lead,
    reach: Reach,
) -> Result<Option<Place>> {
    Ok(sqlx::query_as!(
        Place,
        r#"select finished_at as at, id from finished_jobs
           where ($1::text is null or kind = $1) and ($2::uuid is null or workspace_id = $2)
             and (not $3::bool or state <> 'succeeded')
             and ($4::timestamptz is null or finished_at <= $4 and (finished_at, id) < ($4, $5::uuid))
             and ($6::timestamptz is null or finished_at >= $6) and ($7::timestamptz is null or finished_at < $7)
           order by finished_at desc, id desc offset $8::bigint - 1 limit 1"#,
        lead.kind,
        lead.workspace_id,
        lead.unsuccessful,
        reach.at(),
        reach.id(),
        scope.since,
        scope.before,
        reach.look
    )
    .fetch_optional(conn)
    .await?)
}

/// Dead and quarantined jobs, the latest first.
pub(crate) async fn dead(conn: &mut PgConnection, scope: &Scope, lead: &Lead, reach: Reach) -> Result<Vec<Place>> {
    let states = scope.state_names();
    Ok(sqlx::query_as!(
        Place,
        r#"select finished_at as at, id from (
             select finished_at, id, state, kind, queue, workspace_id, node_id, batch_id, args, last_error, reason,
               fingerprint
             from dead_jobs
             where ($1::text is null or kind = $1) and ($2::uuid is null or workspace_id = $2)
               and ($3::text is null or queue = $3) and ($4::text is null or fingerprint = $4)
               and ($5::text is null or state = $5::job_state)
               and ($6::timestamptz is null or (finished_at, id) < ($6, $7::uuid))
               and ($8::timestamptz is null or finished_at >= $8) and ($9::timestamptz is null or finished_at < $9)
             order by finished_at desc, id desc limit $10
           ) looked
           where ($11::text[] is null or state::text = any($11)) and ($12::text is null or kind = $12)
             and ($13::text is null or queue = $13) and ($14::uuid is null or workspace_id = $14)
             and ($15::uuid is null or node_id = $15) and ($16::uuid is null or batch_id = $16)
             and ($17::jsonb[] is null or args @> any($17)) and ($18::jsonb[] is null or args @> any($18))
             and ($19::jsonb[] is null or args @> any($19))
             and ($20::text is null or fingerprint = $20)
             and ($21::text[] is null or concat_ws(' ', last_error, reason) ilike all ($21))
           order by finished_at desc, id desc limit $22"#,
        lead.kind,
        lead.workspace_id,
        lead.queue,
        lead.fingerprint,
        lead.state.map(JobState::as_str),
        reach.at(),
        reach.id(),
        scope.since,
        scope.before,
        reach.look,
        states.as_deref(),
        scope.kind,
        scope.queue,
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

/// The last of the dead jobs that [`dead`] looks at; none when it looks at all there are.
pub(crate) async fn last_dead(
    conn: &mut PgConnection,
    scope: &Scope,
    lead: &Lead,
    reach: Reach,
) -> Result<Option<Place>> {
    Ok(sqlx::query_as!(
        Place,
        r#"select finished_at as at, id from dead_jobs
           where ($1::text is null or kind = $1) and ($2::uuid is null or workspace_id = $2)
             and ($3::text is null or queue = $3) and ($4::text is null or fingerprint = $4)
             and ($5::text is null or state = $5::job_state)
             and ($6::timestamptz is null or (finished_at, id) < ($6, $7::uuid))
             and ($8::timestamptz is null or finished_at >= $8) and ($9::timestamptz is null or finished_at < $9)
           order by finished_at desc, id desc offset $10::bigint - 1 limit 1"#,
        lead.kind,
        lead.workspace_id,
        lead.queue,
        lead.fingerprint,
        lead.state.map(JobState::as_str),
        reach.at(),
        reach.id(),
        scope.since,
        scope.before,
        reach.look
    )
    .fetch_optional(conn)
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
