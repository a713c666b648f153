//! The effect ledger: what a job does to the outside world is written down before it is done.
//!
//! The key is unique and is also the provider's idempotency key. `intended → sent → confirmed | failed | unknown`.
//! What to do about an effect that was sent and never answered is policy of the provider, so [`intend`] reports it
//! and the caller decides.

use sqlx::PgConnection;
use uuid::Uuid;

use super::Fence;

/// An effect that this attempt may now carry out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    /// Its row.
    pub id: Uuid,
}

/// Where an effect stands when a job comes to it.
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// Never sent: call [`sending`], commit, and do it.
    Go(Effect),
    /// Done before; this is what the provider answered.
    Confirmed(Option<serde_json::Value>),
    /// Sent before, and nobody knows what became of it.
    Unknown(Effect),
    /// The job was cancelled or its lease lost: do nothing.
    Stop,
    /// The key stands for something else: a programming error, nothing was written.
    KeyReused,
}

/// Writes down the intent. From here on the job cannot be cancelled. Commit before acting.
///
/// # Errors
/// When Postgres fails.
pub async fn intend(
    conn: &mut PgConnection,
    fence: Fence,
    provider: &str,
    key: &str,
    fingerprint: &str,
) -> Result<Intent, sqlx::Error> {
    let held = sqlx::query!(
        "update jobs set effect_intended = true
         where id = $1 and epoch = $2 and token = $3 and state = 'running' and cancel_requested_at is null",
        fence.id,
        fence.epoch,
        fence.token
    )
    .execute(&mut *conn)
    .await?
    .rows_affected();
    if held == 0 {
        return Ok(Intent::Stop);
    }
    sqlx::query!(
        "insert into effects (id, key, workspace_id, job_id, provider, fingerprint, created_at)
         select $1, $2, workspace_id, id, $4, $5, app_now() from jobs where id = $3
         on conflict (key) do nothing",
        Uuid::now_v7(),
        key,
        fence.id,
        provider,
        fingerprint
    )
    .execute(&mut *conn)
    .await?;
    let row = sqlx::query!("select id, state, fingerprint, response from effects where key = $1 for update", key)
        .fetch_one(&mut *conn)
        .await?;
    let effect = Effect { id: row.id };
    if row.fingerprint != fingerprint {
        return Ok(Intent::KeyReused);
    }
    Ok(match row.state.as_str() {
        "confirmed" => Intent::Confirmed(row.response),
        "sent" | "unknown" => Intent::Unknown(effect),
        _ => Intent::Go(effect),
    })
}

/// Records that the call is about to be made. Commit before acting.
///
/// # Errors
/// When Postgres fails.
pub async fn sending(conn: &mut PgConnection, effect: Effect) -> Result<(), sqlx::Error> {
    sqlx::query!("update effects set state = 'sent', sent_at = app_now(), error = null where id = $1", effect.id)
        .execute(conn)
        .await?;
    Ok(())
}

/// What the provider's answer says of the effect.
#[derive(Clone, Debug, PartialEq)]
pub enum Settled {
    /// It happened.
    Confirmed(Option<serde_json::Value>),
    /// It did not and will not happen.
    Failed(String),
    /// Nobody knows.
    Unknown(String),
}

/// Records what became of the effect.
///
/// # Errors
/// When Postgres fails; the effect then stays `sent`, which is treated as unknown.
pub async fn settle(conn: &mut PgConnection, effect: Effect, settled: &Settled) -> Result<(), sqlx::Error> {
    let (state, response, error) = match settled {
        Settled::Confirmed(response) => ("confirmed", response.clone(), None),
        Settled::Failed(error) => ("failed", None, Some(error.as_str())),
        Settled::Unknown(error) => ("unknown", None, Some(error.as_str())),
    };
    sqlx::query!(
        "update effects set state = $2, response = $3, error = $4, settled_at = app_now() where id = $1",
        effect.id,
        state,
        response,
        error
    )
    .execute(conn)
    .await?;
    Ok(())
}
