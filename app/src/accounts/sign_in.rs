//! Login: limited, see [`attempts::take_login`], and equally slow for unknown addresses.

use axum::http::StatusCode;

use super::{attempts, queries, session, session::CurrentSession};
use crate::{
    Ledgerline, audit,
    error::{Error, Result},
    http::extract::Peer,
    tokens::Token,
};

/// Opens a session when address and password belong together.
///
/// # Errors
/// 401 `wrong_credentials`, 429 `too_many_attempts`.
pub async fn sign_in(
    ledgerline: &Ledgerline,
    email: &str,
    password: String,
    before: &CurrentSession,
    peer: Peer,
    request_id: &str,
) -> Result<Token> {
    let pool = &ledgerline.databases.app;
    let email = email.trim();
    attempts::take_login(ledgerline, email, peer).await?;

    let account = queries::credentials(pool, email).await?;
    let hash = account.as_ref().map(|account| account.password_hash.clone());
    let right = ledgerline.hasher.verify(password, hash).await?;
    let Some(account) = account.filter(|_| right) else {
        let mut conn = pool.acquire().await?;
        audit::record_account(&mut conn, "accounts.sign_in_failed", None, request_id).await?;
        return Err(Error::new(
            StatusCode::UNAUTHORIZED,
            "wrong_credentials",
            "This email address and password do not belong together.",
        ));
    };

    let mut tx = pool.begin().await?;
    let token = session::open(&mut tx, account.user_id, None, before).await?;
    attempts::signed_in(&mut tx, account.user_id, email, peer).await?;
    audit::record_account(&mut tx, "accounts.sign_in", Some(account.user_id), request_id).await?;
    tx.commit().await?;
    Ok(token)
}
