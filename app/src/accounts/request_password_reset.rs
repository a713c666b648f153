//! Asks for the mail with which a user chooses a new password.

use std::time::Duration;

use ledgerline_jobs::{accounts::SendPasswordReset, enqueue};
use tokio::time::Instant;

use super::{attempts, queries};
use crate::{Ledgerline, audit, error::Result, http::extract::Peer, input::Checks};

/// Every answer takes at least this long, so that its time does not tell whether an account exists.
const FLOOR: Duration = Duration::from_millis(150);

/// Asks for the mail when there is such an account, and tells nobody whether there is.
///
/// # Errors
/// 422 for an address that cannot be one, 429 `too_many_attempts`.
pub async fn request(ledgerline: &Ledgerline, email: &str, peer: Peer, request_id: &str) -> Result<()> {
    let answer_at = Instant::now() + FLOOR;
    let mut checks = Checks::new();
    let email = checks.email("email", email);
    checks.done()?;
    let pool = &ledgerline.databases.app;
    let limits = &ledgerline.settings.limits;
    attempts::take(pool, "reset_address", &peer.limit_key(), limits.reset_per_address).await?;
    attempts::take(pool, "reset_email", &email, limits.reset_per_email).await?;

    let account = queries::credentials(pool, &email).await?;
    if let Some(account) = account {
        let mut tx = pool.begin().await?;
        queries::name_request(&mut tx, request_id).await?;
        enqueue(&mut tx, &SendPasswordReset { user_id: account.user_id }).await?;
        audit::record_account(&mut tx, "accounts.request_password_reset", Some(account.user_id), request_id).await?;
        tx.commit().await?;
        ledgerline.wake.nudge();
    }
    tokio::time::sleep_until(answer_at).await;
    Ok(())
}
