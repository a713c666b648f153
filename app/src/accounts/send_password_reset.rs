//! The mail with which a user chooses a new password. Its token is minted when it is written, and stands nowhere else.

use include_dir::{Dir, include_dir};
use ledgerline_jobs::{JobId, accounts::SendPasswordReset};
use sqlx::PgConnection;

use super::queries;
use crate::{
    error::Result,
    mail::{Mail, send::Letter},
    settings::Settings,
    tokens::Token,
};

static TEMPLATE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/mail/templates/password_reset");

impl Letter for SendPasswordReset {
    /// `None` when the account is gone.
    async fn write(&self, conn: &mut PgConnection, settings: &Settings, id: JobId) -> Result<Option<Mail>> {
        let Some(to) = queries::contact(conn, self.user_id).await? else { return Ok(None) };
        let token = Token::mint()?;
        queries::mint_password_reset(conn, self.user_id, &token.hash()).await?;
        let words = serde_json::json!({
            "name": to.name,
            "link": settings.link(&format!("/reset-password#{}", token.reveal())),
        });
        Mail::render(&TEMPLATE, &words, id, &to.email, Some(&to.name)).map(Some)
    }
}
