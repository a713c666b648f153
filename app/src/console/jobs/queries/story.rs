//! What stands around a job: who asked for it, what it did, what is linked with it, what is before it.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{error::Result, page::COUNT_CAP};

/// Copies shown of one job.
const COPIES: i64 = 20;
/// Effects shown of one job.
const EFFECTS: i64 = 100;

/// Deeds of operators shown of one job.
const DEEDS: i64 = 50;

/// Somebody whose request stands in the audit log.
#[derive(Debug)]
pub struct PersonRow {
    /// An operator's name at that time; of a member of a workspace, their masked address.
    pub name: Option<String>,
    /// What they did.
    pub action: String,
}

/// Who made a request, by what was audited of it.
pub(crate) async fn person(conn: &mut PgConnection, request_id: &str) -> Result<Option<PersonRow>> {
    Ok(sqlx::query_as!(
        PersonRow,
        "select case actor_kind when 'user' then audit.masked_person(actor_id) else actor_name end as name, action
         from audit_log
         where request_id = $1 and actor_kind in ('user', 'operator') order by at, id limit 1",
        request_id
    )
    .fetch_optional(conn)
    .await?)
}

/// A slot of a schedule.
#[derive(Debug)]
pub struct SlotRow {
    /// Name of the schedule.
    pub schedule: String,
    /// Its due time.
    pub slot_at: DateTime<Utc>,
}

/// The slot that asked for a job.
pub(crate) async fn slot(conn: &mut PgConnection, job: Uuid) -> Result<Option<SlotRow>> {
    Ok(sqlx::query_as!(SlotRow, "select schedule, slot_at from schedule_slots where job_id = $1 limit 1", job)
        .fetch_optional(conn)
        .await?)
}

/// Linked copies of a job, oldest first.
pub(crate) async fn copies(conn: &mut PgConnection, job: Uuid) -> Result<Vec<Uuid>> {
    Ok(sqlx::query_scalar!("select copy from job_copies where original = $1 order by copy limit $2", job, COPIES)
        .fetch_all(conn)
        .await?)
}

/// An effect on the outside world.
#[derive(Debug)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct EffectRow {
    pub id: Uuid,
    pub key: String,
    pub provider: String,
    pub state: String,
    pub error: Option<String>,
    pub created_at: DateTime<Utc>,
    pub sent_at: Option<DateTime<Utc>>,
    pub settled_at: Option<DateTime<Utc>>,
}

/// What a job did, and what others of its chain of copies did, whose effects are its own.
pub(crate) async fn effects(conn: &mut PgConnection, job: Uuid) -> Result<Vec<EffectRow>> {
    Ok(sqlx::query_as!(
        EffectRow,
        "select id, key, provider, state, error, created_at, sent_at, settled_at from effects
         where job_id in (
           with chain as (select coalesce((select root from job_copies where copy = $1), $1::uuid) as root)
           select root from chain union all
           select job_copies.copy from chain join job_copies on job_copies.root = chain.root)
         order by created_at, id limit $2",
        job,
        EFFECTS
    )
    .fetch_all(conn)
    .await?)
}

/// What an operator did to a job.
#[derive(Debug)]
#[expect(missing_docs, reason = "described at DeedView")]
pub struct DeedRow {
    pub at: DateTime<Utc>,
    pub by: String,
    pub action: String,
    pub bulk_id: Option<Uuid>,
    pub reason: Option<String>,
}

/// The latest deeds, oldest first: alone as the audit log says, with many others as a bulk action says.
pub(crate) async fn deeds(conn: &mut PgConnection, job: Uuid) -> Result<Vec<DeedRow>> {
    let mut rows = sqlx::query_as!(
        DeedRow,
        r#"select at as "at!", by as "by!", action as "action!", bulk_id, reason from (
             (select at, actor_name as by, action, null::uuid as bulk_id, data->>'reason' as reason
              from audit_log where subject_id = $1 and actor_kind = 'operator' order by at desc, id desc limit $2)
             union all
             (select acted_at, created_by_name, 'console.' || verb || '_job', bulk_id, reason
              from bulk_items join bulk_actions on bulk_actions.id = bulk_id
              where job_id = $1 and result = 'done' order by acted_at desc limit $2)
           ) deeds order by at desc limit $2"#,
        job,
        DEEDS
    )
    .fetch_all(conn)
    .await?;
    rows.reverse();
    Ok(rows)
}

/// A batch.
#[derive(Debug)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct BatchRow {
    pub id: Uuid,
    pub kind: String,
    pub total: i64,
    pub ended: i64,
}

/// A batch by its id.
pub(crate) async fn batch(conn: &mut PgConnection, id: Uuid) -> Result<Option<BatchRow>> {
    Ok(sqlx::query_as!(
        BatchRow,
        r#"select id, kind, total, succeeded + dead + cancelled_jobs as "ended!" from batches where id = $1"#,
        id
    )
    .fetch_optional(conn)
    .await?)
}

/// Jobs of the queue that stand before a due one, at most one more than the cap.
pub(crate) async fn ahead(conn: &mut PgConnection, id: Uuid) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) filter (where before.state = 'scheduled' and before.run_at <= (select app_now())) as "count!"
           from jobs job cross join lateral (
             select state, run_at from jobs
             where queue = job.queue and (priority, run_at, id) < (job.priority, job.run_at, job.id)
             order by priority, run_at, id limit $2) before
           where job.id = $1"#,
        id,
        COUNT_CAP + 1
    )
    .fetch_one(conn)
    .await?)
}

/// The live job that holds a unique key.
pub(crate) async fn key_holder(conn: &mut PgConnection, kind: &str, key: &str) -> Result<Option<Uuid>> {
    Ok(sqlx::query_scalar!("select id from jobs where kind = $1 and unique_key = $2", kind, key)
        .fetch_optional(conn)
        .await?)
}
