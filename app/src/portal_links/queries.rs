//! Every statement of the slice.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::{error::Result, tenant::TenantTx};

/// A link with its person.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the columns of the table, described in view.rs and the migration")]
pub struct LinkRow {
    pub id: Uuid,
    pub proposal_id: Uuid,
    pub contact_id: Uuid,
    pub contact_name: String,
    pub contact_email: Option<String>,
    pub access: String,
    pub expires_at: DateTime<Utc>,
    pub expired: bool,
    pub revoked_at: Option<DateTime<Utc>>,
    pub code_set_at: Option<DateTime<Utc>>,
    pub rotated_at: Option<DateTime<Utc>>,
    pub last_sent_at: Option<DateTime<Utc>>,
    pub last_opened_at: Option<DateTime<Utc>>,
    pub opens: i32,
    pub created_at: DateTime<Utc>,
}

/// What a link is for.
#[derive(Debug)]
pub(crate) struct Engagement {
    pub(crate) client_id: Uuid,
    pub(crate) contact_id: Uuid,
    /// Whether there is something to show: it was sent, or work is being done.
    pub(crate) is_shown: bool,
}

pub(crate) async fn engagement(tx: &mut TenantTx, proposal_id: Uuid) -> Result<Option<Engagement>> {
    Ok(sqlx::query_as!(
        Engagement,
        r#"select client_id, contact_id,
             state <> 'draft' and (sent_version is not null or state in ('active', 'completed')) as "is_shown!"
           from proposals where workspace_id = current_workspace() and id = $1"#,
        proposal_id
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Whether a living contact of this client has an email address; `None` when there is no such contact.
pub(crate) async fn can_be_mailed(tx: &mut TenantTx, client_id: Uuid, contact_id: Uuid) -> Result<Option<bool>> {
    Ok(sqlx::query_scalar!(
        r#"select email is not null as "mailed!" from contacts
           where workspace_id = current_workspace() and client_id = $1 and id = $2 and archived_at is null"#,
        client_id,
        contact_id
    )
    .fetch_optional(&mut **tx)
    .await?)
}

pub(crate) async fn now(tx: &mut TenantTx) -> Result<DateTime<Utc>> {
    Ok(sqlx::query_scalar!(r#"select app_now() as "now!""#).fetch_one(&mut **tx).await?)
}

pub(crate) async fn find(tx: &mut TenantTx, proposal_id: Uuid, id: Uuid) -> Result<Option<LinkRow>> {
    Ok(sqlx::query_as!(
        LinkRow,
        r#"select l.id, l.proposal_id, l.contact_id, c.name as contact_name, c.email as contact_email, c.access, l.expires_at,
             l.expires_at <= app_now() as "expired!", l.revoked_at, l.code_set_at, l.rotated_at, l.last_sent_at,
             l.last_opened_at, l.opens, l.created_at
           from portal_links l join contacts c on c.workspace_id = l.workspace_id and c.id = l.contact_id
           where l.workspace_id = current_workspace() and l.proposal_id = $1 and l.id = $2"#,
        proposal_id,
        id
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Newest first.
pub(crate) async fn page(
    tx: &mut TenantTx,
    proposal_id: Uuid,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<LinkRow>> {
    let (at, id) = after.unzip();
    Ok(sqlx::query_as!(
        LinkRow,
        r#"select l.id, l.proposal_id, l.contact_id, c.name as contact_name, c.email as contact_email, c.access, l.expires_at,
             l.expires_at <= app_now() as "expired!", l.revoked_at, l.code_set_at, l.rotated_at, l.last_sent_at,
             l.last_opened_at, l.opens, l.created_at
           from portal_links l join contacts c on c.workspace_id = l.workspace_id and c.id = l.contact_id
           where l.workspace_id = current_workspace() and l.proposal_id = $1
             and ($2::timestamptz is null or (l.created_at, l.id) < ($2, $3::uuid))
           order by l.created_at desc, l.id desc limit $4"#,
        proposal_id,
        at,
        id,
        limit
    )
    .fetch_all(&mut **tx)
    .await?)
}

pub(crate) async fn insert(
    tx: &mut TenantTx,
    proposal_id: Uuid,
    client_id: Uuid,
    contact_id: Uuid,
    expires_at: DateTime<Utc>,
    created_by: Uuid,
) -> Result<Uuid> {
    Ok(sqlx::query_scalar!(
        "insert into portal_links (id, workspace_id, proposal_id, client_id, contact_id, expires_at, created_by, created_at)
         values ($1, current_workspace(), $2, $3, $4, $5, $6, app_now()) returning id",
        Uuid::now_v7(),
        proposal_id,
        client_id,
        contact_id,
        expires_at,
        created_by
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// The link that this person has and that is not revoked.
pub(crate) async fn living(tx: &mut TenantTx, proposal_id: Uuid, contact_id: Uuid) -> Result<Option<Uuid>> {
    Ok(sqlx::query_scalar!(
        "select id from portal_links
         where workspace_id = current_workspace() and proposal_id = $1 and contact_id = $2 and revoked_at is null",
        proposal_id,
        contact_id
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// False when it is revoked, or not there.
pub(crate) async fn set_expiry(tx: &mut TenantTx, proposal_id: Uuid, id: Uuid, at: DateTime<Utc>) -> Result<bool> {
    let changed = sqlx::query!(
        "update portal_links set expires_at = $3
         where workspace_id = current_workspace() and proposal_id = $1 and id = $2 and revoked_at is null",
        proposal_id,
        id,
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(changed.rows_affected() == 1)
}

/// Gives a link that has run out more time.
pub(crate) async fn renew(tx: &mut TenantTx, id: Uuid, at: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "update portal_links set expires_at = $2
         where workspace_id = current_workspace() and id = $1 and revoked_at is null and expires_at <= app_now()",
        id,
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// False when it is revoked, or not there. What opened it before opens it no more.
pub(crate) async fn rotate(tx: &mut TenantTx, proposal_id: Uuid, id: Uuid) -> Result<bool> {
    let changed = sqlx::query!(
        "update portal_links set rotated_at = app_now()
         where workspace_id = current_workspace() and proposal_id = $1 and id = $2 and revoked_at is null",
        proposal_id,
        id
    )
    .execute(&mut **tx)
    .await?;
    if changed.rows_affected() == 0 {
        return Ok(false);
    }
    end_access(tx, id).await?;
    Ok(true)
}

/// False when it is revoked already, or not there. What opened it before opens it no more.
pub(crate) async fn revoke(tx: &mut TenantTx, proposal_id: Uuid, id: Uuid) -> Result<bool> {
    let changed = sqlx::query!(
        "update portal_links set revoked_at = app_now()
         where workspace_id = current_workspace() and proposal_id = $1 and id = $2 and revoked_at is null",
        proposal_id,
        id
    )
    .execute(&mut **tx)
    .await?;
    if changed.rows_affected() == 0 {
        return Ok(false);
    }
    end_access(tx, id).await?;
    Ok(true)
}

async fn end_access(tx: &mut TenantTx, id: Uuid) -> Result<()> {
    sqlx::query!("select auth.end_portal_access($1)", id).fetch_one(&mut **tx).await?;
    Ok(())
}

/// Locks a living link. False when it is revoked, or not there.
pub(crate) async fn lock_living(tx: &mut TenantTx, proposal_id: Uuid, id: Uuid) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        "select id from portal_links
         where workspace_id = current_workspace() and proposal_id = $1 and id = $2 and revoked_at is null for update",
        proposal_id,
        id
    )
    .fetch_optional(&mut **tx)
    .await?
    .is_some())
}

pub(crate) async fn set_code(tx: &mut TenantTx, id: Uuid, code_hash: Option<&str>) -> Result<()> {
    sqlx::query!("select auth.set_portal_code($1, $2)", id, code_hash).fetch_one(&mut **tx).await?;
    Ok(())
}

/// A link that somebody who has lost theirs may be mailed.
#[derive(Debug)]
pub(crate) struct LostLink {
    pub(crate) workspace_id: Uuid,
    pub(crate) link_id: Uuid,
    pub(crate) proposal_id: Uuid,
    pub(crate) project_id: Option<Uuid>,
    pub(crate) client_id: Uuid,
    pub(crate) contact_id: Uuid,
    pub(crate) access: String,
    /// False when it has run out: only a producer gives more time.
    pub(crate) is_open: bool,
}

pub(crate) async fn lost(pool: &PgPool, proposal_id: Option<Uuid>, email: Option<&str>) -> Result<Vec<LostLink>> {
    Ok(sqlx::query_as!(
        LostLink,
        r#"select workspace_id as "workspace_id!", link_id as "link_id!", engagement_id as "proposal_id!", project_id,
             client_id as "client_id!", contact_id as "contact_id!", access as "access!", is_open as "is_open!"
           from auth.portal_links_of($1, $2)"#,
        proposal_id,
        email
    )
    .fetch_all(pool)
    .await?)
}

/// What the mail of a link says.
#[derive(Debug)]
pub(crate) struct LinkWords {
    pub(crate) workspace_name: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) title: String,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) has_code: bool,
}

/// Mints a token, when the link lets somebody in.
pub(crate) async fn mint_token(conn: &mut PgConnection, id: Uuid, token_hash: &[u8]) -> Result<Option<LinkWords>> {
    Ok(sqlx::query_as!(
        LinkWords,
        r#"select workspace_name as "workspace_name!", name as "name!", email as "email!", title as "title!",
             expires_at as "expires_at!", has_code as "has_code!"
           from auth.mint_portal_token($1, $2)"#,
        id,
        token_hash
    )
    .fetch_optional(conn)
    .await?)
}
