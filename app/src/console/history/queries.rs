//! What the charts are made of.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{error::Result, page::COUNT_CAP};

/// The clock of the whole product, cut to a step.
pub(crate) async fn present_step(conn: &mut PgConnection, step_minutes: i16) -> Result<DateTime<Utc>> {
    Ok(sqlx::query_scalar!(
        r#"select date_bin(make_interval(mins => $1), app_now(), 'epoch') as "at!""#,
        i32::from(step_minutes)
    )
    .fetch_one(conn)
    .await?)
}

/// What one node did of one kind within one step.
#[derive(Debug)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct RateRow {
    pub at: DateTime<Utc>,
    pub kind: String,
    pub queue: String,
    pub succeeded: i64,
    pub failed: i64,
    pub dead: i64,
    pub waits: Vec<i64>,
    pub runs: Vec<i64>,
    pub last_error: Option<String>,
    pub last_error_job: Option<Uuid>,
    pub last_error_at: Option<DateTime<Utc>>,
}

pub(crate) async fn rates(conn: &mut PgConnection, step: i16, since: DateTime<Utc>) -> Result<Vec<RateRow>> {
    Ok(sqlx::query_as!(
        RateRow,
        "select at, kind, queue, succeeded, failed, dead, waits, runs, last_error, last_error_job, last_error_at
         from job_rates where step = $1 and at >= $2",
        step,
        since
    )
    .fetch_all(conn)
    .await?)
}

/// How much waited in a queue within one step.
#[derive(Debug)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct SampleRow {
    pub at: DateTime<Utc>,
    pub queue: String,
    pub depth: i64,
    pub oldest_seconds: i64,
}

pub(crate) async fn samples(conn: &mut PgConnection, step: i16, since: DateTime<Utc>) -> Result<Vec<SampleRow>> {
    Ok(sqlx::query_as!(
        SampleRow,
        "select at, queue, depth, oldest_seconds from queue_samples where step = $1 and at >= $2",
        step,
        since
    )
    .fetch_all(conn)
    .await?)
}

/// Jobs that came into the queues within one step.
#[derive(Debug)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct AskedRow {
    pub at: DateTime<Utc>,
    pub jobs: i64,
}

pub(crate) async fn asked(conn: &mut PgConnection, step: i16, since: DateTime<Utc>) -> Result<Vec<AskedRow>> {
    Ok(sqlx::query_as!(AskedRow, "select at, jobs from asked_rates where step = $1 and at >= $2", step, since)
        .fetch_all(conn)
        .await?)
}

/// Dead and quarantined jobs of one kind.
#[derive(Debug)]
#[expect(missing_docs, reason = "see the query")]
pub struct DeadRow {
    pub kind: String,
    pub jobs: i64,
    pub last_error: Option<String>,
    pub last_error_job: Uuid,
    pub last_error_at: DateTime<Utc>,
}

/// Kinds of which some are dead, with the latest of each; counts stop one after the cap.
pub(crate) async fn dead(conn: &mut PgConnection) -> Result<Vec<DeadRow>> {
    Ok(sqlx::query_as!(
        DeadRow,
        r#"with recursive kinds as (
             (select kind from dead_jobs order by kind limit 1)
             union all
             select next.kind from kinds cross join lateral (
               select kind from dead_jobs where kind > kinds.kind order by kind limit 1) next
           )
           select kinds.kind as "kind!",
             (select count(*) from (select from dead_jobs where dead_jobs.kind = kinds.kind limit $1) dead) as "jobs!",
             latest.last_error, latest.id as "last_error_job!", latest.finished_at as "last_error_at!"
           from kinds cross join lateral (
             select id, last_error, finished_at from dead_jobs where dead_jobs.kind = kinds.kind
             order by finished_at desc, id desc limit 1) latest"#,
        COUNT_CAP + 1
    )
    .fetch_all(conn)
    .await?)
}
