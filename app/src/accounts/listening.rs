//! Streams outlive the request that opened them, so whoever listens is looked at again.

use std::time::Duration;

use super::session::{self, Session};
use crate::Ledgerline;

/// How often a stream looks whether its listener still may.
pub const CHECK: Duration = Duration::from_secs(5);

/// Whether the session lives, is the same person's, and is `allowed` what the stream shows. A Postgres that does not
/// answer ends nobody's session.
pub async fn may_listen(ledgerline: &Ledgerline, session: &Session, allowed: impl FnOnce(&Session) -> bool) -> bool {
    match session::find(&ledgerline.databases.app, session.token.clone()).await {
        Ok(found) => found.is_some_and(|found| found.user_id == session.user_id && allowed(&found)),
        Err(_) => true,
    }
}
