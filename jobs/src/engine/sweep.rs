//! What is put right behind the backs of those who died: expired leases, parked and forgotten rows, retention.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

use super::{
    activity::{self, News},
    enqueue::EnqueueError,
    outcome::{End, bury},
};

/// A job that crashed a node this often while it ran alone is quarantined.
pub const CRASHES_UNTIL_QUARANTINE: i16 = 3;

/// What a sweep found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Nodes whose lease had ended.
    pub gone: Vec<Uuid>,
    /// Jobs that run again.
    pub rescued: Vec<Uuid>,
    /// Jobs that crashed alone too often.
    pub quarantined: Vec<Uuid>,
    /// The attempts that ended with their node.
    pub crashes: Vec<Crash>,
}

/// An attempt that ended with its node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crash {
    /// The job.
    pub id: Uuid,
    /// Its kind.
    pub kind: String,
    /// Its queue.
    pub queue: String,
    /// What is known of it.
    pub error: String,
    /// Whether the job is quarantined for it.
    pub for_good: bool,
}

/// Ends the leases of nodes that stopped beating. Answers those that died; who stopped in good order had told so, or is a
/// node of a release that did not tell, which ended its lease while it drained and held nothing any more.
///
/// # Errors
/// When Postgres fails.
pub async fn expire_nodes(conn: &mut PgConnection) -> Result<Vec<Uuid>, sqlx::Error> {
    let mut tx = conn.begin().await?;
    let gone = sqlx::query!(
        "update nodes set state = 'gone', running = 0,
           left_at = coalesce(left_at, case when state = 'draining' and running = 0
             and not exists (select from jobs where node_id = nodes.id and jobs.state = 'running') then lease_until end)
         where state <> 'gone' and lease_until < now()
         returning id, name, isolated, left_at"
    )
    .fetch_all(&mut *tx)
    .await?;
    let died: Vec<_> = gone.into_iter().filter(|node| node.left_at.is_none()).collect();
    for node in died.iter().filter(|node| !node.isolated) {
        activity::tell(&mut tx, &News::about("node_gone", &node.name).id(node.id)).await?;
    }
    tx.commit().await?;
    Ok(died.into_iter().map(|node| node.id).collect())
}

