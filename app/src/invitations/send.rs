//! The mail of an invitation. Its token is minted when it is written, and stands nowhere else.

use include_dir::{Dir, include_dir};
use ledgerline_jobs::{JobId, invitations::SendInvitation};
use sqlx::PgConnection;

use super::queries;
use crate::{
    error::Result,
    mail::{Mail, send::Letter},
    settings::Settings,
    tokens::Token,
};

static TEMPLATE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/mail/templates/invitation");

impl Letter for SendInvitation {
    /// `None` when the invitation is not open any more.
    async fn write(&self, conn: &mut PgConnection, settings: &Settings, id: JobId) -> Result<Option<Mail>> {
        let token = Token::mint()?;
        let Some(open) = queries::mint_token(conn, self.invitation_id, &token.hash()).await? else { return Ok(None) };
        let words = serde_json::json!({
            "inviter": open.inviter,
            "workspace": open.workspace_name,
            "role": match open.role.as_str() { "owner" => "an owner", "manager" => "a manager", _ => "a member" },
            "expires": open.expires_at.format("%-d %B %Y, %H:%M UTC").to_string(),
            "link": settings.link(&format!("/invitations#{}", token.reveal())),
        });
        Mail::render(&TEMPLATE, &words, id, &open.email, None).map(Some)
    }
}
