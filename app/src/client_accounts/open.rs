//! Opens a client's account: with a new password, or for an account that the address has already.

use axum::http::StatusCode;
use uuid::Uuid;

use super::{
    code,
    queries::{self, CodeOwner},
};
use crate::{
    Ledgerline,
    accounts::{
        attempts, queries as accounts,
        session::{self, CurrentSession},
    },
    audit,
    error::{Error, FieldError, Result},
    http::extract::Peer,
    input::Checks,
    settings::Limit,
    tokens::Token,
};

/// Shortest password of a client.
const MIN_PASSWORD: usize = 8;
const MAX_PASSWORD: usize = 256;
/// Codes tried with one link: a code has 40 bits and lives half an hour.
const TRIES: Limit = Limit { burst: 10, every_seconds: 180 };

/// What somebody says of themselves.
#[derive(Debug)]
pub struct NewClientAccount<'a> {
    /// As others read it.
    pub name: &'a str,
    /// Of their choice.
    pub password: String,
    /// The same once more.
    pub confirmation: &'a str,
}

/// Who asks, and from where.
#[derive(Debug)]
pub struct Asked<'a> {
    /// The link that they came with.
    pub link_id: Uuid,
    /// The code of the mail.
    pub code: &'a str,
    /// The session that the browser has.
    pub before: &'a CurrentSession,
    /// Where they are.
    pub peer: Peer,
    /// The request.
    pub request_id: &'a str,
}

/// Makes the account and logs in.
///
/// # Errors
/// 409 `email_taken` when the address has an account: its owner logs in instead; 422 for fields and a wrong code; 429.
pub async fn create(ledgerline: &Ledgerline, asked: Asked<'_>, new: NewClientAccount<'_>) -> Result<Token> {
    let mut checks = Checks::new();
    let name = checks.required("name", "The name", new.name, 255);
    let length = new.password.chars().count();
    if length < MIN_PASSWORD {
        checks.wrong("password", "too_short", format!("Use at least {MIN_PASSWORD} characters."));
    } else if new.password.len() > MAX_PASSWORD {
        checks.wrong("password", "too_long", format!("Use at most {MAX_PASSWORD} characters."));
    } else if new.password != new.confirmation {
        checks.wrong("passwordConfirmation", "different", "This is not the same password.");
    }
    checks.done()?;
    let owner = owner(ledgerline, &asked).await?;
    if owner.user_id.is_some() {
        return Err(Error::conflict("email_taken", "There is an account with this email address. Log in instead."));
    }
    let hash = ledgerline.hasher.hash(new.password).await?;
    let user_id = Uuid::now_v7();
    let mut tx = ledgerline.databases.app.begin().await?;
    accounts::name_request(&mut tx, asked.request_id).await?;
    accounts::create_user(&mut tx, user_id, &owner.email, &name, &hash).await?;
    let token = enter(&mut tx, &asked, &owner, user_id).await?;
    tx.commit().await?;
    Ok(token)
}

/// Logs in to the account that the address has, and shows it the engagements from now on.
///
/// # Errors
/// 401 `wrong_credentials`, 422 for a wrong code, 429.
pub async fn log_in(ledgerline: &Ledgerline, asked: Asked<'_>, password: String) -> Result<Token> {
    let owner = owner(ledgerline, &asked).await?;
    attempts::take_login(ledgerline, &owner.email, asked.peer).await?;
    let account = accounts::credentials(&ledgerline.databases.app, &owner.email).await?;
    let user_id = account.as_ref().map(|account| account.user_id);
    let right = ledgerline.hasher.verify(password, account.map(|account| account.password_hash)).await?;
    let Some(user_id) = user_id.filter(|_| right) else {
        let message = "This is not the password of the account.";
        return Err(Error::new(StatusCode::UNAUTHORIZED, "wrong_credentials", message)
            .with_field(FieldError::new("password", "wrong", message)));
    };
    let mut tx = ledgerline.databases.app.begin().await?;
    let token = enter(&mut tx, &asked, &owner, user_id).await?;
    tx.commit().await?;
    Ok(token)
}

async fn owner(ledgerline: &Ledgerline, asked: &Asked<'_>) -> Result<CodeOwner> {
    let pool = &ledgerline.databases.app;
    attempts::take(pool, "account_code_try", &asked.link_id.to_string(), TRIES).await?;
    queries::code_owner(pool, asked.link_id, &code::hash(asked.link_id, asked.code)).await?.ok_or_else(wrong_code)
}

async fn enter(tx: &mut sqlx::PgConnection, asked: &Asked<'_>, owner: &CodeOwner, user_id: Uuid) -> Result<Token> {
    if !queries::open(tx, asked.link_id, &code::hash(asked.link_id, asked.code), user_id).await? {
        return Err(wrong_code());
    }
    audit::record_account(tx, "client_accounts.open", Some(user_id), asked.request_id).await?;
    let token = session::open(tx, user_id, None, asked.before).await?;
    attempts::signed_in(tx, user_id, &owner.email, asked.peer).await?;
    Ok(token)
}

fn wrong_code() -> Error {
    let message = "This is not the code of the newest mail, or it is older than half an hour. Ask for a new one.";
    Error::invalid(vec![FieldError::new("code", "wrong", message)])
}
