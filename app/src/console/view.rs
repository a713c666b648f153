//! The console's shapes on the wire.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{alarms::Alarm, nodes::view::NodeView};
use crate::page::BoundedCount;

/// Where a job stands. `queued` is a scheduled job whose time has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum JobState {
    /// Its time has not come.
    Scheduled,
    /// Waits for another job.
    Waiting,
    /// No node knows it, or something it needs is shut off.
    Parked,
    /// Its time has come.
    Queued,
    /// A node works on it.
    Running,
    /// Done.
    Succeeded,
    /// Failed for good; stays until somebody decides.
    Dead,
    /// Ended without being done.
    Cancelled,
    /// Crashed its process again and again; stays until somebody decides.
    Quarantined,
}

impl JobState {
    /// All of them, as a job passes through them.
    pub const ALL: [Self; 9] = [
        Self::Scheduled,
        Self::Waiting,
        Self::Parked,
        Self::Queued,
        Self::Running,
        Self::Succeeded,
        Self::Dead,
        Self::Cancelled,
        Self::Quarantined,
    ];

    /// As in the database and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Waiting => "waiting",
            Self::Parked => "parked",
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Dead => "dead",
            Self::Cancelled => "cancelled",
            Self::Quarantined => "quarantined",
        }
    }
}

impl std::str::FromStr for JobState {
    type Err = UnknownState;

    fn from_str(state: &str) -> Result<Self, UnknownState> {
        Self::ALL.into_iter().find(|known| known.as_str() == state).ok_or_else(|| UnknownState(state.to_owned()))
    }
}

/// A state that the database knows and this release does not.
#[derive(Debug, thiserror::Error)]
#[error("unknown state of a job `{0}`")]
pub struct UnknownState(String);

/// How far a running job is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct JobProgress {
    /// Units done.
    pub done: i64,
    /// Units in all, when known.
    #[schema(required = true)]
    pub total: Option<i64>,
    /// What is being done.
    #[schema(required = true)]
    pub note: Option<String>,
}

/// A job in a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = JobRow)]
pub struct JobRowView {
    /// The job.
    pub id: Uuid,
    /// `<slice>.<verb>`.
    pub kind: String,
    /// Where it waits.
    pub queue: String,
    /// Where it stands.
    pub state: JobState,
    /// Attempts begun.
    pub attempt: i16,
    /// Attempts until it is dead.
    pub max_attempts: i16,
    /// 0 (urgent) to 3 (bulk).
    pub priority: i16,
    /// Not before this time.
    pub run_at: DateTime<Utc>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When its latest attempt began.
    #[schema(required = true)]
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    #[schema(required = true)]
    pub finished_at: Option<DateTime<Utc>>,
    /// The workspace it works for.
    #[schema(required = true)]
    pub workspace_id: Option<Uuid>,
    /// Its name.
    #[schema(required = true)]
    pub workspace_name: Option<String>,
    /// The batch that counts it.
    #[schema(required = true)]
    pub batch_id: Option<Uuid>,
    /// Why its latest failed attempt failed; shortened in lists.
    #[schema(required = true)]
    pub last_error: Option<String>,
    /// How far it is.
    #[schema(required = true)]
    pub progress: Option<JobProgress>,
    /// Whether it was asked to stop.
    pub cancel_requested: bool,
    /// Of a dead or cancelled job, whether it was decided on: deleted, or asked for again as a copy.
    pub decided: bool,
}

/// Another job in a word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct JobRef {
    /// The job.
    pub id: Uuid,
    /// `<slice>.<verb>`.
    pub kind: String,
    /// Where it stands.
    pub state: JobState,
}

/// A queue.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Queue)]
pub struct QueueView {
    /// Its name.
    pub name: String,
    /// Whether nothing of it starts.
    pub paused: bool,
    /// Who paused it.
    #[schema(required = true)]
    pub paused_by: Option<String>,
    /// When.
    #[schema(required = true)]
    pub paused_at: Option<DateTime<Utc>>,
    /// Why.
    #[schema(required = true)]
    pub paused_reason: Option<String>,
    /// Jobs whose time has come.
    pub depth: BoundedCount,
    /// Jobs being worked on.
    pub running: i64,
    /// How long the oldest job whose time has come has been due.
    #[schema(required = true)]
    pub oldest_seconds: Option<i64>,
    /// Jobs that ended in the last minute.
    pub per_minute: i64,
    /// Ids that stand in Redis for the nodes to take; unknown while Redis does not answer.
    #[schema(required = true)]
    pub window: Option<i64>,
    /// Its lines, one for each priority that has jobs.
    pub priorities: Vec<QueueLine>,
    /// When this was read: what was done before is in it. Of two answers that cross, the later one holds.
    pub read_at: DateTime<Utc>,
}

/// The jobs of one priority in a queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueueLine {
    /// 0 (urgent) to 3 (bulk).
    pub priority: i16,
    /// Jobs whose time has come.
    pub depth: BoundedCount,
    /// Jobs being worked on.
    pub running: i64,
    /// Jobs whose time has not come.
    pub scheduled: BoundedCount,
    /// How long the oldest has been due.
    #[schema(required = true)]
    pub oldest_seconds: Option<i64>,
}

/// Jobs per second over the last minute.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Rates {
    /// Those that came into the queues.
    pub asked: f64,
    /// Done.
    pub done: f64,
    /// Attempts that failed.
    pub failed: f64,
}

/// All queues.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueueList {
    /// The queues.
    pub queues: Vec<QueueView>,
}

/// Whether Redis answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RedisState {
    /// It does.
    Ok,
    /// It does not: jobs are recorded and wait.
    Down,
}

/// How many jobs stand where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = JobCounts)]
#[expect(missing_docs, reason = "the states of a job, described at JobState")]
pub struct Counts {
    pub scheduled: BoundedCount,
    pub waiting: BoundedCount,
    pub parked: BoundedCount,
    pub queued: BoundedCount,
    pub running: BoundedCount,
    pub succeeded: BoundedCount,
    pub dead: BoundedCount,
    pub cancelled: BoundedCount,
    pub quarantined: BoundedCount,
}

/// The state of the platform's jobs; the stream sends it as well.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Overview)]
pub struct Load {
    /// What to look at first, the worst first.
    pub alarms: Vec<Alarm>,
    /// Jobs per second.
    pub rates: Rates,
    /// Jobs by state.
    pub counts: Counts,
    /// Queues.
    pub queues: Vec<QueueView>,
    /// Worker processes, also those that went in the last quarter of an hour.
    pub nodes: Vec<NodeView>,
    /// Whether Redis answers.
    pub redis: RedisState,
}

/// A kind of job.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobKind)]
pub struct KindView {
    /// `<slice>.<verb>`.
    pub kind: &'static str,
    /// Where its jobs wait.
    pub queue: &'static str,
    /// One sentence.
    pub description: &'static str,
}

/// Every kind of job.
#[derive(Debug, Serialize, ToSchema)]
pub struct KindList {
    /// The kinds.
    pub kinds: Vec<KindView>,
}
