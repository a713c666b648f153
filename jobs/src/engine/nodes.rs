//! Worker processes. A node's lease is the lease of everything it runs; it is real time, not the app's clock, since
//! it speaks of processes.

use std::time::Duration;

use sqlx::PgConnection;
use uuid::Uuid;

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
}

/// Registers a node with its first lease.
///
/// # Errors
/// When Postgres fails.
pub async fn register(conn: &mut PgConnection, node: &Node, lease: Duration) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into nodes (id, name, host, pid, version, isolated, started_at, beat_at, lease_until)
         values ($1, $2, $3, $4, $5, $6, now(), now(), now() + make_interval(secs => $7))",
        node.id,
        node.name,
        node.host,
        node.pid,
        node.version,
        node.isolated,
        lease.as_secs_f64()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Renews the lease of the node and so of all it runs, in one statement. Answers the node's state, or `None` when the
/// lease had ended and others took its jobs: the process must then give up what it runs.
///
/// # Errors
/// When Postgres fails.
pub async fn beat(
    conn: &mut PgConnection,
    node: Uuid,
    lease: Duration,
    running: i32,
    polled: bool,
) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "update nodes set beat_at = now(), lease_until = now() + make_interval(secs => $2), running = $3,
           polled_at = case when $4 then now() else polled_at end
         where id = $1 and state <> 'gone' returning state",
        node,
        lease.as_secs_f64(),
        running,
        polled
    )
    .fetch_optional(conn)
    .await
}

/// The node takes nothing new.
///
/// # Errors
/// When Postgres fails.
pub async fn drain(conn: &mut PgConnection, node: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!("update nodes set state = 'draining' where id = $1 and state = 'running'", node).execute(conn).await?;
    Ok(())
}

/// The node stops, having given back or ended all it ran, or about to die: its lease ends now.
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
