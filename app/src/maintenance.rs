//! Housekeeping of the platform, run every night: tomorrow's partitions, retention, expired sessions and tokens.

use chrono::{DateTime, Duration, Utc};
use ledgerline_jobs::engine::{outcome::Outcome, rates, run::Run, sweep};
use sqlx::{Connection as _, PgPool};

use crate::{console::bulk, error::Result};

/// Finished jobs, and what is told of them, are kept this long.
const KEPT: Duration = Duration::days(30);

/// Makes partitions for the coming week, drops those past retention, ends what has expired. Every step may be repeated.
///
/// # Errors
/// When Postgres fails; the job tries again.
pub async fn keep_house(engine: &PgPool, run: &Run) -> Result<Outcome> {
    // a connection of its own: dropping a partition waits for readers, longer than a pool's statement may take
    let options =
        engine.connect_options().as_ref().clone().options([("statement_timeout", "600000"), ("lock_timeout", "60000")]);
    let mut connection = sqlx::PgConnection::connect_with(&options).await?;
    sweep::make_partitions(&mut connection, 7).await?;
    let now: DateTime<Utc> = sqlx::query_scalar!(r#"select app_now() as "now!""#).fetch_one(&mut connection).await?;
    let dropped = sweep::drop_before(&mut connection, (now - KEPT).date_naive()).await?;
    if !dropped.is_empty() {
        run.log("info", format!("dropped {}", dropped.join(", ")));
    }
    rates::forget(&mut connection, now - KEPT).await?;
    let expired = sqlx::query_scalar!(r#"select auth.sweep() as "count!""#).fetch_one(&mut connection).await?;
    let portal = sqlx::query_scalar!(r#"select auth.sweep_portal() as "count!""#).fetch_one(&mut connection).await?;
    run.log("info", format!("{} expired sessions, tokens and limits ended", expired + portal));
    connection.close().await?;
    let bulk_actions = bulk::sweep::sweep(engine).await?;
    run.log("info", format!("{bulk_actions} old bulk actions removed"));
    Ok(Outcome::Done)
}
