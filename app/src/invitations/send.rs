//! The mail of an invitation. Its token is minted when it is written, and stands nowhere else.

use include_dir::{Dir, include_dir};
use ledgerline_jobs::{
    JobId,
    accounts::SendInvitation,
    engine::{outcome::Outcome, run::Run},
};
use sqlx::{PgConnection, PgPool};

use super::queries;
use crate::{
    error::Result,
    mail::{
        Mail, Mailer,
        send::{Permit, deliver, intend},
    },
    settings::Settings,
    tokens::Token,
};

static TEMPLATE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/mail/templates/invitation");

/// Mints a token and writes the mail; `None` when the invitation is not open any more. Run it in a transaction that
/// commits before the mail is delivered.
///
/// # Errors
/// When Postgres refuses.
pub async fn write(
    conn: &mut PgConnection,
    settings: &Settings,
    id: JobId,
    job: &SendInvitation,
) -> Result<Option<Mail>> {
    let token = Token::mint()?;
    let Some(open) = queries::mint_token(conn, job.invitation_id, &token.hash()).await? else { return Ok(None) };
    let words = serde_json::json!({
        "inviter": open.inviter,
        "workspace": open.workspace_name,
        "role": match open.role.as_str() { "owner" => "an owner", "manager" => "a manager", _ => "a member" },
        "expires": open.expires_at.format("%-d %B %Y, %H:%M UTC").to_string(),
        "link": settings.link(&format!("/invitations#{}", token.reveal())),
    });
    Mail::render(&TEMPLATE, &words, id, &open.email, None).map(Some)
}

/// Sends the mail, once. `engine` is the engine's pool: requests have no right to mint tokens.
///
/// # Errors
/// When it was surely not delivered, so that trying again is safe; or when Postgres fails.
pub async fn send(
    engine: &PgPool,
    settings: &Settings,
    mailer: &Mailer,
    run: &Run,
    job: &SendInvitation,
) -> Result<Outcome> {
    let mut tx = engine.begin().await?;
    let effect = match intend(&mut tx, run).await? {
        Permit::Send(effect) => effect,
        Permit::Not(outcome) => {
            tx.commit().await?;
            return Ok(outcome);
        }
    };
    let Some(mail) = write(&mut tx, settings, run.id(), job).await? else {
        // nothing was sent, so the intent goes with this transaction
        return Ok(Outcome::Cancel("nobody is there to be written to any more".to_owned()));
    };
    tx.commit().await?;
    deliver(engine, mailer, run, effect, &mail).await
}
