//! A mail is an effect on the outside world: it stands in the effect ledger before it is handed over, and what may have
//! arrived is shown to operators, never repeated.

use std::sync::Arc;

use ledgerline_jobs::{
    JobId,
    engine::{
        effects::{self, Effect, Intent, Settled},
        outcome::Outcome,
        run::{FinishError, Run},
    },
};
use sqlx::{PgConnection, PgPool};

use super::{Mail, Mailer, SendError};
use crate::settings::Settings;

/// A job that sends one mail.
pub trait Letter {
    /// Writes the mail when it is sent, since that mints the token of its link; `None` when nobody is there to be written
    /// to any more.
    fn write(
        &self,
        conn: &mut PgConnection,
        settings: &Settings,
        id: JobId,
    ) -> impl Future<Output = crate::Result<Option<Mail>>> + Send;
}

/// Why an attempt failed and is to be tried again, as operators read it.
#[derive(Debug, thiserror::Error)]
pub enum AttemptError {
    /// Surely not delivered.
    #[error(transparent)]
    NotSent(#[from] SendError),
    /// The mail could not be written.
    #[error("The mail could not be written")]
    NotWritten(#[source] Arc<dyn std::error::Error + Send + Sync>),
    /// The engine.
    #[error(transparent)]
    Finish(#[from] FinishError),
    /// Postgres.
    #[error("Postgres: {0}")]
    Postgres(#[from] sqlx::Error),
}

impl From<crate::Error> for AttemptError {
    /// The sentence of such an error is for callers of the API; here its cause counts.
    fn from(error: crate::Error) -> Self {
        Self::NotWritten(error.cause.clone().unwrap_or_else(|| Arc::new(error)))
    }
}

/// Sends the mail of a job, once. `engine` is the engine's pool: requests have no right to mint tokens.
///
/// # Errors
/// When it was surely not delivered, so that trying again is safe; or when Postgres fails.
pub async fn send(
    engine: &PgPool,
    settings: &Settings,
    mailer: &Mailer,
    run: &Run,
    letter: &impl Letter,
) -> Result<Outcome, AttemptError> {
    let mut tx = engine.begin().await?;
    let effect = match intend(&mut tx, run).await? {
        Permit::Send(effect) => effect,
        Permit::Not(outcome) => {
            tx.commit().await?;
            return Ok(outcome);
        }
    };
    let Some(mail) = letter.write(&mut tx, settings, run.id()).await? else {
        // nothing was sent, so the intent goes with this transaction
        return Ok(Outcome::Cancel("nobody is there to be written to any more".to_owned()));
    };
    tx.commit().await?;
    deliver(engine, mailer, run, effect, &mail).await
}

/// Whether a job may send its mail now.
enum Permit {
    /// Write the mail in the same transaction, commit, then [`deliver`].
    Send(Effect),
    /// Commit, and answer this.
    Not(Outcome),
}

/// Writes down that the mail of this job is about to be sent. A job and its copies send one mail, so the id of the first
/// of them is the effect's key.
async fn intend(conn: &mut PgConnection, run: &Run) -> sqlx::Result<Permit> {
    let key = format!("mail:{}", run.effects_of());
    Ok(match run.intend(conn, "smtp", &key, run.kind()).await? {
        Intent::Go(effect) => {
            effects::sending(conn, effect).await?;
            Permit::Send(effect)
        }
        Intent::Confirmed(_) => Permit::Not(Outcome::Done),
        Intent::Unknown(_) => Permit::Not(Outcome::Dead("The mail may have arrived; it is not sent twice.".to_owned())),
        Intent::Stop => Permit::Not(Outcome::Cancel("cancelled before the mail was sent".to_owned())),
        Intent::KeyReused => Permit::Not(Outcome::Dead("the effect of this job is another job's".to_owned())),
    })
}

/// Hands the mail over and records what became of it, together with the end of the job.
async fn deliver(
    engine: &PgPool,
    mailer: &Mailer,
    run: &Run,
    effect: Effect,
    mail: &Mail,
) -> Result<Outcome, AttemptError> {
    let sent = mailer.deliver(mail).await;
    let mut tx = engine.begin().await?;
    match sent {
        Ok(()) => {
            effects::settle(&mut tx, effect, &Settled::Confirmed(None)).await?;
            run.finish(&mut tx).await?;
            tx.commit().await?;
            Ok(Outcome::Settled)
        }
        Err(error @ SendError::NotSent(_)) => {
            effects::settle(&mut tx, effect, &Settled::Failed(error.to_string())).await?;
            tx.commit().await?;
            Err(error.into())
        }
        Err(error @ SendError::Refused(_)) => {
            effects::settle(&mut tx, effect, &Settled::Failed(error.to_string())).await?;
            tx.commit().await?;
            Ok(Outcome::Dead(error.to_string()))
        }
        Err(error @ SendError::Unknown(_)) => {
            effects::settle(&mut tx, effect, &Settled::Unknown(error.to_string())).await?;
            tx.commit().await?;
            Ok(Outcome::Dead(error.to_string()))
        }
    }
}
