//! What the console reads of nodes.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::view::{NodeQueue, NodeState, NodeView, NodeWish};
use crate::{console::queries::load::FRONT, error::Result};

/// Processes that are gone are shown for this long unless asked for.
const GONE_SHOWN_SECONDS: f64 = 900.0;
/// Most processes of the overview.
const NODES: i64 = 200;
/// Jobs shown on a node's page.
const JOBS: i64 = 100;

#[derive(Debug)]
struct Row {
    id: Uuid,
    name: String,
    host: String,
    pid: i32,
    version: String,
    started_at: DateTime<Utc>,
    beat_at: DateTime<Utc>,
    state: String,
    left: bool,
    isolated: bool,
    running: i32,
    queues: Json<BTreeMap<String, i64>>,
    asked: Option<String>,
    asked_by: Option<String>,
    asked_at: Option<DateTime<Utc>>,
}

impl From<Row> for NodeView {
    fn from(row: Row) -> Self {
        let gone = row.state == "gone";
        Self {
            id: row.id,
            name: row.name,
            host: row.host,
            pid: row.pid,
            version: row.version,
            started_at: row.started_at,
            beat_at: row.beat_at,
            state: match row.state.as_str() {
                "running" => NodeState::Alive,
                "quiet" => NodeState::Quiet,
                "draining" => NodeState::Stopping,
                _ => NodeState::Gone,
            },
            left: row.left,
            isolated: row.isolated,
            running: if gone { 0 } else { row.running },
            queues: row.queues.0.into_iter().map(|(name, concurrency)| NodeQueue { name, concurrency }).collect(),
            asked: row.asked.filter(|_| !gone).map(|asked| match asked.as_str() {
                "stop" => NodeWish::Stop,
                _ => NodeWish::Quiet,
            }),
            asked_by: row.asked_by.filter(|_| !gone),
            asked_at: row.asked_at.filter(|_| !gone),
        }
    }
}

/// Processes that live, and those that went lately. When all of them are dead nobody marks them so, hence the lease is
/// looked at here as well.
pub(crate) async fn present(conn: &mut PgConnection) -> Result<Vec<NodeView>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id, name, host, pid, version, started_at, beat_at,
             case when lease_until < now() then 'gone' else state end as "state!", left_at is not null as "left!",
             isolated, running, queues as "queues: Json<BTreeMap<String, i64>>", asked, asked_by, asked_at
           from nodes
           where beat_at > now() - make_interval(secs => $1) or (state <> 'gone' and lease_until > now())
           order by (state = 'gone' or lease_until < now()), name limit $2"#,
        GONE_SHOWN_SECONDS,
        NODES
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(NodeView::from).collect())
}

/// A page of nodes, the latest start first.
pub(crate) async fn page(
    conn: &mut PgConnection,
    gone: bool,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<NodeView>> {
    let (at, id) = after.unzip();
    let rows = sqlx::query_as!(
        Row,
        r#"select id, name, host, pid, version, started_at, beat_at,
             case when lease_until < now() then 'gone' else state end as "state!", left_at is not null as "left!",
             isolated, running, queues as "queues: Json<BTreeMap<String, i64>>", asked, asked_by, asked_at
           from nodes
           where ($1 or beat_at > now() - make_interval(secs => $2) or (state <> 'gone' and lease_until > now()))
             and ($3::timestamptz is null or (started_at, id) < ($3, $4::uuid))
           order by started_at desc, id desc limit $5"#,
        gone,
        GONE_SHOWN_SECONDS,
        at,
        id,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(NodeView::from).collect())
}

/// One node.
pub(crate) async fn one(conn: &mut PgConnection, id: Uuid) -> Result<Option<NodeView>> {
    let row = sqlx::query_as!(
        Row,
        r#"select id, name, host, pid, version, started_at, beat_at,
             case when lease_until < now() then 'gone' else state end as "state!", left_at is not null as "left!",
             isolated, running, queues as "queues: Json<BTreeMap<String, i64>>", asked, asked_by, asked_at
           from nodes where id = $1"#,
        id
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(NodeView::from))
}

/// Keeps others from telling the node something else until the transaction ends.
pub(crate) async fn lock(conn: &mut PgConnection, id: Uuid) -> Result<()> {
    sqlx::query!("select from nodes where id = $1 for no key update", id).fetch_optional(conn).await?;
    Ok(())
}

/// The first jobs that a node runs. What runs was claimed from the front of its line, so the fronts are looked through.
pub(crate) async fn jobs(conn: &mut PgConnection, node: Uuid) -> Result<Vec<Uuid>> {
    Ok(sqlx::query_scalar!(
        r#"with recursive lines as (
             (select queue, priority from jobs order by queue, priority limit 1)
             union all
             select next.queue, next.priority from lines cross join lateral (
               select queue, priority from jobs where (queue, priority) > (lines.queue, lines.priority)
               order by queue, priority limit 1) next
           )
           select front.id as "id!" from lines cross join lateral (
             select run_at, id, state, node_id from jobs
             where jobs.queue = lines.queue and jobs.priority = lines.priority and run_at <= (select app_now())
               and state in ('scheduled', 'running')
             order by run_at, id limit $2) front
           where state = 'running' and node_id = $1
           order by front.run_at, front.id limit $3"#,
        node,
        FRONT,
        JOBS
    )
    .fetch_all(conn)
    .await?)
}
