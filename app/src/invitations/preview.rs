//! What an invitation says to whoever holds its link. Looking does not use it up: mail scanners look, too.

use super::queries::{self, OpenInvitation};
use crate::{
    Ledgerline,
    accounts::attempts,
    error::{Error, FieldError, Result},
    http::extract::Peer,
    tokens::Token,
};

/// The open invitation behind a token.
///
/// # Errors
/// 422 `invalid_token`, 429.
pub async fn preview(ledgerline: &Ledgerline, token: &str, peer: Peer) -> Result<(Token, OpenInvitation)> {
    let pool = &ledgerline.databases.app;
    attempts::take(pool, "token_address", &peer.limit_key(), ledgerline.settings.limits.token_per_address).await?;
    let token = Token::brought(token).ok_or_else(invalid_token)?;
    let open = queries::open(pool, &token.hash()).await?.ok_or_else(invalid_token)?;
    Ok((token, open))
}

pub(super) fn invalid_token() -> Error {
    let message = "This invitation was used, withdrawn, or has run out. Ask for a new one.";
    Error { code: "invalid_token", ..Error::invalid(vec![FieldError::new("token", "invalid_token", message)]) }
}
