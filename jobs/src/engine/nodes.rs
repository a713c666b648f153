//! Worker processes. A node's lease is the lease of everything it runs; it is real time, not the app's clock, since
//! it speaks of processes.

use std::{collections::BTreeMap, time::Duration};

use sqlx::{Connection as _, PgConnection, types::Json};
use uuid::Uuid;

use super::activity::{self, News};

/// What a process says of itself when it starts.
#[derive(Clone, Debug)]
pub struct Node {
    /// Unique per boot.
    pub id: Uuid,
    /// Readable, unique per boot.
    pub name: String,
    /// Name of the machine.
    pub host: String,
    /// Process id.
    pub pid: i32,
    /// Version of the program.
    pub version: String,
    /// Whether it runs suspects, one at a time.
    pub isolated: bool,
    /// Names of its queues, each with how many jobs at once.
    pub queues: BTreeMap<String, usize>,
}

/// What a node does about new work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It takes some.
    Running,
    /// It takes none until it is asked to again, and ends what it has.
    Quiet,
    /// It stops.
    Draining,
}

/// What an operator asked of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// To take no new work.
    Quiet,
    /// To stop in good order.
    Stop,
}

impl Asked {
    const fn name(self) -> &'static str {
        match self {
            Self::Quiet => "quiet",
            Self::Stop => "stop",
        }
    }
}

/// A lease that was renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beaten {
    /// What the node is asked, if anything.
    pub asked: Option<Asked>,
}

/// Registers a node with its first lease.
///
/// # Errors
/// When Postgres fails.
pub async fn register(conn: &mut PgConnection, node: &Node, lease: Duration) -> Result<(), sqlx::Error> {
    let mut tx = conn.begin().await?;
    sqlx::query!(
        "insert into nodes (id, name, host, pid, version, isolated, queues, started_at, beat_at, lease_until)
         values ($1, $2, $3, $4, $5, $6, $7, now(), now(), now() + make_interval(secs => $8))",
        node.id,
        node.name,
        node.host,
        node.pid,
        node.version,
        node.isolated,
        Json(&node.queues) as _,
        lease.as_secs_f64()
    )
    .execute(&mut *tx)
    .await?;
    if !node.isolated {
        activity::tell(&mut tx, &News::about("node_started", &node.name).id(node.id)).await?;
    }
    tx.commit().await
}

/// A node whose lease was lost goes on under a new id: what it was asked goes with it.
///
/// # Errors
/// When Postgres fails.
pub async fn follow(conn: &mut PgConnection, before: Uuid, after: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update nodes set asked = old.asked, asked_by = old.asked_by, asked_at = old.asked_at
         from nodes as old where nodes.id = $2 and old.id = $1",
        before,
        after
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Renews the lease of the node and so of all it runs, in one statement. Answers `None` when the lease had ended and
/// others took its jobs: the process must then give up what it runs.
///
/// # Errors
/// When Postgres fails.
pub async fn beat(
    conn: &mut PgConnection,
    node: Uuid,
    lease: Duration,
    running: i32,
    polled: bool,
) -> Result<Option<Beaten>, sqlx::Error> {
    let row = sqlx::query!(
        "update nodes set beat_at = now(), lease_until = now() + make_interval(secs => $2), running = $3,
           polled_at = case when $4 then now() else polled_at end
         where id = $1 and state <> 'gone' returning asked",
        node,
        lease.as_secs_f64(),
        running,
        polled
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Beaten {
        asked: match row.asked.as_deref() {
            Some("quiet") => Some(Asked::Quiet),
            Some("stop") => Some(Asked::Stop),
            _ => None,
        },
    }))
}

/// The node says what it does about new work.
///
/// # Errors
/// When Postgres fails.
pub async fn set_state(conn: &mut PgConnection, node: Uuid, state: State) -> Result<(), sqlx::Error> {
    let state = match state {
        State::Running => "running",
        State::Quiet => "quiet",
        State::Draining => "draining",
    };
    sqlx::query!("update nodes set state = $2 where id = $1 and state not in ('draining', 'gone')", node, state)
        .execute(conn)
        .await?;
    Ok(())
}

/// Asks a node for something, or with `None` to take new work again. It hears of it with its next beat, from Postgres
/// alone.
///
/// # Errors
/// When Postgres fails.
pub async fn ask(conn: &mut PgConnection, node: Uuid, asked: Option<Asked>, by: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update nodes set asked = $2, asked_by = case when $2::text is null then null else $3 end,
           asked_at = case when $2::text is null then null else app_now() end
         where id = $1",
        node,
        asked.map(Asked::name),
        by
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether any other living node takes new work.
///
/// # Errors
/// When Postgres fails.
pub async fn others_work(conn: &mut PgConnection, node: Uuid) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select exists (select from nodes where id <> $1 and state = 'running' and not isolated
             and lease_until > now()) as "work!""#,
        node
    )
    .fetch_one(conn)
    .await
}

/// The node has stopped in good order: it has ended or given back all it ran.
///
/// # Errors
/// When Postgres fails; the node then counts as one that died.
pub async fn stopped(conn: &mut PgConnection, node: Uuid) -> Result<(), sqlx::Error> {
    let mut tx = conn.begin().await?;
    leave(&mut tx, node).await?;
    let left = sqlx::query!(
        "update nodes set left_at = now() where id = $1 and left_at is null returning name, isolated",
        node
    )
    .fetch_optional(&mut *tx)
    .await?;
    if let Some(left) = left.filter(|left| !left.isolated) {
        activity::tell(&mut tx, &News::about("node_stopped", &left.name).id(node)).await?;
    }
    tx.commit().await
}

/// The node's lease ends now: it stops, or is about to die.
///
/// # Errors
/// When Postgres fails; the lease then ends by itself.
pub async fn leave(conn: &mut PgConnection, node: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!("update nodes set lease_until = now(), running = 0 where id = $1 and state <> 'gone'", node)
        .execute(&mut *conn)
        .await?;
    sqlx::query!("delete from engine_leases where node_id = $1", node).execute(conn).await?;
    Ok(())
}

/// Takes or keeps a duty that one node does at a time. Answers whether this node leads it.
///
/// # Errors
/// When Postgres fails.
pub async fn lead(conn: &mut PgConnection, duty: &str, node: Uuid, lease: Duration) -> Result<bool, sqlx::Error> {
    Ok(sqlx::query!(
        "insert into engine_leases (name, node_id, until) values ($1, $2, now() + make_interval(secs => $3))
         on conflict (name) do update set node_id = excluded.node_id, until = excluded.until
           where engine_leases.node_id = excluded.node_id or engine_leases.until < now()",
        duty,
        node,
        lease.as_secs_f64()
    )
    .execute(conn)
    .await?
    .rows_affected()
        == 1)
}
