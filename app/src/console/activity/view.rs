//! Activity on the wire.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A node began to work.
    NodeStarted,
    /// A node stopped in good order.
    NodeStopped,
    /// A node died.
    NodeGone,
    /// An operator told a node to take no new work.
    NodeQuieted,
    /// An operator let a node take work again.
    NodeResumed,
    /// An operator told a node to stop.
    NodeToldToStop,
    /// An operator paused a queue.
    QueuePaused,
    /// An operator resumed a queue.
    QueueResumed,
    /// An operator paused a schedule.
    SchedulePaused,
    /// An operator resumed a schedule.
    ScheduleResumed,
    /// An operator asked for a schedule's job.
    ScheduleRun,
    /// An operator cancelled a batch.
    BatchCancelled,
    /// Jobs of a kind died.
    JobsDied,
    /// Something that this release has no word for.
    Other,
}

impl From<&str> for What {
    fn from(stored: &str) -> Self {
        match stored {
            "node_started" => Self::NodeStarted,
            "node_stopped" => Self::NodeStopped,
            "node_gone" => Self::NodeGone,
            "node_quieted" => Self::NodeQuieted,
            "node_resumed" => Self::NodeResumed,
            "node_told_to_stop" => Self::NodeToldToStop,
            "queue_paused" => Self::QueuePaused,
            "queue_resumed" => Self::QueueResumed,
            "schedule_paused" => Self::SchedulePaused,
            "schedule_resumed" => Self::ScheduleResumed,
            "schedule_run" => Self::ScheduleRun,
            "batch_cancelled" => Self::BatchCancelled,
            "jobs_died" => Self::JobsDied,
            _ => Self::Other,
        }
    }
}

/// One thing that happened.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Activity)]
pub struct ActivityView {
    /// From 1, without a hole, in the order in which things became true.
    pub number: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub what: What,
    /// Name of the node, queue, schedule, batch or kind.
    pub subject: String,
    /// Id of the node, of the batch, or of the job that was asked for.
    #[schema(required = true)]
    pub subject_id: Option<Uuid>,
    /// How many jobs.
    #[schema(required = true)]
    pub count: Option<i64>,
    /// The operator who did it.
    #[schema(required = true)]
    pub by: Option<String>,
    /// Why.
    #[schema(required = true)]
    pub reason: Option<String>,
}

/// A page of what happened.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActivityList {
    /// The latest first.
    pub activity: Vec<ActivityView>,
    /// For the next page.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}
