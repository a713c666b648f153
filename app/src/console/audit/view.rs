//! The audit log's shapes on the wire.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::queries::{self, ChainRow, OperatorRow, checks::CheckRow, entries::EntryRow};
use crate::{
    error::{Error, Result},
    page::BoundedCount,
};

/// Who acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AuditActor {
    /// Somebody who runs the platform, in the console or on the command line.
    Operator,
    /// A member of a workspace.
    User,
    /// A job, by itself.
    Job,
    /// Nobody who was logged in.
    Anonymous,
}

impl AuditActor {
    fn of(stored: &str) -> Result<Self> {
        match stored {
            "operator" => Ok(Self::Operator),
            "user" => Ok(Self::User),
            "job" => Ok(Self::Job),
            "anonymous" => Ok(Self::Anonymous),
            other => Err(Error::internal(format!("unknown actor of the audit log `{other}`"))),
        }
    }

    /// As stored and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::User => "user",
            Self::Job => "job",
            Self::Anonymous => "anonymous",
        }
    }
}

/// An entry of the audit log.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AuditEntry)]
pub struct EntryView {
    /// The entry.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// Who acted.
    pub actor_kind: AuditActor,
    /// Which of them.
    #[schema(required = true)]
    pub actor_id: Option<Uuid>,
    /// Their name at that time. Of a member of a workspace, their address with all masked but its first letter and its
    /// domain.
    #[schema(required = true)]
    pub actor_name: Option<String>,
    /// From where: an internet address, or a command line and its machine.
    #[schema(required = true)]
    pub origin: Option<String>,
    /// `<slice>.<verb>`.
    pub action: String,
    /// What kind of thing it was done to.
    pub subject_kind: String,
    /// Which one, by id.
    #[schema(required = true)]
    pub subject_id: Option<Uuid>,
    /// Which one, by name: a queue, a schedule, a node, a kind of job.
    #[schema(required = true)]
    pub subject_name: Option<String>,
    /// The workspace it belongs to.
    #[schema(required = true)]
    pub workspace_id: Option<Uuid>,
    /// Its name.
    #[schema(required = true)]
    pub workspace_name: Option<String>,
    /// Why, where a reason was asked for.
    #[schema(required = true)]
    pub reason: Option<String>,
    /// What was done, in detail; `before` and `after` where something was changed.
    pub data: Value,
    /// The request.
    #[schema(required = true)]
    pub request_id: Option<String>,
    /// Number of its seal, once it has one.
    #[schema(required = true)]
    pub seal: Option<i64>,
}

impl EntryView {
    /// From its row.
    ///
    /// # Errors
    /// When the row was written by a release that knows more.
    pub fn of(row: EntryRow) -> Result<Self> {
        let named = |key: &str| row.data.get(key).and_then(Value::as_str).map(str::to_owned);
        let subject_name = match row.subject_kind.as_str() {
            "job" => named("kind"),
            kind => named(kind).or_else(|| named("name")),
        };
        let reason = named("reason");
        Ok(Self {
            subject_name,
            reason,
            id: row.id,
            at: row.at,
            actor_kind: AuditActor::of(&row.actor_kind)?,
            actor_id: row.actor_id,
            actor_name: row.actor_name,
            origin: row.origin,
            action: row.action,
            subject_kind: row.subject_kind,
            subject_id: row.subject_id,
            workspace_id: row.workspace_id,
            workspace_name: row.workspace_name,
            data: row.data,
            request_id: row.request_id,
            seal: row.seal,
        })
    }
}

/// A page of the audit log.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditList {
    /// The entries.
    pub entries: Vec<EntryView>,
    /// For the next page.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

/// Somebody who runs the platform.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditPerson {
    /// The user.
    pub id: Uuid,
    /// Their name.
    pub name: String,
}

impl From<OperatorRow> for AuditPerson {
    fn from(row: OperatorRow) -> Self {
        Self { id: row.user_id, name: row.name }
    }
}

/// What the audit log can be narrowed to.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditChoices {
    /// Who runs the platform.
    pub people: Vec<AuditPerson>,
    /// What was ever done.
    pub actions: Vec<String>,
}

/// A check of the seals.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditCheck {
    /// The check.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// The last seal that held.
    pub number: i64,
    /// What did not hold, in a sentence.
    #[schema(required = true)]
    pub finding: Option<String>,
    /// Why not all of the log was looked at, in a sentence. All of it holds when there is neither.
    #[schema(required = true)]
    pub failure: Option<String>,
}

impl From<CheckRow> for AuditCheck {
    fn from(row: CheckRow) -> Self {
        Self { id: row.id, at: row.at, number: row.number, finding: row.finding, failure: row.failure }
    }
}

/// How far the log is sealed, and what its last check found.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditChain {
    /// Seals, which is also the number of the last one.
    pub seals: i64,
    /// Hash of the last one, in hexadecimal digits.
    #[schema(required = true)]
    pub hash: Option<String>,
    /// When that was made.
    #[schema(required = true)]
    pub sealed_at: Option<DateTime<Utc>>,
    /// When the latest sealed entry was written.
    #[schema(required = true)]
    pub up_to: Option<DateTime<Utc>>,
    /// Entries that wait for their seal.
    pub unsealed: BoundedCount,
    /// The latest check.
    #[schema(required = true)]
    pub checked: Option<AuditCheck>,
    /// When all of it held for the last time.
    #[schema(required = true)]
    pub held_at: Option<DateTime<Utc>>,
    /// What was found and nobody has acknowledged, the latest first; at most twenty.
    pub findings: Vec<AuditCheck>,
    /// Whether a check was asked for and has not ended.
    pub checking: bool,
}

/// What is known of checks.
#[derive(Debug)]
pub struct Checks {
    /// The latest.
    pub last: Option<CheckRow>,
    /// When all held for the last time.
    pub held_at: Option<DateTime<Utc>>,
    /// Findings that nobody has acknowledged.
    pub open: Vec<CheckRow>,
    /// Whether one was asked for and has not ended.
    pub checking: bool,
}

impl AuditChain {
    /// From what the database knows.
    #[must_use]
    pub fn of(row: ChainRow, checks: Checks) -> Self {
        Self {
            seals: row.number.unwrap_or_default(),
            hash: row.hash.as_deref().map(queries::hex),
            sealed_at: row.sealed_at,
            up_to: row.up_to,
            unsealed: BoundedCount::of(row.unsealed),
            checked: checks.last.map(AuditCheck::from),
            held_at: checks.held_at,
            findings: checks.open.into_iter().map(AuditCheck::from).collect(),
            checking: checks.checking,
        }
    }
}
