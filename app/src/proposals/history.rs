//! What happened to a proposal.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    error::{Error, Result},
    tenant::TenantTx,
};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ProposalEventKind)]
pub enum EventKind {
    /// Added as a draft.
    Created,
    /// Changed.
    Updated,
    /// A new version was begun.
    VersionBegun,
    /// Sent to the client.
    Sent,
    /// The client looked at it.
    Viewed,
    /// Approved; its project is there.
    Approved,
    /// Declined.
    Declined,
    /// Not decided in time.
    Expired,
    /// Taken back.
    Withdrawn,
    /// All is done.
    Completed,
    /// Something that a later release writes.
    Other,
}

/// Something that happened to a proposal.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ProposalEvent)]
pub struct ProposalEvent {
    /// Names it in the list.
    pub id: Uuid,
    /// What happened.
    pub kind: EventKind,
    /// When.
    pub at: DateTime<Utc>,
    /// Who did it: a member, or a contact of the client.
    #[schema(required = true)]
    pub by: Option<String>,
    /// Whether it was the client, in the portal.
    pub is_client: bool,
    /// The version it is about.
    #[schema(required = true)]
    pub version: Option<i64>,
    /// What was said with it.
    #[schema(required = true)]
    pub note: Option<String>,
}

#[derive(Debug)]
struct EventRow {
    id: Uuid,
    kind: String,
    at: DateTime<Utc>,
    actor_kind: Option<String>,
    by: Option<String>,
    data: Value,
}

/// The events before `before`, newest first.
///
/// # Errors
/// When Postgres cannot be reached.
pub async fn page(
    tx: &mut TenantTx,
    id: Uuid,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<ProposalEvent>> {
    let (at, event) = before.unzip();
    let rows = sqlx::query_as!(
        EventRow,
        r#"select e.id, e.kind, e.at, e.actor_kind, coalesce(m.name, k.name) as "by?", e.data
           from events e
             left join auth.members() m on m.user_id = e.actor_id
             left join contacts k on k.workspace_id = e.workspace_id and k.id = e.actor_id and e.actor_kind = 'client'
           where e.workspace_id = current_workspace() and e.subject_kind = 'proposal' and e.subject_id = $1
             and e.kind like 'proposal\_%' and ($2::timestamptz is null or (e.at, e.id) < ($2, $3::uuid))
           order by e.at desc, e.id desc limit $4"#,
        id,
        at,
        event,
        limit,
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(Error::from)?;
    Ok(rows.into_iter().map(EventRow::into_event).collect())
}

impl EventRow {
    fn into_event(self) -> ProposalEvent {
        let kind = match self.kind.as_str() {
            "proposal_created" => EventKind::Created,
            "proposal_updated" => EventKind::Updated,
            "proposal_version_begun" => EventKind::VersionBegun,
            "proposal_sent" => EventKind::Sent,
            "proposal_viewed" => EventKind::Viewed,
            "proposal_approved" => EventKind::Approved,
            "proposal_declined" => EventKind::Declined,
            "proposal_expired" => EventKind::Expired,
            "proposal_withdrawn" => EventKind::Withdrawn,
            "proposal_completed" => EventKind::Completed,
            _ => EventKind::Other,
        };
        ProposalEvent {
            id: self.id,
            kind,
            at: self.at,
            by: self.by,
            is_client: self.actor_kind.as_deref() == Some("client"),
            version: self.data["version"].as_i64(),
            note: self.data["note"].as_str().map(str::to_owned),
        }
    }
}
