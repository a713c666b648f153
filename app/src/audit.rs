//! What happened and who did it, written in the same transaction as the change: the audit log (for those who must
//! know) and events (for timelines).

use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    error::{Error, Result},
    tenant::{TenantTx, Who},
};

/// Writes an audit row of the transaction's workspace.
///
/// # Errors
/// When Postgres refuses.
pub async fn record(tx: &mut TenantTx, action: &str, subject: (&str, Uuid), data: Value) -> Result<()> {
    let workspace = tx.workspace_id();
    let (kind, actor) = name(tx);
    let request = tx.actor().request_id.clone();
    write(tx, Some(workspace), kind, Some(actor), action, subject.0, Some(subject.1), data, request.as_deref()).await
}

/// Who acts, as the rows name them: members by their account, clients by their contact.
fn name(tx: &TenantTx) -> (&'static str, Uuid) {
    match tx.actor().who {
        Who::User(id, _) => ("user", id),
        Who::Job(id) => ("job", id),
        Who::Client(visit) => ("client", visit.contact_id),
    }
}

/// Writes an audit row that belongs to no workspace: logins, resets.
///
/// # Errors
/// When Postgres refuses.
pub async fn record_account(
    conn: &mut PgConnection,
    action: &str,
    user_id: Option<Uuid>,
    request_id: &str,
) -> Result<()> {
    let kind = if user_id.is_some() { "user" } else { "anonymous" };
    write(conn, None, kind, user_id, action, "user", user_id, Value::Object(serde_json::Map::new()), Some(request_id))
        .await
}

#[expect(clippy::too_many_arguments, reason = "the columns of one row, private to this file")]
async fn write(
    conn: &mut PgConnection,
    workspace: Option<Uuid>,
    actor_kind: &str,
    actor: Option<Uuid>,
    action: &str,
    subject_kind: &str,
    subject: Option<Uuid>,
    data: Value,
    request: Option<&str>,
) -> Result<()> {
    sqlx::query!(
        "insert into audit_log (id, workspace_id, actor_kind, actor_id, action, subject_kind, subject_id, data, request_id, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, app_now())",
        Uuid::now_v7(),
        workspace,
        actor_kind,
        actor,
        action,
        subject_kind,
        subject,
        data,
        request,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes an event of the transaction's workspace.
///
/// # Errors
/// When Postgres refuses.
pub async fn event(tx: &mut TenantTx, kind: &str, subject: (&str, Uuid), data: Value) -> Result<()> {
    let (actor_kind, actor_id) = match tx.actor().who {
        // a job acts for what asked for it, which the row's data names
        Who::Job(_) => ("job", None),
        Who::User(..) | Who::Client(_) => {
            let (kind, id) = name(tx);
            (kind, Some(id))
        }
    };
    sqlx::query!(
        "insert into events (id, workspace_id, kind, subject_kind, subject_id, actor_kind, actor_id, data, at)
         values ($1, current_workspace(), $2, $3, $4, $5, $6, $7, app_now())",
        Uuid::now_v7(),
        kind,
        subject.0,
        subject.1,
        actor_kind,
        actor_id,
        data,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Who sees an event of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Members of the workspace.
    Producer,
    /// And the client in the portal.
    Both,
}

/// Writes an event of a project and answers its number. Numbers follow the order of commits without a hole, since the
/// project's row stays locked until the end of the transaction: lock it first (`projects::queries::lock`), so that all
/// lock in one order. What a client does is seen by both sides.
///
/// # Errors
/// 404 when there is no such project, or when Postgres refuses.
pub async fn project_event(
    tx: &mut TenantTx,
    project_id: Uuid,
    audience: Audience,
    kind: &str,
    subject: (&str, Uuid),
    data: Value,
) -> Result<i64> {
    let (actor_kind, actor_id) = name(tx);
    tx.tell(project_id);
    let audience = match audience {
        Audience::Producer => "producer",
        Audience::Both => "both",
    };
    sqlx::query_scalar!(
        r#"with numbered as (
             update projects set last_event = last_event + 1
               where workspace_id = current_workspace() and id = $1
               returning id, last_event
           )
           insert into events (id, workspace_id, kind, subject_kind, subject_id, actor_kind, actor_id, data, at,
             project_id, number, audience)
           select $2, current_workspace(), $3, $4, $5, $6, $7, $8, app_now(), numbered.id, numbered.last_event, $9
             from numbered
           returning number as "number!""#,
        project_id,
        Uuid::now_v7(),
        kind,
        subject.0,
        subject.1,
        actor_kind,
        actor_id,
        data,
        audience,
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or_else(Error::not_found)
}
