//! Every statement of the audit log.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::verify::Verified;
use crate::{error::Result, page::COUNT_CAP};

/// Which entries; what is `None` lets everything through.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only what operators did.
    pub operators_only: bool,
    /// Who.
    pub actor_id: Option<Uuid>,
    /// `<slice>.<verb>`.
    pub action: Option<String>,
    /// What it was done to, by id.
    pub subject_id: Option<Uuid>,
    /// What it was done to, by name: a queue, a schedule, a kind of job.
    pub subject_name: Option<String>,
    /// Not before.
    pub since: Option<DateTime<Utc>>,
    /// Before.
    pub until: Option<DateTime<Utc>>,
}

/// An entry and its seal.
#[derive(Debug)]
pub struct EntryRow {
    /// The entry.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// `operator`, `user`, `job` or `anonymous`.
    pub actor_kind: String,
    /// Who.
    pub actor_id: Option<Uuid>,
    /// Their name at that time; of a member of a workspace, their masked address.
    pub actor_name: Option<String>,
    /// From where.
    pub origin: Option<String>,
    /// `<slice>.<verb>`.
    pub action: String,
    /// What kind of thing it was done to.
    pub subject_kind: String,
    /// Which one.
    pub subject_id: Option<Uuid>,
    /// The workspace it belongs to.
    pub workspace_id: Option<Uuid>,
    /// Its name.
    pub workspace_name: Option<String>,
    /// What was done, in detail.
    pub data: Value,
    /// The request.
    pub request_id: Option<String>,
    /// Number of its seal, once it has one.
    pub seal: Option<i64>,
}

/// Entries, the latest first.
pub(crate) async fn page(
    conn: &mut PgConnection,
    filter: &Filter,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<EntryRow>> {
    Ok(sqlx::query_as!(
        EntryRow,
        r#"select log.id, log.at, actor_kind, actor_id,
             case actor_kind when 'user' then audit.masked_person(actor_id) else actor_name end as actor_name, origin,
             action, subject_kind, subject_id, workspace_id, workspaces.name as "workspace_name?", data, request_id, audit_seals.number as "seal?"
           from (
             select * from audit_log
             where (not $1 or actor_kind = 'operator')
               and ($2::uuid is null or actor_id = $2)
               and ($3::text is null or action = $3)
               and ($4::uuid is null or subject_id = $4)
               and ($5::text is null or $5 in (data->>'queue', data->>'schedule', data->>'node', data->>'kind'))
               and ($6::timestamptz is null or at >= $6)
               and ($7::timestamptz is null or at < $7)
               and ($8::timestamptz is null or (at, id) < ($8, $9::uuid))
             order by at desc, id desc limit $10) log
             left join workspaces on workspaces.id = log.workspace_id
             left join audit_seals on audit_seals.audit_id = log.id
           order by log.at desc, log.id desc"#,
        filter.operators_only,
        filter.actor_id,
        filter.action,
        filter.subject_id,
        filter.subject_name,
        filter.since,
        filter.until,
        after.map(|(at, _)| at),
        after.map(|(_, id)| id),
        limit
    )
    .fetch_all(conn)
    .await?)
}

/// The actions that were ever done, by index: as many steps as there are actions.
pub(crate) async fn actions(conn: &mut PgConnection) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        r#"with recursive actions as (
             (select action from audit_log order by action limit 1)
             union all
             select next.action from actions cross join lateral (
               select action from audit_log where action > actions.action order by action limit 1) next
           )
           select action as "action!" from actions limit 500"#
    )
    .fetch_all(conn)
    .await?)
}

/// Who runs the platform.
#[derive(Debug)]
pub struct OperatorRow {
    /// The user.
    pub user_id: Uuid,
    /// Their name.
    pub name: String,
    /// Their address, by which the command line knows them.
    pub email: String,
    /// `full` or `read_only`.
    pub level: String,
}

/// All operators.
pub(crate) async fn operators(conn: &mut PgConnection) -> Result<Vec<OperatorRow>> {
    Ok(sqlx::query_as!(
        OperatorRow,
        r#"select user_id as "user_id!", name as "name!", email as "email!", level as "level!" from audit.operators()"#
    )
    .fetch_all(conn)
    .await?)
}

/// How far the chain reaches.
#[derive(Debug)]
pub struct ChainRow {
    /// Number of the last seal.
    pub number: Option<i64>,
    /// Its hash.
    pub hash: Option<Vec<u8>>,
    /// When it was made.
    pub sealed_at: Option<DateTime<Utc>>,
    /// When the latest sealed entry was written.
    pub up_to: Option<DateTime<Utc>>,
    /// Entries without a seal, at most one more than the cap.
    pub unsealed: i64,
}

