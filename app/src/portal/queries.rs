//! Every statement of the slice.

use chrono::{DateTime, Utc};
use loco_rs::app::AppContext;
use sqlx::{PgConnection, PgPool, types::Json};
use uuid::Uuid;

use super::view::Hydration;
use crate::{
    error::{Error, Result},
    tenant::{Actor, TenantTx},
};

/// Who a session or a token belongs to.
#[derive(Debug)]
pub(crate) struct VisitRow {
    pub(crate) workspace_id: Uuid,
    pub(crate) link_id: Uuid,
    pub(crate) project_id: Option<Uuid>,
    pub(crate) client_id: Uuid,
    pub(crate) contact_id: Uuid,
    pub(crate) access: String,
    pub(crate) expires_at: DateTime<Utc>,
    /// Whether the access code was given, or none is asked for.
    pub(crate) admitted: bool,
}

/// Opens a session with the token of a mail, and answers the engagement.
pub(crate) async fn open(pool: &PgPool, token_hash: &[u8], session_hash: &[u8]) -> Result<Option<Uuid>> {
    Ok(sqlx::query_scalar!("select auth.open_portal($1, $2)", token_hash, session_hash).fetch_one(pool).await?)
}

pub(crate) async fn session(pool: &PgPool, session_hash: &[u8], proposal_id: Uuid) -> Result<Option<VisitRow>> {
    Ok(sqlx::query_as!(
        VisitRow,
        r#"select workspace_id as "workspace_id!", link_id as "link_id!", project_id, client_id as "client_id!",
             contact_id as "contact_id!", access as "access!", expires_at as "expires_at!", admitted as "admitted!"
           from auth.portal_session($1, $2)"#,
        session_hash,
        proposal_id
    )
    .fetch_optional(pool)
    .await?)
}

pub(crate) async fn token(pool: &PgPool, token_hash: &[u8], proposal_id: Uuid) -> Result<Option<VisitRow>> {
    Ok(sqlx::query_as!(
        VisitRow,
        r#"select workspace_id as "workspace_id!", link_id as "link_id!", project_id, client_id as "client_id!",
             contact_id as "contact_id!", access as "access!", expires_at as "expires_at!", admitted as "admitted!"
           from auth.portal_token($1, $2)"#,
        token_hash,
        proposal_id
    )
    .fetch_optional(pool)
    .await?)
}

pub(crate) async fn end_session(pool: &PgPool, session_hash: &[u8]) -> Result<()> {
    sqlx::query!("select auth.end_portal_session($1)", session_hash).fetch_one(pool).await?;
    Ok(())
}

/// The hash of the code that a session's link asks for.
pub(crate) async fn code(pool: &PgPool, session_hash: &[u8]) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!("select auth.portal_code($1)", session_hash).fetch_one(pool).await?)
}

/// False when the code is not this one any more.
pub(crate) async fn admit(conn: &mut PgConnection, session_hash: &[u8], code_hash: &str) -> Result<bool> {
    Ok(sqlx::query_scalar!(r#"select auth.admit_to_portal($1, $2) as "admitted!""#, session_hash, code_hash)
        .fetch_one(conn)
        .await?)
}

/// Whether the actor's workspace has this engagement.
pub(crate) async fn exists(ctx: &AppContext, actor: &Actor, proposal_id: Uuid) -> Result<bool> {
    let mut tx = TenantTx::begin(ctx, actor).await?;
    Ok(sqlx::query_scalar!(
        r#"select exists (select from proposals where workspace_id = current_workspace() and id = $1) as "exists!""#,
        proposal_id
    )
    .fetch_one(&mut *tx)
    .await?)
}

/// The project of an engagement, for a client only of theirs.
pub(crate) async fn project(tx: &mut TenantTx, proposal_id: Uuid) -> Result<Option<Uuid>> {
    Ok(sqlx::query_scalar!(
        "select id from projects where workspace_id = current_workspace() and proposal_id = $1",
        proposal_id
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// The engagement in one statement; with `more`, all that the pages show. Under the row-level security of the portal, when
/// a client asks.
pub(crate) async fn hydrate(ctx: &AppContext, actor: &Actor, proposal_id: Uuid, more: bool) -> Result<Hydration> {
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let contact_id = actor.visit().map(|visit| visit.contact_id);
    let row = sqlx::query_file_scalar!("src/portal/hydrate.sql", proposal_id, contact_id, more)
        .fetch_optional(&mut *tx)
        .await?;
    let Json(hydration) = row.ok_or_else(Error::not_found)?;
    Ok(hydration)
}
