//! The one-time code that shows that somebody reads the mails of the registered address.

use include_dir::{Dir, include_dir};
use ledgerline_jobs::{JobId, portal::SendAccountCode};
use rand::{TryRngCore, rngs::OsRng};
use sqlx::PgConnection;
use uuid::Uuid;

use super::queries;
use crate::{
    Ledgerline,
    accounts::attempts,
    audit,
    error::{Error, Result},
    mail::{Mail, send::Letter},
    portal::visit::Guest,
    settings::Settings,
    tenant::TenantTx,
    tokens::digest,
};

static TEMPLATE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/mail/templates/account_code");

/// Without those that look like others.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const LENGTH: usize = 8;

/// Asks for the mail with a code, for the address that the link was sent to.
///
/// # Errors
/// 429 `too_many_attempts`.
pub async fn ask(ledgerline: &Ledgerline, guest: &Guest, link_id: Uuid) -> Result<()> {
    let limit = ledgerline.settings.limits.portal_link_per_email;
    attempts::take(&ledgerline.databases.app, "account_code", &link_id.to_string(), limit).await?;
    let mut tx = TenantTx::begin_on(&ledgerline.databases.app, &guest.actor).await?.waking(&ledgerline.wake);
    tx.enqueue(&SendAccountCode { link_id }).await?;
    audit::record(&mut tx, "client_accounts.ask_code", ("portal_link", link_id), serde_json::json!({})).await?;
    tx.commit().await
}

/// What the database keeps of a code, however it was typed.
#[must_use]
pub(super) fn hash(link_id: Uuid, code: &str) -> Vec<u8> {
    let typed: String = code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    digest(&["account_code", &link_id.to_string(), &typed])
}

fn mint() -> Result<String> {
    let mut bytes = [0; LENGTH];
    OsRng.try_fill_bytes(&mut bytes).map_err(Error::internal)?;
    Ok(bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect())
}

impl Letter for SendAccountCode {
    /// `None` when the link lets nobody in any more.
    async fn write(&self, conn: &mut PgConnection, _: &Settings, id: JobId) -> Result<Option<Mail>> {
        let code = mint()?;
        let Some(to) = queries::mint_code(conn, self.link_id, &hash(self.link_id, &code)).await? else {
            return Ok(None);
        };
        let (one, two) = code.split_at(LENGTH / 2);
        let words = serde_json::json!({
            "workspace": to.workspace_name,
            "name": to.name,
            "code": format!("{one}-{two}"),
        });
        Mail::render(&TEMPLATE, &words, id, &to.email, Some(&to.name)).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_same_however_it_is_typed() {
        let link = Uuid::nil();
        assert_eq!(hash(link, "ABCD-2345"), hash(link, " abcd 2345"));
        assert_ne!(hash(link, "ABCD-2345"), hash(Uuid::max(), "ABCD-2345"), "a code is good for its link only");
        let code = mint().unwrap();
        assert!(code.len() == LENGTH && code.bytes().all(|letter| LETTERS.contains(&letter)), "{code}");
    }
}