pub(crate) async fn chain(conn: &mut PgConnection) -> Result<ChainRow> {
    Ok(sqlx::query_as!(
        ChainRow,
        r#"select seal.number as "number?", seal.hash as "hash?", seal.sealed_at as "sealed_at?", log.at as "up_to?",
             (select count(*) from (select from audit_unsealed limit $1) waiting) as "unsealed!"
           from (select 1) one
             left join (select * from audit_seals order by number desc limit 1) seal on true
             left join audit_log log on log.id = seal.audit_id"#,
        COUNT_CAP + 1
    )
    .fetch_one(conn)
    .await?)
}

/// A check that was made.
#[derive(Debug)]
pub struct CheckRow {
    /// When.
    pub at: DateTime<Utc>,
    /// The last seal that held.
    pub number: i64,
    /// Its hash.
    pub hash: Option<Vec<u8>>,
    /// What did not hold.
    pub finding: Option<String>,
}

/// The latest check.
pub(crate) async fn last_check(conn: &mut PgConnection) -> Result<Option<CheckRow>> {
    Ok(sqlx::query_as!(
        CheckRow,
        "select at, number, hash, finding from audit_checks order by at desc, id desc limit 1"
    )
    .fetch_optional(conn)
    .await?)
}

pub(crate) async fn note_check(conn: &mut PgConnection, verified: &Verified) -> Result<()> {
    sqlx::query!(
        "insert into audit_checks (id, at, number, hash, finding) values ($1, app_now(), $2, $3, $4)",
        Uuid::now_v7(),
        verified.number,
        verified.hash,
        verified.finding
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What sealing came to.
#[derive(Debug)]
pub struct Sealed {
    /// Entries.
    pub sealed: i64,
    /// The last seal.
    pub number: i64,
    /// Its hash.
    pub hash: Option<Vec<u8>>,
}

/// Seals at most so many entries.
pub(crate) async fn seal(engine: &PgPool, most: i32) -> Result<Sealed> {
    Ok(sqlx::query_as!(Sealed, r#"select sealed as "sealed!", number as "number!", hash from audit.seal($1)"#, most)
        .fetch_one(engine)
        .await?)
}

/// What computing seals anew came to.
#[derive(Debug)]
pub struct Checked {
    /// Seals that hold.
    pub checked: i64,
    /// The last of them.
    pub number: i64,
    /// Its hash.
    pub hash: Option<Vec<u8>>,
    /// What is wrong with the next one.
    pub finding: Option<String>,
}

/// Computes at most so many seals anew.
pub(crate) async fn check(conn: &mut PgConnection, after: i64, most: i32) -> Result<Checked> {
    Ok(sqlx::query_as!(
        Checked,
        r#"select checked as "checked!", number as "number!", hash, finding from audit.check_seals($1, $2)"#,
        after,
        most
    )
    .fetch_one(conn)
    .await?)
}

/// What no seal tells of.
#[derive(Debug)]
pub struct Unaccounted {
    /// Entries without a seal and without a note.
    pub put_in: i64,
    /// Notes without an entry.
    pub taken_out: i64,
}

pub(crate) async fn unaccounted(conn: &mut PgConnection) -> Result<Unaccounted> {
    Ok(sqlx::query_as!(
        Unaccounted,
        r#"select put_in as "put_in!", taken_out as "taken_out!" from audit.unaccounted()"#
    )
    .fetch_one(conn)
    .await?)
}

/// The hash of a seal.
pub(crate) async fn seal_hash(conn: &mut PgConnection, number: i64) -> Result<Option<Vec<u8>>> {
    Ok(sqlx::query_scalar!("select hash from audit_seals where number = $1", number).fetch_optional(conn).await?)
}

/// How many seals there are, by the last one's number.
pub(crate) async fn seals(conn: &mut PgConnection) -> Result<i64> {
    Ok(sqlx::query_scalar!(r#"select coalesce(max(number), 0) as "number!" from audit_seals"#).fetch_one(conn).await?)
}

/// Bytes in the digits that logs and people use.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Whether a check was asked for and has not ended: its kind holds one key.
pub(crate) async fn is_checking(conn: &mut PgConnection) -> Result<bool> {
    let kind = <ledgerline_jobs::audit::VerifyAudit as ledgerline_jobs::Job>::KIND;
    Ok(sqlx::query_scalar!(
        r#"select exists (select from jobs where kind = $1 and unique_key is not null) as "yes!""#,
        kind
    )
    .fetch_one(conn)
    .await?)
}
