//! Which jobs: the one description that lists, bulk actions and the command line share. It is written as text
//! ([`super::search`]) and looked up in the database once, when it is used ([`JobFilter::resolve`]).

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    queries::names::{self, Named},
    search::{Code, SearchError, invalid, quoted},
};
use crate::{console::view::JobState, error::Result};

/// In the place of the fingerprint of a job that has no error.
pub const NO_FINGERPRINT: &str = "none";

/// What is looked for; whatever is empty lets everything through. All that is given must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// This one job.
    pub id: Option<Uuid>,
    /// Any of these states.
    pub states: Vec<JobState>,
    /// `<slice>.<verb>`.
    pub kind: Option<String>,
    /// Name of a queue.
    pub queue: Option<String>,
    /// The workspace that it works for.
    pub workspace: Option<NameOrId>,
    /// The node that works on it, or did last.
    pub node: Option<NameOrId>,
    /// The batch that counts it.
    pub batch: Option<Uuid>,
    /// Values in its arguments.
    pub args: Vec<Argument>,
    /// What failures that are alike have in common; [`NO_FINGERPRINT`] for jobs without an error.
    pub fingerprint: Option<String>,
    /// Texts that its latest error or the reason of its end holds, whatever their case.
    pub errors: Vec<String>,
    /// Ended at this time or later; for a live job: due.
    pub since: Option<When>,
    /// Ended before this time; for a live job: due.
    pub before: Option<When>,
}

/// A thing that has a name and an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameOrId {
    /// Its id.
    Id(Uuid),
    /// Its name; case does not matter.
    Name(String),
}

/// A value at a place in the arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// Names of fields, outermost first.
    pub path: Vec<String>,
    /// The value as it was written: a text, a number, `true`, `false` or `null`.
    pub value: String,
}

/// A point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// So long before now.
    Ago(TimeDelta),
    /// Then.
    At(DateTime<Utc>),
}

impl When {
    /// Which time that is; none when it lies beyond all times.
    pub(super) fn from(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::Ago(ago) => now.checked_sub_signed(ago),
            Self::At(at) => Some(at),
        }
    }
}

/// A filter with its names looked up and its times fixed, as queries take it.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// This one job.
    pub id: Option<Uuid>,
    /// Any of these states; empty for all.
    pub states: Vec<JobState>,
    /// `<slice>.<verb>`.
    pub kind: Option<String>,
    /// Name of a queue.
    pub queue: Option<String>,
    /// A workspace.
    pub workspace_id: Option<Uuid>,
    /// A node.
    pub node_id: Option<Uuid>,
    /// A batch.
    pub batch_id: Option<Uuid>,
    /// For each argument the objects of which the arguments must contain one.
    pub args: Vec<Vec<serde_json::Value>>,
    /// A fingerprint.
    pub fingerprint: Option<String>,
    /// Texts that the error must hold, each of them.
    pub errors: Vec<String>,
    /// At this time or later.
    pub since: Option<DateTime<Utc>>,
    /// Before this time.
    pub before: Option<DateTime<Utc>>,
}

impl JobFilter {
    /// Looks up names and fixes times.
    ///
    /// # Errors
    /// 422 `invalid_search` when a workspace or node of that name is not known, or several are.
    pub async fn resolve(&self, conn: &mut PgConnection) -> Result<Scope> {
        let now = names::now(conn).await?;
        let workspace_id = match &self.workspace {
            None => None,
            Some(NameOrId::Id(id)) => Some(*id),
            Some(NameOrId::Name(name)) => Some(only("workspace", name, &names::workspaces(conn, name).await?)?),
        };
        let node_id = match &self.node {
            None => None,
            Some(NameOrId::Id(id)) => Some(*id),
            Some(NameOrId::Name(name)) => Some(only("node", name, &names::nodes(conn, name).await?)?),
        };
        Ok(Scope {
            id: self.id,
            states: self.states.clone(),
            kind: self.kind.clone(),
            queue: self.queue.clone(),
            workspace_id,
            node_id,
            batch_id: self.batch,
            args: self.args.iter().map(Argument::alternatives).collect(),
            fingerprint: self.fingerprint.clone(),
            errors: self.errors.clone(),
            since: self.since.and_then(|since| since.from(now)),
            before: self.before.and_then(|before| before.from(now)),
        })
    }
}

/// The one thing of a name.
fn only(key: &'static str, name: &str, found: &[Named]) -> Result<Uuid> {
    let message = match found {
        [one] => return Ok(one.id),
        [] => format!("No {key} is called {}. Check its name, or give its id.", quoted(name)),
        several => {
            let ids: Vec<String> = several.iter().take(5).map(|one| format!("{key}:{}", one.id)).collect();
            format!("Several {key}s are called {}. Give one by its id: {}.", quoted(name), ids.join(", "))
        }
    };
    Err(invalid(vec![SearchError { code: Code::UnknownName, at: None, message }]))
}

impl Argument {
    /// Arguments are written in snake_case; a name as it is shown in an address (`importId`) finds them as well. What
    /// looks like a number may be one or a text.
    pub(super) fn alternatives(&self) -> Vec<serde_json::Value> {
        let text = serde_json::Value::String(self.value.clone());
        let mut values = vec![text];
        if let Ok(plain) = serde_json::from_str::<serde_json::Value>(&self.value)
            && !plain.is_object()
            && !plain.is_array()
            && !plain.is_string()
        {
            values.push(plain);
        }
        let mut paths = vec![self.path.clone()];
        let snake: Vec<String> = self.path.iter().map(|name| snake(name)).collect();
        if snake != self.path {
            paths.push(snake);
        }
        let nested = |path: &[String], value: &serde_json::Value| {
            path.iter().rev().fold(value.clone(), |inner, name| serde_json::json!({ name.as_str(): inner }))
        };
        paths.iter().flat_map(|path| values.iter().map(move |value| nested(path, value))).collect()
    }
}

/// A name as arguments are written.
pub(super) fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}
