//! Schedules on the wire.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::view::JobRef;

/// What happens with due times at which no node was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum CatchUp {
    /// They are missed.
    Skip,
    /// The latest is made up for.
    Last,
    /// Each is made up for.
    All,
}

/// What became of a due time, or of a click on "run now".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleOutcome {
    /// Its job was asked for in time.
    Fired,
    /// Its job was asked for more than a minute late.
    CaughtUp,
    /// Nobody was there, and it is not made up for.
    Missed,
    /// The schedule was paused.
    Paused,
    /// Missed or paused: an earlier release did not tell which.
    Skipped,
    /// An operator asked for the job.
    ByHand,
}

/// Work that recurs.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Schedule)]
pub struct ScheduleView {
    /// Its name.
    pub name: String,
    /// Cron expression: minute hour day month weekday, with seconds before them when there are six.
    pub cron: String,
    /// IANA time zone of the expression.
    pub timezone: String,
    /// Kind of the job.
    pub kind: String,
    /// Which missed times are made up for.
    pub catch_up: CatchUp,
    /// Its jobs start up to this many seconds after their time.
    pub jitter_seconds: i32,
    /// Its latest due time, whatever became of it.
    #[schema(required = true)]
    pub last_slot: Option<DateTime<Utc>>,
    /// What became of that.
    #[schema(required = true)]
    pub last_outcome: Option<ScheduleOutcome>,
    /// The job of that.
    #[schema(required = true)]
    pub last_job: Option<JobRef>,
    /// Due times of the last seven days that were missed.
    pub missed: i64,
    /// A due time that passed more than two minutes ago and that no node has dealt with.
    #[schema(required = true)]
    pub overdue: Option<DateTime<Utc>>,
    /// Its next due time; none while it is paused.
    #[schema(required = true)]
    pub next_slot: Option<DateTime<Utc>>,
    /// The next five due times, paused or not.
    pub next_slots: Vec<DateTime<Utc>>,
    /// Whether nothing of it is asked for.
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
}

/// All schedules.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScheduleList {
    /// The schedules, by name.
    pub schedules: Vec<ScheduleView>,
}

/// What happened at one time.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScheduleEntry {
    /// The due time, or when an operator asked.
    pub at: DateTime<Utc>,
    /// What became of it.
    pub outcome: ScheduleOutcome,
    /// When that was decided.
    pub decided_at: DateTime<Utc>,
    /// Who asked by hand.
    #[schema(required = true)]
    pub by: Option<String>,
    /// The job.
    #[schema(required = true)]
    pub job: Option<JobRef>,
    /// Its id, also when it ended so long ago that nothing else is known of it.
    #[schema(required = true)]
    pub job_id: Option<Uuid>,
}

/// A page of a schedule's history.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScheduleHistory {
    /// The latest first.
    pub entries: Vec<ScheduleEntry>,
    /// For the next page.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

/// A click on "run now".
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RunSchedule {
    /// Made up by the caller, a new one for each click: asking again with the same one answers the same job.
    pub run_id: Uuid,
}
