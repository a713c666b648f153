//! A mail is an effect on the outside world: it stands in the effect ledger before it is handed over, and what may have
//! arrived is shown to operators, never repeated.

use ledgerline_jobs::engine::{
    effects::{self, Effect, Intent, Settled},
    outcome::Outcome,
    run::{FinishError, Run},
};
use sqlx::{PgConnection, PgPool};

use super::{Mail, Mailer, SendError};
use crate::error::{Error, Result};

/// Whether the job of `run` may send its mail now.
#[derive(Debug)]
pub enum Permit {
    /// Write the mail in the same transaction, commit, then [`deliver`].
    Send(Effect),
    /// Commit, and answer this.
    Not(Outcome),
}

/// Writes down that the mail of this job is about to be sent. A job sends one mail, so its id is the effect's key.
///
/// # Errors
/// When Postgres fails.
pub async fn intend(conn: &mut PgConnection, run: &Run) -> Result<Permit> {
    let key = format!("mail:{}", run.id());
    Ok(match run.intend(conn, "smtp", &key, run.kind()).await? {
        Intent::Go(effect) => {
            effects::sending(conn, effect).await?;
            Permit::Send(effect)
        }
        Intent::Confirmed(_) => Permit::Not(Outcome::Done),
        Intent::Unknown(_) => Permit::Not(Outcome::Dead("the mail may have arrived; it is not sent twice".to_owned())),
        Intent::Stop => Permit::Not(Outcome::Cancel("cancelled before the mail was sent".to_owned())),
        Intent::KeyReused => Permit::Not(Outcome::Dead("the effect of this job is another job's".to_owned())),
    })
}

/// Hands the mail over and records what became of it, together with the end of the job.
///
/// # Errors
/// When it was surely not delivered, so that the job tries again; or when Postgres fails.
pub async fn deliver(engine: &PgPool, mailer: &Mailer, run: &Run, effect: Effect, mail: &Mail) -> Result<Outcome> {
    let sent = mailer.deliver(mail).await;
    let mut tx = engine.begin().await?;
    match sent {
        Ok(()) => {
            effects::settle(&mut tx, effect, &Settled::Confirmed(None)).await?;
            run.finish(&mut tx).await.map_err(lost)?;
            tx.commit().await?;
            Ok(Outcome::Settled)
        }
        Err(error @ SendError::NotSent(_)) => {
            effects::settle(&mut tx, effect, &Settled::Failed(error.to_string())).await?;
            tx.commit().await?;
            Err(Error::internal(error))
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

fn lost(error: FinishError) -> Error {
    Error::internal(error)
}