/// Takes back what nodes held when they died. On a shared node any of them may be the culprit, so each becomes a
/// suspect that runs alone next, and the attempt is not held against it; a crash alone is.
///
/// # Errors
/// When Postgres fails.
pub async fn rescue(conn: &mut PgConnection) -> Result<Swept, EnqueueError> {
    let mut swept = Swept::default();
    let mut tx = conn.begin().await?;
    let held = sqlx::query!(
        r#"select jobs.id, jobs.kind, jobs.queue, jobs.epoch, jobs.attempt, jobs.crashes, jobs.started_at, nodes.isolated, nodes.name, nodes.id as node
           from jobs join nodes on nodes.id = jobs.node_id
           where nodes.state = 'gone' and jobs.state = 'running'
           order by jobs.id for update of jobs skip locked"#
    )
    .fetch_all(&mut *tx)
    .await?;
    for job in held {
        let error = format!("node {} died while it ran", job.name);
        let crashes = job.crashes + i16::from(job.isolated);
        let quarantine = crashes >= CRASHES_UNTIL_QUARANTINE;
        sqlx::query!(
            "insert into job_attempts (job_id, epoch, attempt, node_id, started_at, ended_at, outcome, error)
             values ($1, $2, $3, $4, $5, app_now(), $6, $7) on conflict do nothing",
            job.id,
            job.epoch,
            job.attempt,
            job.node,
            job.started_at,
            if quarantine { "quarantined" } else { "crashed" },
            error
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!(
            "update jobs set state = 'scheduled', suspect = true, crashes = $2, attempt = attempt - 1, node_id = null,
               token = null, last_error = $3
             where id = $1",
            job.id,
            crashes,
            error
        )
        .execute(&mut *tx)
        .await?;
        if quarantine {
            let reason = format!("crashed its process {crashes} times while it ran alone");
            bury(&mut tx, job.id, End::Quarantined, &reason, &error).await?;
            swept.quarantined.push(job.id);
        } else {
            swept.rescued.push(job.id);
        }
        swept.crashes.push(Crash { id: job.id, kind: job.kind, queue: job.queue, error, for_good: quarantine });
    }
    tx.commit().await?;
    Ok(swept)
}

/// Lets parked jobs go whose kind and version this program knows.
///
/// # Errors
/// When Postgres fails.
pub async fn unpark(conn: &mut PgConnection, kinds: &[(String, i16)]) -> Result<u64, sqlx::Error> {
    let (names, versions): (Vec<String>, Vec<i16>) = kinds.iter().cloned().unzip();
    Ok(sqlx::query!(
        "update jobs set state = 'scheduled', reason = null
         from unnest($1::text[], $2::smallint[]) as known (kind, version)
         where jobs.state = 'parked' and jobs.kind = known.kind and jobs.version = known.version",
        &names,
        &versions
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// Lets jobs go whose predecessor succeeded without anybody telling them (the node died in between).
///
/// # Errors
/// When Postgres fails.
pub async fn release_forgotten_waiters(conn: &mut PgConnection) -> Result<u64, sqlx::Error> {
    Ok(sqlx::query!(
        "update jobs set state = 'scheduled', waits_for = null, run_at = greatest(run_at, app_now())
         where waits_for is not null and state = 'waiting'
           and not exists (select from jobs before where before.id = jobs.waits_for)
           and not exists (select from dead_jobs before where before.id = jobs.waits_for)"
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// Makes the partitions of finished jobs for `days` from today on.
///
/// # Errors
/// When Postgres fails.
pub async fn make_partitions(conn: &mut PgConnection, days: i64) -> Result<(), sqlx::Error> {
    let today: DateTime<Utc> = sqlx::query_scalar!(r#"select app_now() as "now!""#).fetch_one(&mut *conn).await?;
    for ahead in -1..=days {
        let day = today.date_naive() + chrono::Duration::days(ahead);
        let next = day + chrono::Duration::days(1);
        let name = format!("finished_{}", day.format("%Y%m%d"));
        let known =
            sqlx::query_scalar!(r#"select to_regclass($1) is not null as "known!""#, format!("job_archive.{name}"))
                .fetch_one(&mut *conn)
                .await?;
        if known {
            continue;
        }
        // the name and the bounds are dates of ours; a table's name cannot be a parameter
        let statement = format!(
            "create table if not exists job_archive.{name} partition of finished_jobs
             for values from ('{day} 00:00:00+00') to ('{next} 00:00:00+00');
             alter table job_archive.{name} enable row level security;
             alter table job_archive.{name} force row level security"
        );
        match sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut *conn).await {
            Ok(_) => {}
            // another node made it at the same moment
            Err(sqlx::Error::Database(error)) if matches!(error.code().as_deref(), Some("42P07" | "23505")) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Drops the partitions of finished jobs that ended before `day`, and the attempts, log lines, nodes, batches and slots
/// of as long ago; each schedule's latest slot stays, because catching up starts from it. Effects stay for good: they are
/// what keeps a payment from being made twice. Answers the dropped partitions. Must not run in a transaction, since
/// partitions are detached concurrently.
///
/// # Errors
/// When Postgres fails.
pub async fn drop_before(conn: &mut PgConnection, day: NaiveDate) -> Result<Vec<String>, sqlx::Error> {
    let oldest_kept = format!("finished_{}", day.format("%Y%m%d"));
    let names: Vec<String> = sqlx::query_scalar!(
        r#"select c.relname::text as "name!" from pg_inherits i join pg_class c on c.oid = i.inhrelid
           join pg_namespace n on n.oid = c.relnamespace
           where i.inhparent = 'finished_jobs'::regclass and n.nspname = 'job_archive' and c.relname < $1
           order by 1"#,
        oldest_kept
    )
    .fetch_all(&mut *conn)
    .await?;
    for name in &names {
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
            "alter table finished_jobs detach partition job_archive.{name} concurrently"
        )))
        .execute(&mut *conn)
        .await?;
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("drop table job_archive.{name}"))).execute(&mut *conn).await?;
    }
    let before = day.and_time(chrono::NaiveTime::MIN).and_utc();
    sqlx::query!(
        "delete from job_attempts where ended_at < $1
           and not exists (select from jobs where id = job_id) and not exists (select from dead_jobs where id = job_id)",
        before
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "delete from job_logs where at < $1
           and not exists (select from jobs where id = job_id) and not exists (select from dead_jobs where id = job_id)",
        before
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "delete from job_copies where created_at < $1
           and not exists (select from jobs where id = copy) and not exists (select from dead_jobs where id = copy)
           and not exists (select from finished_jobs where id = copy)",
        before
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "delete from nodes where state = 'gone' and beat_at < $1
           and not exists (select from jobs where node_id = nodes.id)",
        before
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "delete from batches where state = 'done' and finished_at < $1
           and not exists (select from jobs where batch_id = batches.id)
           and not exists (select from dead_jobs where batch_id = batches.id)",
        before
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "delete from schedule_slots as old where slot_at < $1
           and exists (select from schedule_slots as newer
             where newer.schedule = old.schedule and newer.slot_at > old.slot_at)",
        before
    )
    .execute(&mut *conn)
    .await?;
    Ok(names)
}
