//! What the list and the page of a job look like on the wire.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    console::view::{JobRef, JobRowView},
    page::BoundedCount,
};

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum AttemptOutcome {
    Running,
    Succeeded,
    Retried,
    Snoozed,
    HandedBack,
    Crashed,
    Dead,
    Cancelled,
    Parked,
    Quarantined,
}

/// How grave a log line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum LogLevel {
    Info,
    Warn,
    Error,
}

/// What became of an effect on the outside world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EffectState {
    /// About to be done.
    Intended,
    /// Done; the answer is not known yet.
    Sent,
    /// It happened.
    Confirmed,
    /// It did not and will not happen.
    Failed,
    /// Nobody knows.
    Unknown,
}

/// A word that the database has and this release does not know.
#[derive(Debug, thiserror::Error)]
#[error("unknown {0} `{1}`")]
pub struct UnknownWord(&'static str, String);

/// Reads a word of the database by its name on the wire.
macro_rules! by_name {
    ($type:ty, $what:literal) => {
        impl FromStr for $type {
            type Err = UnknownWord;

            fn from_str(word: &str) -> Result<Self, UnknownWord> {
                Self::deserialize(serde::de::value::StrDeserializer::<serde::de::value::Error>::new(word))
                    .map_err(|_| UnknownWord($what, word.to_owned()))
            }
        }
    };
}
by_name!(AttemptOutcome, "outcome of an attempt");
by_name!(LogLevel, "level of a log line");
by_name!(EffectState, "state of an effect");

/// One attempt of a job.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = JobAttempt)]
pub struct AttemptView {
    /// Which claim of the job it is; its log lines have the same number.
    pub epoch: i32,
    /// Its number, from 1; an attempt that burnt none has the number of the next.
    pub attempt: i16,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    #[schema(required = true)]
    pub ended_at: Option<DateTime<Utc>>,
    /// The node that worked on it.
    #[schema(required = true)]
    pub node: Option<String>,
    /// How it ended.
    pub outcome: AttemptOutcome,
    /// What went wrong.
    #[schema(required = true)]
    pub error: Option<String>,
    /// Where.
    #[schema(required = true)]
    pub backtrace: Option<String>,
}

/// A line that a job's handler kept for operators.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobLog)]
pub struct LogView {
    /// The claim of the job that it belongs to.
    pub epoch: i32,
    /// When.
    pub at: DateTime<Utc>,
    /// How grave it is.
    pub level: LogLevel,
    /// What happened.
    pub message: String,
}

/// What asked for a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OriginKind {
    /// Somebody, through a request that stands in the audit log.
    Person,
    /// A request of which nobody is known.
    Request,
    /// A slot of a schedule.
    Schedule,
    /// Another job.
    Job,
    /// An operator, as a linked copy of another job.
    Copy,
    /// The program itself.
    Program,
}

/// Who or what asked for a job.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = JobOrigin)]
pub struct OriginView {
    /// What asked for it.
    pub by: OriginKind,
    /// Name of the person or schedule.
    #[schema(required = true)]
    pub name: Option<String>,
    /// The due time of the schedule's slot.
    #[schema(required = true)]
    pub slot_at: Option<DateTime<Utc>>,
    /// The job that asked for it, or of which it is a copy.
    #[schema(required = true)]
    pub job: Option<JobRef>,
    /// What the person did, as in the audit log.
    #[schema(required = true)]
    pub action: Option<String>,
}

/// What a job did to the outside world.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = JobEffect)]
pub struct EffectView {
    /// Its row in the ledger.
    pub id: Uuid,
    /// Unique; also the provider's idempotency key.
    pub key: String,
    /// Who carries it out.
    pub provider: String,
    /// What became of it.
    pub state: EffectState,
    /// What the provider said.
    #[schema(required = true)]
    pub error: Option<String>,
    /// When it was intended.
    pub created_at: DateTime<Utc>,
    /// When it was done.
    #[schema(required = true)]
    pub sent_at: Option<DateTime<Utc>>,
    /// When it was known what became of it.
    #[schema(required = true)]
    pub settled_at: Option<DateTime<Utc>>,
}

/// What an operator did to a job.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = JobDeed)]
pub struct DeedView {
    /// When.
    pub at: DateTime<Utc>,
    /// The operator's name at that time.
    pub by: String,
    /// What, as in the audit log: `console.retry_job`.
    pub action: String,
    /// The bulk action with which it was done.
    #[schema(required = true)]
    pub bulk_id: Option<Uuid>,
    /// Why, where a reason was given.
    #[schema(required = true)]
    pub reason: Option<String>,
}

/// The batch of a job in a word.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobBatch)]
pub struct BatchRef {
    /// The batch.
    pub id: Uuid,
    /// What it is for.
    pub kind: String,
    /// Jobs in it.
    pub total: i64,
    /// Jobs of it that ended.
    pub ended: i64,
}

