//! A new account with its first workspace.

use uuid::Uuid;

use super::{attempts, queries, session, session::CurrentSession};
use crate::{
    Ledgerline, audit,
    error::Result,
    http::extract::Peer,
    input::Checks,
    tenant::{Actor, Role, TenantTx, Who},
    tokens::Token,
    workspaces,
};

/// What a person gives to get an account.
#[derive(Debug)]
pub struct NewAccount<'a> {
    /// Name.
    pub name: &'a str,
    /// Email address.
    pub email: &'a str,
    /// Password.
    pub password: &'a str,
    /// Name of the first workspace.
    pub workspace_name: &'a str,
}

/// Makes user, workspace and session in one transaction.
///
/// # Errors
/// 422 for fields, 409 `email_taken`.
pub async fn sign_up(
    ledgerline: &Ledgerline,
    account: NewAccount<'_>,
    before: &CurrentSession,
    peer: Peer,
    request_id: &str,
) -> Result<Token> {
    let mut checks = Checks::new();
    let name = checks.required("name", "The name", account.name, 255);
    let email = checks.email("email", account.email);
    checks.password("password", account.password);
    let workspace_name = checks.required("workspaceName", "The workspace's name", account.workspace_name, 255);
    checks.done()?;
    let password_hash = ledgerline.hasher.hash(account.password.to_owned()).await?;

    let (user_id, workspace_id) = (Uuid::now_v7(), Uuid::now_v7());
    let mut tx = ledgerline.databases.app.begin().await?;
    queries::create_user(&mut tx, user_id, &email, &name, &password_hash).await?;
    let actor = Actor { workspace_id, who: Who::User(user_id, Role::Owner), request_id: Some(request_id.to_owned()) };
    let mut tx = TenantTx::bind(tx, actor).await?;
    workspaces::create::create_in(&mut tx, &workspace_name, user_id).await?;
    audit::record(&mut tx, "accounts.sign_up", ("user", user_id), serde_json::json!({})).await?;
    let token = session::open(&mut tx, user_id, Some(workspace_id), before).await?;
    attempts::signed_in(&mut tx, user_id, &email, peer).await?;
    tx.commit().await?;
    Ok(token)
}
