//! Lets jobs of a bulk action go: small jobs of our own in a batch, spread over time, so that the queues that get the
//! work back are not flooded and an end that comes meanwhile finds most of them not begun.

use std::time::Duration;

use ledgerline_jobs::{
    EnqueueError, Options,
    console::{ActInBulk, Part, StepInBulk},
    engine::batch,
    enqueue_with,
};
use sqlx::PgConnection;
use uuid::Uuid;

use super::queries::{self, items};
use crate::error::Result;

/// Jobs acted on by one job of ours.
const AT_ONCE: usize = 50;
/// Time between two of ours: at most 500 jobs are let go per second.
const PACE: Duration = Duration::from_millis(100);

/// Lets go what is left before the place `until`; answers how many. The bulk action must be locked.
///
/// # Errors
/// When Postgres fails.
pub async fn release(conn: &mut PgConnection, bulk_id: Uuid, part: Part, until: i32) -> Result<usize> {
    let places = items::left(conn, bulk_id, until).await?;
    let batch = batch::open(conn, "bulk", Some(&StepInBulk { bulk_id, part })).await?;
    let mut delay = Duration::ZERO;
    for chunk in places.chunks(AT_ONCE) {
        if let (Some(&first), Some(&last)) = (chunk.first(), chunk.last()) {
            let options = Options { batch: Some(batch), delay: Some(delay), ..Options::default() };
            asked(enqueue_with(conn, &ActInBulk { bulk_id, first, last }, &options).await)?;
            delay += PACE;
        }
    }
    let state = match part {
        Part::Canary => "canary",
        Part::Rest => "running",
    };
    queries::released(conn, bulk_id, state, batch).await?;
    asked(batch::seal(conn, batch).await)?;
    Ok(places.len())
}

fn asked<T>(result: Result<T, EnqueueError>) -> Result<T> {
    Ok(result?)
}
