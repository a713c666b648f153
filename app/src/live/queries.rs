//! Every statement of the slice.

use uuid::Uuid;

use super::stream::LiveEvent;
use crate::{error::Result, tenant::TenantTx};

/// The number of the last event of a project; nothing when there is no such project for who asks. A client may be told of
/// a number whose event is not theirs to see.
pub(crate) async fn last(tx: &mut TenantTx, project_id: Uuid) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar!(
        "select last_event from projects where workspace_id = current_workspace() and id = $1",
        project_id
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Events of a project after this number that whoever asks may see, oldest first.
pub(crate) async fn after(tx: &mut TenantTx, project_id: Uuid, number: i64, limit: i64) -> Result<Vec<LiveEvent>> {
    let rows = sqlx::query!(
        r#"select number as "number!", kind, at, actor_kind, subject_kind, subject_id
           from events
           where workspace_id = current_workspace() and project_id = $1 and number > $2
             and (audience = 'both' or current_portal() is null)
           order by number limit $3"#,
        project_id,
        number,
        limit
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| LiveEvent {
            number: row.number,
            kind: row.kind,
            at: row.at,
            actor: row.actor_kind.as_deref().into(),
            subject: row.subject_kind,
            subject_id: row.subject_id,
        })
        .collect())
}
