//! Every statement of the slice.

pub mod acts;
pub mod load;

use std::time::Duration;

use sqlx::{PgConnection, PgPool, Postgres, Transaction};

use crate::error::Result;

const LOOK: &str =
    "set local plan_cache_mode = force_custom_plan; set local jit = off; set local random_page_cost = 1.1";

/// A transaction that sees one moment, however many statements it takes: a job that ends in between does not vanish.
/// Plans are made for the values at hand, so that a filter which is not asked for costs nothing, and for a table that is
/// in memory, as live jobs are: else Postgres reads and sorts a whole line to avoid jumping about in it.
pub(crate) async fn look(pool: &PgPool) -> Result<Transaction<'static, Postgres>> {
    let mut tx = pool.begin_with("begin isolation level repeatable read, read only").await?;
    sqlx::raw_sql(LOOK).execute(&mut *tx).await?;
    Ok(tx)
}

/// Gives each statement of the transaction so long and no longer.
pub(crate) async fn hurry(conn: &mut PgConnection, limit: Duration) -> Result<()> {
    let limit = format!("{}ms", limit.as_millis());
    sqlx::query!("select set_config('statement_timeout', $1, true)", limit).fetch_one(conn).await?;
    Ok(())
}
