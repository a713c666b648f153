//! Every statement of the slice. All of them ask functions of the schema `auth`.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::error::Result;

/// Whom a code was mailed to.
#[derive(Debug)]
pub(crate) struct CodeOwner {
    pub(crate) email: String,
    /// The account that the address has.
    pub(crate) user_id: Option<Uuid>,
}

pub(crate) async fn code_owner(pool: &PgPool, link_id: Uuid, code_hash: &[u8]) -> Result<Option<CodeOwner>> {
    Ok(sqlx::query_as!(
        CodeOwner,
        r#"select email as "email!", user_id from auth.account_code($1, $2)"#,
        link_id,
        code_hash
    )
    .fetch_optional(pool)
    .await?)
}

/// Uses the code up. False when it is not good any more.
pub(crate) async fn open(conn: &mut PgConnection, link_id: Uuid, code_hash: &[u8], user_id: Uuid) -> Result<bool> {
    Ok(sqlx::query_scalar!(r#"select auth.open_client_account($1, $2, $3) as "open!""#, link_id, code_hash, user_id)
        .fetch_one(conn)
        .await?)
}

/// What the mail of a code says.
#[derive(Debug)]
pub(crate) struct CodeWords {
    pub(crate) workspace_name: String,
    pub(crate) name: String,
    pub(crate) email: String,
}

pub(crate) async fn mint_code(conn: &mut PgConnection, link_id: Uuid, code_hash: &[u8]) -> Result<Option<CodeWords>> {
    Ok(sqlx::query_as!(
        CodeWords,
        r#"select workspace_name as "workspace_name!", name as "name!", email as "email!"
           from auth.mint_account_code($1, $2)"#,
        link_id,
        code_hash
    )
    .fetch_optional(conn)
    .await?)
}

/// An engagement of the logged-in client.
#[derive(Debug)]
pub(crate) struct EngagementRow {
    pub(crate) workspace_id: Uuid,
    pub(crate) project_id: Option<Uuid>,
    pub(crate) client_id: Uuid,
    pub(crate) contact_id: Uuid,
    pub(crate) access: String,
}

pub(crate) async fn engagement(pool: &PgPool, user_id: Uuid, proposal_id: Uuid) -> Result<Option<EngagementRow>> {
    Ok(sqlx::query_as!(
        EngagementRow,
        r#"select workspace_id as "workspace_id!", project_id, client_id as "client_id!", contact_id as "contact_id!",
             access as "access!"
           from auth.client_engagements($1, $2)"#,
        user_id,
        proposal_id
    )
    .fetch_optional(pool)
    .await?)
}

/// An engagement on the client's page.
#[derive(Debug)]
#[expect(missing_docs, reason = "described in dashboard.rs and the migration")]
pub struct DashboardRow {
    pub proposal_id: Uuid,
    pub workspace_name: String,
    pub title: String,
    pub proposal_state: String,
    pub project_state: Option<String>,
    pub at: Option<DateTime<Utc>>,
    pub paid: Value,
}

pub(crate) async fn dashboard(pool: &PgPool, user_id: Uuid) -> Result<Vec<DashboardRow>> {
    Ok(sqlx::query_as!(
        DashboardRow,
        r#"select proposal_id as "proposal_id!", workspace_name as "workspace_name!", title as "title!",
             proposal_state as "proposal_state!", project_state, at, paid as "paid!"
           from auth.client_dashboard($1)"#,
        user_id
    )
    .fetch_all(pool)
    .await?)
}
