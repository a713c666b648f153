//! What a node must be told.

use std::{path::PathBuf, time::Duration};

use ledgerline_jobs::Queue;
use uuid::Uuid;

use crate::{monitor::Monitoring, schedule::ScheduleEntry};

/// Settings of one worker node.
#[derive(Clone, Debug)]
pub struct NodeOptions {
    /// Postgres, as the engine's role.
    pub database_url: String,
    /// Redis.
    pub redis_url: String,
    /// Prefix of every Redis key; two platforms may share a Redis.
    pub namespace: String,
    /// Queues this node works on, with how many jobs of each run at once.
    pub queues: Vec<(Queue, usize)>,
    /// A node that does not beat this long is dead and its jobs run elsewhere.
    pub lease: Duration,
    /// Ids per queue waiting in Redis.
    pub window: usize,
    /// How often Postgres is asked for due jobs that no wake-up announced.
    pub poll: Duration,
    /// How long running jobs may take to end after SIGTERM; the rest is given back.
    pub drain: Duration,
    /// Resident memory above which the process gives itself up, in bytes.
    pub memory_limit: Option<u64>,
    /// Recurring work.
    pub schedules: Vec<ScheduleEntry>,
    /// Program and arguments that start a child of this node for suspects.
    pub isolated_command: Option<(PathBuf, Vec<String>)>,
    /// Ran as such a child: only suspects, one at a time.
    pub isolated: bool,
    /// The node's id where its parent chose it.
    pub node_id: Option<Uuid>,
    /// Where it tells of itself, if it does.
    pub monitoring: Option<Monitoring>,
    /// Version shown on the nodes page.
    pub version: String,
}
