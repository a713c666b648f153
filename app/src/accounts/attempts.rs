//! Limits on what strangers may try, kept in Postgres so that they hold over all processes and restarts.

use sqlx::PgPool;

use super::queries;
use crate::{
    error::{Error, Result},
    settings::Limit,
    tokens::digest,
};

/// Takes one attempt for a key, such as a mail address. The key is kept as a hash.
///
/// # Errors
/// 429 `too_many_attempts` with the seconds to wait.
pub async fn take(pool: &PgPool, scope: &str, key: &str, limit: Limit) -> Result<()> {
    match queries::attempt(pool, scope, &hashed(key), limit).await? {
        0 => Ok(()),
        seconds => Err(Error::too_many_attempts(u64::try_from(seconds).unwrap_or(1))),
    }
}

/// Forgets the attempts of a key: the right password came.
///
/// # Errors
/// When Postgres cannot be reached.
pub async fn forgive(pool: &PgPool, scope: &str, key: &str) -> Result<()> {
    queries::forgive_attempts(pool, scope, &hashed(key)).await
}

fn hashed(key: &str) -> Vec<u8> {
    digest(&["attempt", &key.to_lowercase()])
}
