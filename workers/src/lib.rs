//! How work runs: the dispatcher moves due rows to Redis, apalis workers run what they could claim, the recorder
//! writes how it ended, the heart keeps the lease, the sweeper and the schedules do what time asks for.
//!
//! A handler is one call into `ledgerline-app`; which handler runs which job stands in [`handlers`].

pub mod dispatcher;
pub mod handlers;
pub mod heart;
pub mod isolate;
pub mod layers;
pub mod life;
pub mod monitor;
pub mod node;
pub mod options;
pub mod outage;
pub mod pump;
pub mod recorder;
pub mod registry;
pub mod schedule;
pub mod sweeper;
pub mod tally;

pub use life::run;
pub use options::NodeOptions;
pub use registry::{HandlerError, Registry};

/// What ends a part of a node for the moment; it is started again.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Postgres.
    #[error("Postgres: {0}")]
    Postgres(#[from] sqlx::Error),
    /// Redis.
    #[error("Redis: {0}")]
    Redis(#[from] redis::RedisError),
    /// The engine.
    #[error(transparent)]
    Engine(#[from] ledgerline_jobs::EnqueueError),
    /// The system.
    #[error("{0}")]
    System(#[from] std::io::Error),
}
