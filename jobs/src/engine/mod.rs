//! How jobs live in Postgres: asked for, claimed, ended, counted in batches, swept after crashes.
//!
//! Every statement that changes a running job is guarded by its fence ([`Fence`]: epoch and token), so a node that
//! lost its lease can write nothing. The statements here know no Redis and no handlers; `workers` drives them.

pub mod activity;
pub mod batch;
pub mod claim;
pub mod control;
pub mod effects;
pub mod enqueue;
pub mod nodes;
pub mod outcome;
pub mod queue;
pub mod rates;
pub mod run;
pub mod schedule;
pub mod sweep;
pub mod times;

use uuid::Uuid;

/// What proves that a node still holds a job: both numbers must stand in the row. The epoch counts claims; the
/// token is random, because claims commit asynchronously and a crash of Postgres can hand out an epoch twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fence {
    /// The job.
    pub id: Uuid,
    /// Number of the claim.
    pub epoch: i32,
    /// Random, per claim.
    pub token: i64,
}
