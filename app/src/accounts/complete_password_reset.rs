//! Sets the new password that a mailed link allows, and ends every session of the user. No place is a usual one of
//! theirs any more: somebody else may have logged in from it.

use super::{attempts, queries};
use crate::{
    Ledgerline, audit,
    error::{Error, FieldError, Result},
    http::extract::Peer,
    input::Checks,
    tokens::Token,
};

/// Uses the token up.
///
/// # Errors
/// 422 `invalid_token` or for the password, 429 `too_many_attempts`.
pub async fn complete(
    ledgerline: &Ledgerline,
    token: &str,
    password: String,
    peer: Peer,
    request_id: &str,
) -> Result<()> {
    let pool = &ledgerline.databases.app;
    attempts::take(pool, "token_address", &peer.limit_key(), ledgerline.settings.limits.token_per_address).await?;
    let mut checks = Checks::new();
    checks.password("password", &password);
    checks.done()?;
    let token_hash = Token::brought(token).ok_or_else(invalid_token)?.hash();
    // a hash costs a lot; a token that is not open is not worth one
    if !queries::password_reset_is_open(pool, &token_hash).await? {
        return Err(invalid_token());
    }
    let password_hash = ledgerline.hasher.hash(password).await?;
    let mut tx = pool.begin().await?;
    let user_id =
        queries::complete_password_reset(&mut tx, &token_hash, &password_hash).await?.ok_or_else(invalid_token)?;
    audit::record_account(&mut tx, "accounts.complete_password_reset", Some(user_id), request_id).await?;
    tx.commit().await?;
    Ok(())
}

fn invalid_token() -> Error {
    let message = "This link was used or has run out. Ask for a new one.";
    Error { code: "invalid_token", ..Error::invalid(vec![FieldError::new("token", "invalid_token", message)]) }
}
