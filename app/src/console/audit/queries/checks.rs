//! What checks of the seals read, and what they and the operators who hear of it leave behind.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{console::audit::verify::Verified, error::Result, page::COUNT_CAP};

/// Findings that are shown at once.
const SHOWN: i64 = 20;

/// A check that was made.
#[derive(Debug)]
pub struct CheckRow {
    /// The check.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// The last seal that held.
    pub number: i64,
    /// What did not hold.
    pub finding: Option<String>,
    /// Why not all was looked at.
    pub failure: Option<String>,
}

/// The latest check.
pub(crate) async fn last(conn: &mut PgConnection) -> Result<Option<CheckRow>> {
    Ok(sqlx::query_as!(
        CheckRow,
        "select id, at, number, finding, failure from audit_checks order by at desc, id desc limit 1"
    )
    .fetch_optional(conn)
    .await?)
}

/// When all of the log held for the last time.
pub(crate) async fn held_at(conn: &mut PgConnection) -> Result<Option<DateTime<Utc>>> {
    Ok(sqlx::query_scalar!(
        "select at from audit_checks where finding is null and failure is null order by at desc limit 1"
    )
    .fetch_optional(conn)
    .await?)
}

/// Findings that nobody has acknowledged, the latest first.
pub(crate) async fn open(conn: &mut PgConnection) -> Result<Vec<CheckRow>> {
    Ok(sqlx::query_as!(
        CheckRow,
        "select id, at, number, finding, failure from audit_checks
         where finding is not null and not exists (select from audit_acknowledgements where check_id = audit_checks.id)
         order by at desc, id desc limit $1",
        SHOWN
    )
    .fetch_all(conn)
    .await?)
}

/// Whether the log gives reason for an alarm.
#[derive(Debug)]
pub struct HealthRow {
    /// Findings that nobody has acknowledged, at most one more than the cap.
    pub open: i64,
    /// The latest of them.
    pub finding: Option<String>,
    /// Seconds since all of the log held, or since its first seal; none while nothing is sealed.
    pub unchecked_seconds: Option<f64>,
}

pub(crate) async fn health(conn: &mut PgConnection) -> Result<HealthRow> {
    Ok(sqlx::query_as!(
        HealthRow,
        r#"with open as (
             select finding from audit_checks
             where finding is not null and not exists (select from audit_acknowledgements where check_id = audit_checks.id)
             order by at desc, id desc limit $1)
           select (select count(*) from open) as "open!", (select finding from open limit 1) as finding,
             extract(epoch from app_now() - coalesce(
               (select at from audit_checks where finding is null and failure is null order by at desc limit 1),
               (select sealed_at from audit_seals order by number limit 1)))::float8 as unchecked_seconds"#,
        COUNT_CAP + 1
    )
    .fetch_one(conn)
    .await?)
}

/// A seal that is known.
#[derive(Debug)]
pub struct KnownSeal {
    /// Its number.
    pub number: i64,
    /// Its hash.
    pub hash: Option<Vec<u8>>,
}

/// The last seal that is known to have held. A check that found something is none to compare with: what it saw may be
/// what somebody made. Only when an operator has acknowledged that the chain breaks off does it go on from there.
pub(crate) async fn known(conn: &mut PgConnection) -> Result<Option<KnownSeal>> {
    Ok(sqlx::query_as!(
        KnownSeal,
        "with broken as (
           select at, id from audit_checks
           where breaks_off and exists (select from audit_acknowledgements where check_id = audit_checks.id)
           order by at desc, id desc limit 1)
         select number, hash from audit_checks
         where id = (select id from broken)
           or finding is null and failure is null
             and (not exists (select from broken) or (at, id) > (select at, id from broken))
         order by number desc, at desc limit 1"
    )
    .fetch_optional(conn)
    .await?)
}

/// Keeps what a check came to.
pub(crate) async fn note(conn: &mut PgConnection, verified: &Verified) -> Result<()> {
    sqlx::query!(
        "insert into audit_checks (id, at, number, hash, finding, breaks_off, failure)
         values ($1, app_now(), $2, $3, $4, $5, $6)",
        Uuid::now_v7(),
        verified.number,
        verified.hash,
        verified.finding,
        verified.breaks_off,
        verified.failure
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether there is such a check, and it found something.
pub(crate) async fn finding(conn: &mut PgConnection, id: Uuid) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        r#"select finding as "finding!" from audit_checks where id = $1 and finding is not null"#,
        id
    )
    .fetch_optional(conn)
    .await?)
}

/// Acknowledges a finding and those before it that were open; answers how many.
pub(crate) async fn acknowledge(conn: &mut PgConnection, id: Uuid, by: (Uuid, &str), reason: &str) -> Result<u64> {
    Ok(sqlx::query!(
        "insert into audit_acknowledgements (check_id, at, by_id, by_name, reason)
         select id, app_now(), $2, $3, $4 from audit_checks
         where finding is not null and (at, id) <= (select at, id from audit_checks where id = $1)
         on conflict (check_id) do nothing",
        id,
        by.0,
        by.1,
        reason
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// A part of what must be accounted for.
#[derive(Debug)]
pub struct PartRow {
    /// How much was looked at.
    pub looked: i64,
    /// The last of it.
    pub reached: Option<Uuid>,
    /// What should not be so.
    pub found: i64,
}

/// Entries without a seal and without a note, among so many from an id on.
pub(crate) async fn unnoted(conn: &mut PgConnection, beginning: Uuid, most: i32) -> Result<PartRow> {
    Ok(sqlx::query_as!(
        PartRow,
        r#"select looked as "looked!", reached, found as "found!" from audit.unnoted($1, $2)"#,
        beginning,
        most
    )
    .fetch_one(conn)
    .await?)
}

/// Notes without an entry, among so many from an id on.
pub(crate) async fn orphans(conn: &mut PgConnection, beginning: Uuid, most: i32) -> Result<PartRow> {
    Ok(sqlx::query_as!(
        PartRow,
        r#"select looked as "looked!", reached, found as "found!" from audit.orphans($1, $2)"#,
        beginning,
        most
    )
    .fetch_one(conn)
    .await?)
}
