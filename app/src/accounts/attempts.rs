//! Limits on what strangers may try, kept in Postgres so that they hold over all processes and restarts.

use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::queries;
use crate::{
    Ledgerline,
    error::{Error, Result},
    http::extract::Peer,
    settings::Limit,
    tokens::digest,
};

/// Logins with one email address from one internet address.
const LOGIN_THERE: &str = "login_email_address";

/// Takes one attempt for a key, such as an email address. The key is kept as a hash.
///
/// # Errors
/// 429 `too_many_attempts` with the seconds to wait.
pub async fn take(pool: &PgPool, scope: &str, key: &str, limit: Limit) -> Result<()> {
    take_hashed(pool, scope, &hashed(&[key]), limit).await
}

/// Takes one attempt at a password. Whoever tries many from one place is stopped there. Whoever tries from many places
/// uses up what the email address has, but not for the places that its owner usually logs in from: so nobody locks the
/// owner out from elsewhere. In places where nobody logged in to the account it makes no difference whether there is
/// one. Whoever shares an internet address with its owner can tell that somebody logs in there, by using up the
/// attempts from elsewhere first; docs/SECURITY.md says why that is accepted.
///
/// # Errors
/// 429 `too_many_attempts` with the seconds to wait.
pub async fn take_login(ledgerline: &Ledgerline, email: &str, peer: Peer) -> Result<()> {
    let pool = &ledgerline.databases.app;
    let limits = &ledgerline.settings.limits;
    take(pool, "login_address", &peer.limit_key(), limits.login_per_address).await?;
    let there = there(email, peer);
    take_hashed(pool, LOGIN_THERE, &there, limits.login_per_email_and_address).await?;
    if queries::is_usual_peer(pool, &there).await? {
        return Ok(());
    }
    take(pool, "login_email", email.trim(), limits.login_per_email).await
}

/// Somebody proved to be the owner of the email address: earlier attempts from there are forgiven, and the place
/// becomes a usual one until the next new password. In the transaction that opens the session, so that neither comes
/// without the other.
///
/// # Errors
/// When Postgres refuses.
pub async fn signed_in(conn: &mut PgConnection, user_id: Uuid, email: &str, peer: Peer) -> Result<()> {
    let there = there(email, peer);
    queries::forgive_attempts(conn, LOGIN_THERE, &there).await?;
    queries::remember_peer(conn, &there, user_id).await
}

/// Whoever made these attempts was right after all: they count no more.
///
/// # Errors
/// When Postgres refuses.
pub async fn forgive(conn: &mut PgConnection, scope: &str, key: &str) -> Result<()> {
    queries::forgive_attempts(conn, scope, &hashed(&[key])).await
}

async fn take_hashed(pool: &PgPool, scope: &str, key: &[u8], limit: Limit) -> Result<()> {
    match queries::attempt(pool, scope, key, limit).await? {
        0 => Ok(()),
        seconds => Err(Error::too_many_attempts(u64::try_from(seconds).unwrap_or(1))),
    }
}

fn there(email: &str, peer: Peer) -> Vec<u8> {
    hashed(&[email.trim(), &peer.limit_key()])
}

fn hashed(key: &[&str]) -> Vec<u8> {
    let lower: Vec<String> = key.iter().map(|part| part.to_lowercase()).collect();
    let mut parts = vec!["attempt"];
    parts.extend(lower.iter().map(String::as_str));
    digest(&parts)
}
