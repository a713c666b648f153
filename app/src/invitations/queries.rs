//! Every statement of the slice.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::{
    error::Result,
    tenant::{Role, TenantTx},
};

/// An invitation as its workspace sees it.
#[derive(Debug)]
pub struct InvitationRow {
    /// The invitation.
    pub id: Uuid,
    /// Whom it went to.
    pub email: String,
    /// Role they will have.
    pub role: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it runs out.
    pub expires_at: DateTime<Utc>,
}

/// An open invitation as the holder of its token sees it.
#[derive(Debug)]
pub struct OpenInvitation {
    /// The invitation.
    pub invitation_id: Uuid,
    /// The workspace to join.
    pub workspace_id: Uuid,
    /// Its name.
    pub workspace_name: String,
    /// Whom it went to.
    pub email: String,
    /// Role they will have.
    pub role: String,
    /// The account that the address has.
    pub user_id: Option<Uuid>,
}

/// Open invitations, newest first.
pub(crate) async fn page(
    tx: &mut TenantTx,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<InvitationRow>> {
    let (at, id) = after.unzip();
    Ok(sqlx::query_as!(
        InvitationRow,
        "select id, email, role, created_at, expires_at from invitations
         where workspace_id = current_workspace() and accepted_at is null and withdrawn_at is null
           and ($1::timestamptz is null or (created_at, id) < ($1, $2::uuid))
         order by created_at desc, id desc limit $3",
        at,
        id,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Withdraws what has run out, so that the address can be invited again.
pub(crate) async fn withdraw_expired(tx: &mut TenantTx, email: &str) -> Result<()> {
    sqlx::query!(
        "update invitations set withdrawn_at = app_now()
         where workspace_id = current_workspace() and lower(email) = lower($1)
           and accepted_at is null and withdrawn_at is null and expires_at <= app_now()",
        email,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(crate) async fn is_member(tx: &mut TenantTx, email: &str) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from auth.members() u where lower(u.email) = lower($1)) as "member!""#,
        email
    )
    .fetch_one(&mut **tx)
    .await?)
}

pub(crate) async fn insert(tx: &mut TenantTx, email: &str, role: Role, invited_by: Uuid) -> Result<InvitationRow> {
    Ok(sqlx::query_as!(
        InvitationRow,
        "insert into invitations (id, workspace_id, email, role, invited_by, created_at, expires_at)
         values ($1, current_workspace(), $2, $3, $4, app_now(), app_now() + interval '7 days')
         returning id, email, role, created_at, expires_at",
        Uuid::now_v7(),
        email,
        role.as_str(),
        invited_by,
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// Answers the role that it would have given; `None` when there is no such open invitation.
pub(crate) async fn withdraw(tx: &mut TenantTx, id: Uuid) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        "update invitations set withdrawn_at = app_now()
         where workspace_id = current_workspace() and id = $1 and accepted_at is null and withdrawn_at is null
         returning role",
        id,
    )
    .fetch_optional(&mut **tx)
    .await?)
}

pub(crate) async fn open(pool: &PgPool, token_hash: &[u8]) -> Result<Option<OpenInvitation>> {
    Ok(sqlx::query_as!(
        OpenInvitation,
        r#"select invitation_id as "invitation_id!", workspace_id as "workspace_id!",
             workspace_name as "workspace_name!", email as "email!", role as "role!", user_id
           from auth.invitation($1)"#,
        token_hash
    )
    .fetch_optional(pool)
    .await?)
}

pub(crate) async fn accept(conn: &mut PgConnection, token_hash: &[u8], user_id: Uuid) -> Result<Option<Uuid>> {
    Ok(sqlx::query_scalar!("select auth.accept_invitation($1, $2)", token_hash, user_id).fetch_one(conn).await?)
}

/// What the mail of an invitation says.
#[derive(Debug)]
pub(crate) struct InvitationWords {
    pub(crate) workspace_name: String,
    pub(crate) email: String,
    pub(crate) role: String,
    pub(crate) inviter: String,
    pub(crate) expires_at: DateTime<Utc>,
}

/// Mints a token, when the invitation is still open.
pub(crate) async fn mint_token(
    conn: &mut PgConnection,
    id: Uuid,
    token_hash: &[u8],
) -> Result<Option<InvitationWords>> {
    Ok(sqlx::query_as!(
        InvitationWords,
        r#"select workspace_name as "workspace_name!", email as "email!", role as "role!", inviter as "inviter!",
             expires_at as "expires_at!"
           from auth.mint_invitation_token($1, $2)"#,
        id,
        token_hash
    )
    .fetch_optional(conn)
    .await?)
}
