//! What work may be asked for.
//!
//! A job is a payload struct that implements [`Job`]: it says its kind, queue and policy beside its fields.
//! [`enqueue`] writes it as a row in the caller's transaction, so the work exists exactly when the change that
//! asks for it does. How rows move from there is [`engine`]'s business; what a job means is the app's.
//!
//! The one list of all jobs is [`catalog`].

pub mod accounts;
pub mod audit;
pub mod catalog;
pub mod causes;
pub mod console;
pub mod engine;
pub mod files;
pub mod imports;
pub mod invitations;
pub mod maintenance;
mod policy;
pub mod portal;
pub mod proposals;
mod queues;

pub use engine::enqueue::{EnqueueError, Enqueued, NewJob, Options, enqueue, enqueue_many, enqueue_row, enqueue_with};
pub use policy::{Backoff, Policy, Priority, UniqueKey};
pub use queues::Queue;

use serde::{Serialize, de::DeserializeOwned};

/// Identifies one job for ever: a `UUIDv7`, so it also says roughly when the job was asked for.
pub type JobId = uuid::Uuid;

/// A piece of work that can be asked for. Implementors carry ids, not data: the handler reads what is true
/// when it runs.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Stable name, `<slice>.<verb>`; stored in every row, so it never changes.
    const KIND: &'static str;
    /// Version of the payload's shape. A node that does not know it parks the job, it never drops it.
    const VERSION: i16 = 1;
    /// Where it waits.
    const QUEUE: Queue;
    /// Attempts, time limits, backoff, priority.
    const POLICY: Policy = Policy::DEFAULT;
    /// One plain sentence for operators.
    const DESCRIPTION: &'static str;
    /// Names of top-level argument fields that operators see masked.
    const MASKED: &'static [&'static str] = &[];

    /// At most one live job of this kind may hold the key it answers; `None` means any number may.
    fn unique_key(&self) -> Option<UniqueKey> {
        None
    }
}
