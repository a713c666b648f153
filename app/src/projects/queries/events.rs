//! What happened in a project, as it is told.

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use crate::{error::Result, projects::timeline::TALK, tenant::TenantTx};

/// One event.
#[derive(Clone, Debug)]
pub(crate) struct EventRow {
    pub(crate) number: i64,
    pub(crate) kind: String,
    pub(crate) at: DateTime<Utc>,
    pub(crate) actor_kind: Option<String>,
    pub(crate) by: Option<String>,
    pub(crate) subject_kind: String,
    pub(crate) subject_id: Uuid,
    pub(crate) data: Value,
}

/// The events of a project before this number, newest first, but for what was said.
pub(crate) async fn events(
    tx: &mut TenantTx,
    project_id: Uuid,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<EventRow>> {
    Ok(sqlx::query_as!(
        EventRow,
        r#"select e.number as "number!", e.kind, e.at, e.actor_kind, coalesce(u.name, k.name) as by, e.subject_kind,
             e.subject_id, e.data
           from events e
             left join auth.members() u on e.actor_kind = 'user' and u.user_id = e.actor_id
             left join contacts k on e.actor_kind = 'client' and k.workspace_id = e.workspace_id and k.id = e.actor_id
           where e.workspace_id = current_workspace() and e.project_id = $1 and ($2::bigint is null or e.number < $2)
             and e.kind <> all($4)
           order by e.number desc limit $3"#,
        project_id,
        before,
        limit,
        &TALK.map(str::to_owned)
    )
    .fetch_all(&mut **tx)
    .await?)
}