/// A page of jobs in a word.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobRefList {
    /// The jobs.
    pub jobs: Vec<JobRef>,
    /// For the next page.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

/// Everything about one job.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Job)]
pub struct JobView {
    /// What lists show.
    #[serde(flatten)]
    pub row: JobRowView,
    /// The payload; secrets and personal data are masked.
    pub args: Value,
    /// Version of the payload's shape.
    pub version: i16,
    /// Why it ended, or why it is parked.
    #[schema(required = true)]
    pub reason: Option<String>,
    /// The request at the beginning of the chain.
    #[schema(required = true)]
    pub cause_request_id: Option<String>,
    /// Who or what asked for it.
    pub asked_by: OriginView,
    /// The job of which it is a linked copy.
    #[schema(required = true)]
    pub copy_of: Option<JobRef>,
    /// Its linked copies, the first twenty.
    pub copies: Vec<JobRef>,
    /// Jobs that it asked for, the first page.
    pub children: JobRefList,
    /// What it did to the outside world, oldest first.
    pub effects: Vec<EffectView>,
    /// What operators did to it, oldest first; the latest fifty.
    pub deeds: Vec<DeedView>,
    /// The batch that counts it.
    #[schema(required = true)]
    pub batch: Option<BatchRef>,
    /// What was tried, oldest first; the latest two hundred.
    pub attempts: Vec<AttemptView>,
    /// Until when its node holds it.
    #[schema(required = true)]
    pub lease_until: Option<DateTime<Utc>>,
    /// The node that works on it.
    #[schema(required = true)]
    pub node: Option<String>,
    /// Why it does not run, in words.
    #[schema(required = true)]
    pub why_waiting: Option<String>,
    /// What makes it the same work as another of its kind.
    #[schema(required = true)]
    pub unique_key: Option<String>,
    /// Of a dead job, the live one that holds its unique key: it cannot be retried while that one lives.
    #[schema(required = true)]
    pub key_holder: Option<JobRef>,
    /// Whether a value in its arguments is masked.
    pub masked: bool,
    /// Why it cannot be asked for again with other arguments; none when it can.
    #[schema(required = true)]
    pub no_edit: Option<String>,
    /// Lines its handler kept, oldest first; the latest five hundred.
    pub logs: Vec<LogView>,
}

/// A page of jobs.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobList {
    /// The jobs.
    pub jobs: Vec<JobRowView>,
    /// For the next page, or to look further.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
    /// For the page before; none on the first page.
    #[schema(required = true)]
    pub previous_cursor: Option<String>,
    /// Set when looking stopped before the page was full and before the end of the list: `nextCursor` then looks
    /// further, or `previousCursor` when it went back.
    #[schema(required = true)]
    pub looked_through: Option<LookedThrough>,
}

/// How far a search has looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LookedThrough {
    /// Jobs that were looked at, about.
    pub jobs: i64,
    /// When the last of them ended; of live ones, is due.
    pub until: DateTime<Utc>,
    /// Whether it went back towards the beginning of the list.
    pub back: bool,
}

/// How many jobs a search finds.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = JobCount)]
pub struct CountView {
    /// How many, as far as they were counted; none when counting was given up before it found any.
    #[schema(required = true)]
    pub jobs: Option<BoundedCount>,
}

/// Arguments as they stand in the row.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobArguments)]
pub struct ArgumentsView {
    /// The payload, nothing masked.
    pub args: Value,
}

/// Failures that are alike: dead jobs of a kind whose errors differ in numbers, ids and quoted texts only.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FailureGroup)]
pub struct FailureView {
    /// Kind of the jobs.
    pub kind: String,
    /// What they have in common; none when there was no error.
    #[schema(required = true)]
    pub fingerprint: Option<String>,
    /// How many.
    pub jobs: i64,
    /// The error of the latest of them.
    #[schema(required = true)]
    pub error: Option<String>,
    /// When the first of them ended.
    pub first_at: DateTime<Utc>,
    /// When the latest of them ended.
    pub last_at: DateTime<Utc>,
}

/// Failures by what they have in common.
#[derive(Debug, Serialize, ToSchema)]
pub struct FailureList {
    /// The largest groups, at most a hundred.
    pub failures: Vec<FailureView>,
    /// Jobs that the groups are made of, the latest ones.
    pub jobs: BoundedCount,
}

/// A search that an operator keeps.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SavedSearch {
    /// The search.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// As it is typed.
    pub search: String,
    /// When it was kept.
    pub created_at: DateTime<Utc>,
}

/// An operator's own searches.
#[derive(Debug, Serialize, ToSchema)]
pub struct SavedSearchList {
    /// By name; at most fifty.
    pub searches: Vec<SavedSearch>,
}
