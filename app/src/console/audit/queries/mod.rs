//! Every statement of the audit log: `entries` has those about its entries, `checks` about its checks.

pub mod checks;
pub mod entries;

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::{error::Result, page::COUNT_CAP};

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
