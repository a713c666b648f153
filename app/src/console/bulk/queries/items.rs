//! The jobs of a bulk action.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;

/// Jobs to keep in a selection.
#[derive(Debug)]
pub struct Picked<'a> {
    /// The jobs, in order.
    pub ids: &'a [Uuid],
    /// Number of the first of them within the selection.
    pub first: i32,
    /// Between which times those of them ended that have ended, where that is known: it says which partitions need not
    /// be looked at.
    pub ended: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

/// Freezes jobs as they stand now, with what is in the way of acting on them. A job that is gone is left out.
pub(crate) async fn insert(conn: &mut PgConnection, bulk: Uuid, verb: &str, picked: &Picked<'_>) -> Result<()> {
    let (from, until) = picked.ended.unzip();
    sqlx::query!(
        r#"insert into bulk_items (bulk_id, place, job_id, kind, workspace_id, state, epoch, fingerprint, error, obstacle)
           select $1, $3::int + picked.number::int - 1, job.id, kind, workspace_id, state, epoch, error_fingerprint(last_error),
             left(last_error, 300), obstacle
           from unnest($4::uuid[]) with ordinality picked (id, number) join (
             select id, kind, workspace_id, epoch, last_error,
               case when state = 'scheduled' and run_at <= (select app_now()) then 'queued' else state::text end as state,
               case $2 when 'retry' then 'not_dead'
                 when 'delete' then case when state = 'running' then 'running' else 'live' end
                 else case when state = 'running' and effect_intended then 'effect_intended' end end as obstacle
             from jobs where id = any($4)
             union all
             select id, kind, workspace_id, epoch, last_error, state::text,
               case when $2 = 'cancel' then 'ended'
                 when $2 = 'retry' and unique_key is not null and exists (
                   select from jobs where jobs.kind = dead_jobs.kind and jobs.unique_key = dead_jobs.unique_key)
                 then 'key_held' end
             from dead_jobs where id = any($4)
             union all
             select id, kind, workspace_id, epoch, last_error, state::text, 'ended'
             from finished_jobs where id = any($4) and ($5::timestamptz is null or finished_at between $5 and $6)
           ) job on job.id = picked.id
           on conflict on constraint bulk_items_job_key do nothing"#,
        bulk,
        verb,
        picked.first,
        picked.ids,
        from,
        until
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// How many jobs a selection holds, and how many of them can be acted on.
pub(crate) async fn count(conn: &mut PgConnection, bulk: Uuid) -> Result<(i64, i64)> {
    let row = sqlx::query!(
        r#"select count(*) as "total!", count(*) filter (where obstacle is null) as "able!"
           from bulk_items where bulk_id = $1"#,
        bulk
    )
    .fetch_one(conn)
    .await?;
    Ok((row.total, row.able))
}

/// So many jobs that have something in common.
#[derive(Debug)]
pub struct GroupRow {
    /// `kind`, `workspace`, `error`, `state` or `obstacle`.
    pub sort: String,
    /// What they have in common.
    pub name: Option<String>,
    /// One of their errors.
    pub example: Option<String>,
    /// How many.
    pub count: i64,
}

/// The ten largest groups of each sort.
pub(crate) async fn groups(conn: &mut PgConnection, bulk: Uuid) -> Result<Vec<GroupRow>> {
    Ok(sqlx::query_as!(
        GroupRow,
        r#"with item as (select * from bulk_items where bulk_id = $1)
           select sort as "sort!", name, example, count as "count!" from (
             select *, row_number() over (partition by sort order by count desc, name) as place from (
               select 'kind' as sort, kind as name, null as example, count(*) as count from item group by kind
               union all
               select 'workspace', workspaces.name, null, grouped.count
               from (select workspace_id, count(*) as count from item group by workspace_id) grouped
                 left join workspaces on workspaces.id = grouped.workspace_id
               union all
               select 'error', fingerprint, min(error), count(*) from item where fingerprint is not null group by fingerprint
               union all select 'state', state, null, count(*) from item group by state
               union all select 'obstacle', obstacle, null, count(*) from item where obstacle is not null group by obstacle
             ) groups
           ) placed where place <= 10 order by sort, place"#,
        bulk
    )
    .fetch_all(conn)
    .await?)
}

/// The place behind the first `canary` jobs that can be acted on.
pub(crate) async fn canary_until(conn: &mut PgConnection, bulk: Uuid, canary: i32) -> Result<i32> {
    Ok(sqlx::query_scalar!(
        r#"select place + 1 as "place!" from bulk_items where bulk_id = $1 and obstacle is null
           order by place offset $2::bigint - 1 limit 1"#,
        bulk,
        i64::from(canary)
    )
    .fetch_optional(conn)
    .await?
    .unwrap_or(i32::MAX))
}

/// Places before `until` whose jobs can be acted on and were not, in order.
pub(crate) async fn left(conn: &mut PgConnection, bulk: Uuid, until: i32) -> Result<Vec<i32>> {
    Ok(sqlx::query_scalar!(
        "select place from bulk_items
         where bulk_id = $1 and place < $2 and obstacle is null and result is null order by place",
        bulk,
        until
    )
    .fetch_all(conn)
    .await?)
}

/// Places between two whose jobs can be acted on and were not, in order.
pub(crate) async fn left_between(conn: &mut PgConnection, bulk: Uuid, first: i32, last: i32) -> Result<Vec<i32>> {
    Ok(sqlx::query_scalar!(
        "select place from bulk_items
         where bulk_id = $1 and place between $2 and $3 and obstacle is null and result is null order by place",
        bulk,
        first,
        last
    )
    .fetch_all(conn)
    .await?)
}

/// A job to act on.
#[derive(Debug)]
pub struct Item {
    /// The job.
    pub job_id: Uuid,
    /// Number of its claims at the preview.
    pub epoch: i32,
}

/// The job at a place, when it has no result; nobody else gets it meanwhile.
pub(crate) async fn take(conn: &mut PgConnection, bulk: Uuid, place: i32) -> Result<Option<Item>> {
    Ok(sqlx::query_as!(
        Item,
        "select job_id, epoch from bulk_items
         where bulk_id = $1 and place = $2 and obstacle is null and result is null for update",
        bulk,
        place
    )
    .fetch_optional(conn)
    .await?)
}

/// Whether a job is dead and was not tried since `epoch`; its row stays locked.
pub(crate) async fn is_still_dead(conn: &mut PgConnection, job: Uuid, epoch: i32) -> Result<bool> {
    Ok(sqlx::query!("select from dead_jobs where id = $1 and epoch = $2 for update", job, epoch)
        .fetch_optional(conn)
        .await?
        .is_some())
}

/// Writes down what was done to the job at a place.
pub(crate) async fn settle(
    conn: &mut PgConnection,
    bulk: Uuid,
    place: i32,
    result: &str,
    note: Option<&str>,
    copy: Option<Uuid>,
) -> Result<()> {
    sqlx::query!(
        "update bulk_items set result = $3, note = $4, copy_id = $5, acted_at = app_now()
         where bulk_id = $1 and place = $2",
        bulk,
        place,
        result,
        note,
        copy
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// How far a bulk action is.
#[derive(Debug)]
pub struct Counts {
    /// Jobs acted on.
    pub done: i64,
    /// Jobs left alone, since they changed.
    pub skipped: i64,
    /// Jobs that can still be acted on.
    pub left: i64,
    /// Jobs with a result of the last ten seconds.
    pub lately: i64,
}

pub(crate) async fn counts(conn: &mut PgConnection, bulk: Uuid) -> Result<Counts> {
    Ok(sqlx::query_as!(
        Counts,
        r#"select count(*) filter (where result = 'done') as "done!", count(*) filter (where result = 'skipped') as "skipped!",
             count(*) filter (where result is null and obstacle is null) as "left!",
             count(*) filter (where acted_at > (select app_now()) - interval '10 seconds') as "lately!"
           from bulk_items where bulk_id = $1"#,
        bulk
    )
    .fetch_one(conn)
    .await?)
}

/// How the canary's jobs went after they were acted on.
#[derive(Debug)]
pub struct CanaryRow {
    /// Jobs in it.
    pub jobs: i64,
    /// Not acted on yet.
    pub left: i64,
    /// Acted on, and where they were retried succeeded since.
    pub succeeded: i64,
    /// Failed again, or cancelled.
    pub failed: i64,
    /// Left alone.
    pub skipped: i64,
}

/// A retried job is looked for where it ends: among the finished, or among the attempts that failed since.
pub(crate) async fn canary(conn: &mut PgConnection, bulk: Uuid, verb: &str, until: i32) -> Result<CanaryRow> {
    Ok(sqlx::query_as!(
        CanaryRow,
        r#"select count(*) as "jobs!", count(*) filter (where result is null) as "left!",
             count(*) filter (where result = 'done' and went = 'succeeded') as "succeeded!",
             count(*) filter (where result = 'done' and went = 'failed') as "failed!",
             count(*) filter (where result = 'skipped') as "skipped!"
           from (
             select result, case
               when $2 <> 'retry' then 'succeeded'
               when exists (select from finished_jobs where id = coalesce(copy_id, job_id) and state = 'succeeded'
                 and finished_at >= acted_at) then 'succeeded'
               when exists (select from job_attempts where job_attempts.job_id = coalesce(copy_id, bulk_items.job_id)
                 and ended_at >= acted_at and outcome in ('retried', 'crashed', 'dead', 'quarantined', 'cancelled'))
                 or exists (select from finished_jobs where id = coalesce(copy_id, job_id) and state = 'cancelled'
                   and finished_at >= acted_at) then 'failed'
               end as went
             from bulk_items where bulk_id = $1 and place < $3 and obstacle is null
           ) canary"#,
        bulk,
        verb,
        until
    )
    .fetch_one(conn)
    .await?)
}

/// A job of a bulk action, to be shown.
#[derive(Debug)]
pub struct ItemRow {
    /// Its place.
    pub place: i32,
    /// The job.
    pub job_id: Uuid,
    /// `<slice>.<verb>`.
    pub kind: String,
    /// The workspace it works for.
    pub workspace_name: Option<String>,
    /// Where it stood.
    pub state: String,
    /// Its error.
    pub error: Option<String>,
    /// What is in the way.
    pub obstacle: Option<String>,
    /// `done` or `skipped`.
    pub result: Option<String>,
    /// What was done.
    pub note: Option<String>,
    /// Its linked copy.
    pub copy_id: Option<Uuid>,
    /// When it was acted on.
    pub acted_at: Option<DateTime<Utc>>,
}

/// Jobs of a bulk action, in order.
pub(crate) async fn page(
    conn: &mut PgConnection,
    bulk: Uuid,
    state: Option<&str>,
    after: Option<i32>,
    limit: i64,
) -> Result<Vec<ItemRow>> {
    Ok(sqlx::query_as!(
        ItemRow,
        r#"select place, job_id, kind, workspaces.name as "workspace_name?", state, error, obstacle, result, note, copy_id,
             acted_at
           from bulk_items left join workspaces on workspaces.id = bulk_items.workspace_id
           where bulk_id = $1 and ($3::int is null or place > $3)
             and ($2::text is null
               or $2 = 'unable' and obstacle is not null
               or $2 = 'left' and obstacle is null and result is null
               or $2 = result)
           order by place limit $4"#,
        bulk,
        state,
        after,
        limit
    )
    .fetch_all(conn)
    .await?)
}
