//! Every statement of the slice. All of them ask functions of the schema `auth`.

use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::{error::Result, settings::Limit};

/// What a session's token opens.
#[derive(Debug)]
pub struct SessionRow {
    /// The session.
    pub session_id: Uuid,
    /// Whose it is.
    pub user_id: Uuid,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// `full`, `read_only`, or no operator.
    pub operator: Option<String>,
    /// The workspace it stands in.
    pub workspace_id: Option<Uuid>,
    /// Its name.
    pub workspace_name: Option<String>,
    /// The role there.
    pub role: Option<String>,
    /// All workspaces of the user: id, name, role.
    pub workspaces: Value,
}

/// An account that an email address belongs to.
#[derive(Debug)]
pub struct Credentials {
    /// The user.
    pub user_id: Uuid,
    /// argon2id.
    pub password_hash: String,
}

/// The living session behind a token's hash.
pub(crate) async fn session(pool: &PgPool, token_hash: &[u8]) -> Result<Option<SessionRow>> {
    Ok(sqlx::query_as!(
        SessionRow,
        r#"select session_id as "session_id!", user_id as "user_id!", name as "name!", email as "email!", operator,
             workspace_id, workspace_name, role, workspaces as "workspaces!"
           from auth.session($1)"#,
        token_hash
    )
    .fetch_optional(pool)
    .await?)
}

pub(crate) async fn open_session(
    conn: &mut PgConnection,
    id: Uuid,
    token_hash: &[u8],
    user_id: Uuid,
    workspace_id: Option<Uuid>,
) -> Result<()> {
    sqlx::query!("select auth.open_session($1, $2, $3, $4)", id, token_hash, user_id, workspace_id)
        .fetch_one(conn)
        .await?;
    Ok(())
}

pub(crate) async fn end_session(conn: &mut PgConnection, token_hash: &[u8]) -> Result<()> {
    sqlx::query!("select auth.end_session($1)", token_hash).fetch_one(conn).await?;
    Ok(())
}

pub(crate) async fn enter_workspace(conn: &mut PgConnection, session_id: Uuid, workspace_id: Uuid) -> Result<bool> {
    Ok(sqlx::query_scalar!(r#"select auth.enter_workspace($1, $2) as "moved!""#, session_id, workspace_id)
        .fetch_one(conn)
        .await?)
}

pub(crate) async fn create_user(
    conn: &mut PgConnection,
    id: Uuid,
    email: &str,
    name: &str,
    password_hash: &str,
) -> Result<()> {
    sqlx::query!("select auth.create_user($1, $2, $3, $4)", id, email, name, password_hash).fetch_one(conn).await?;
    Ok(())
}

pub(crate) async fn credentials(pool: &PgPool, email: &str) -> Result<Option<Credentials>> {
    Ok(sqlx::query_as!(
        Credentials,
        r#"select user_id as "user_id!", password_hash as "password_hash!" from auth.credentials($1)"#,
        email
    )
    .fetch_optional(pool)
    .await?)
}

pub(crate) async fn attempt(pool: &PgPool, scope: &str, key: &[u8], limit: Limit) -> Result<i32> {
    Ok(sqlx::query_scalar!(
        r#"select auth.attempt($1, $2, $3, make_interval(secs => $4)) as "wait!""#,
        scope,
        key,
        limit.burst,
        f64::from(limit.every_seconds),
    )
    .fetch_one(pool)
    .await?)
}

pub(crate) async fn forgive_attempts(conn: &mut PgConnection, scope: &str, key: &[u8]) -> Result<()> {
    sqlx::query!("select auth.forgive_attempts($1, $2)", scope, key).fetch_one(conn).await?;
    Ok(())
}

/// Whether the owner of an email address logged in from a place within the last 90 days, with the present password.
pub(crate) async fn is_usual_peer(pool: &PgPool, key: &[u8]) -> Result<bool> {
    Ok(sqlx::query_scalar!(r#"select auth.is_usual_peer($1) as "usual!""#, key).fetch_one(pool).await?)
}

pub(crate) async fn remember_peer(conn: &mut PgConnection, key: &[u8], user_id: Uuid) -> Result<()> {
    sqlx::query!("select auth.remember_peer($1, $2)", key, user_id).fetch_one(conn).await?;
    Ok(())
}

/// Names the request in a transaction outside of any workspace; the jobs that it asks for remember it.
pub(crate) async fn name_request(conn: &mut PgConnection, request_id: &str) -> Result<()> {
    sqlx::query!("select set_config('ledgerline.request', $1, true)", request_id).fetch_one(conn).await?;
    Ok(())
}

pub(crate) async fn password_reset_is_open(pool: &PgPool, token_hash: &[u8]) -> Result<bool> {
    Ok(sqlx::query_scalar!(r#"select auth.password_reset_is_open($1) as "open!""#, token_hash).fetch_one(pool).await?)
}

pub(crate) async fn complete_password_reset(
    conn: &mut PgConnection,
    token_hash: &[u8],
    password_hash: &str,
) -> Result<Option<Uuid>> {
    Ok(sqlx::query_scalar!("select auth.complete_password_reset($1, $2)", token_hash, password_hash)
        .fetch_one(conn)
        .await?)
}

/// Whom a mail goes to; asked by workers.
#[derive(Debug)]
pub(crate) struct Contact {
    pub(crate) name: String,
    pub(crate) email: String,
}

pub(crate) async fn contact(conn: &mut PgConnection, user_id: Uuid) -> Result<Option<Contact>> {
    Ok(sqlx::query_as!(Contact, r#"select name as "name!", email as "email!" from auth.contact($1)"#, user_id)
        .fetch_optional(conn)
        .await?)
}

pub(crate) async fn mint_password_reset(conn: &mut PgConnection, user_id: Uuid, token_hash: &[u8]) -> Result<()> {
    sqlx::query!("select auth.mint_password_reset($1, $2, $3)", Uuid::now_v7(), user_id, token_hash)
        .fetch_one(conn)
        .await?;
    Ok(())
}
