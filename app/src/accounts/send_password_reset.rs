//! The mail with which a user chooses a new password. Its token is minted when it is written, and stands nowhere else.

use include_dir::{Dir, include_dir};
use ledgerline_jobs::{
    JobId,
    accounts::SendPasswordReset,
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

static TEMPLATE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/mail/templates/password_reset");

/// Mints a token and writes the mail; `None` when the account is gone. Run it in a transaction that commits before
/// the mail is delivered.
///
/// # Errors
/// When Postgres refuses.
pub async fn write(
    conn: &mut PgConnection,
    settings: &Settings,
    id: JobId,
    job: &SendPasswordReset,
) -> Result<Option<Mail>> {
    let Some(to) = queries::contact(conn, job.user_id).await? else { return Ok(None) };
    let token = Token::mint()?;
    queries::mint_password_reset(conn, job.user_id, &token.hash()).await?;
    let words = serde_json::json!({
        "name": to.name,
        "link": settings.link(&format!("/reset-password#{}", token.reveal())),
    });
    Mail::render(&TEMPLATE, &words, id, &to.email, Some(&to.name)).map(Some)
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
    job: &SendPasswordReset,
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
