//! Nodes on the wire.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::view::JobRowView;

/// Where a node stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum NodeState {
    /// It takes work.
    Alive,
    /// It takes no new work and ends what it has.
    Quiet,
    /// It ends or gives back what it has, and stops.
    Stopping,
    /// It stopped or died.
    Gone,
}

/// What an operator asked of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum NodeWish {
    /// To take no new work.
    Quiet,
    /// To stop in good order.
    Stop,
}

/// A queue that a node works on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NodeQueue {
    /// Its name.
    pub name: String,
    /// Jobs at once.
    pub concurrency: i64,
}

/// A worker process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Node)]
pub struct NodeView {
    /// The process.
    pub id: Uuid,
    /// Readable, unique per start.
    pub name: String,
    /// The machine.
    pub host: String,
    /// Process id.
    pub pid: i32,
    /// Version of the program.
    pub version: String,
    /// When it started.
    pub started_at: DateTime<Utc>,
    /// When it last said that it lives.
    pub beat_at: DateTime<Utc>,
    /// Where it stands.
    pub state: NodeState,
    /// Whether it stopped in good order; one that is gone without it died.
    pub left: bool,
    /// Whether it is the child of another that runs suspects, one at a time.
    pub isolated: bool,
    /// Jobs in hand.
    pub running: i32,
    /// Its queues.
    pub queues: Vec<NodeQueue>,
    /// What it was asked; it does so with its next beat.
    #[schema(required = true)]
    pub asked: Option<NodeWish>,
    /// By whom.
    #[schema(required = true)]
    pub asked_by: Option<String>,
    /// When.
    #[schema(required = true)]
    pub asked_at: Option<DateTime<Utc>>,
}

/// A page of nodes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodeList {
    /// The nodes, the latest first.
    pub nodes: Vec<NodeView>,
    /// For the next page.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

/// A node and what it works on.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodePage {
    /// The node.
    #[serde(flatten)]
    pub node: NodeView,
    /// Jobs it runs, by due time; the first hundred.
    pub jobs: Vec<JobRowView>,
}

/// Which nodes.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct NodeQuery {
    /// Also those that went more than a quarter of an hour ago.
    #[serde(default)]
    pub gone: bool,
    /// `nextCursor` of the page before.
    pub cursor: Option<String>,
    /// Rows on the page, 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
}
