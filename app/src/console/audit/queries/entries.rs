//! Entries of the audit log.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;

/// Which entries; what is `None` lets everything through.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only what operators did.
    pub operators_only: bool,
    /// Who.
    pub actor_id: Option<Uuid>,
    /// `<slice>.<verb>`.
    pub action: Option<String>,
    /// What it was done to, by id.
    pub subject_id: Option<Uuid>,
    /// What it was done to, by name: a queue, a schedule, a kind of job.
    pub subject_name: Option<String>,
    /// Not before.
    pub since: Option<DateTime<Utc>>,
    /// Before.
    pub until: Option<DateTime<Utc>>,
}

/// An entry and its seal.
#[derive(Debug)]
pub struct EntryRow {
    /// The entry.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// `operator`, `user`, `job` or `anonymous`.
    pub actor_kind: String,
    /// Who.
    pub actor_id: Option<Uuid>,
    /// Their name at that time; of a member of a workspace, their masked address.
    pub actor_name: Option<String>,
    /// From where.
    pub origin: Option<String>,
    /// `<slice>.<verb>`.
    pub action: String,
    /// What kind of thing it was done to.
    pub subject_kind: String,
    /// Which one.
    pub subject_id: Option<Uuid>,
    /// The workspace it belongs to.
    pub workspace_id: Option<Uuid>,
    /// Its name.
    pub workspace_name: Option<String>,
    /// What was done, in detail.
    pub data: Value,
    /// The request.
    pub request_id: Option<String>,
    /// Number of its seal, once it has one.
    pub seal: Option<i64>,
}

/// What every page has in common: which entries, how they are ordered, and what is shown of them.
macro_rules! entries {
    ($conn:expr, $filter:expr, $after:expr, $limit:expr, $walk:ident) => {
        $walk!(
            $conn,
            $filter,
            $after,
            $limit,
            "(not $1 or actor_kind = 'operator') and ($2::uuid is null or actor_id = $2)
               and ($3::text is null or action = $3) and ($4::uuid is null or subject_id = $4)
               and ($6::timestamptz is null or at >= $6) and ($7::timestamptz is null or at < $7)
               and ($8::timestamptz is null or (at, id) < ($8, $9::uuid))"
        )
    };
}

macro_rules! rows {
    ($conn:expr, $filter:expr, $after:expr, $limit:expr, [$($inner:tt)+]) => {
        sqlx::query_as!(
            EntryRow,
            r#"select log.id, log.at, actor_kind, actor_id,
                 case actor_kind when 'user' then audit.masked_person(actor_id) else actor_name end as actor_name, origin,
                 action, subject_kind, subject_id, workspace_id, workspaces.name as "workspace_name?", data, request_id,
                 audit_seals.number as "seal?"
               from ("# + $($inner +)+ r#") page
                 join audit_log log on log.id = page.id
                 left join workspaces on workspaces.id = log.workspace_id
                 left join audit_seals on audit_seals.audit_id = log.id
               order by log.at desc, log.id desc"#,
            $filter.operators_only,
            $filter.actor_id,
            $filter.action,
            $filter.subject_id,
            $filter.subject_name,
            $filter.since,
            $filter.until,
            $after.map(|(at, _)| at),
            $after.map(|(_, id)| id),
            $limit
        )
        .fetch_all($conn)
        .await
    };
}

/// Entries, the latest first. Each way there walks an index in that order, so a page costs what stands on it however
/// large the log is. A name is asked for as a range of itself and sorted by: so that Postgres has no other way than the
/// index of names, and does not walk along the time for a name that is rare.
pub(crate) async fn page(
    conn: &mut PgConnection,
    filter: &Filter,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<EntryRow>> {
    macro_rules! any {
        ($conn:expr, $filter:expr, $after:expr, $limit:expr, $which:tt) => {
            rows!($conn, $filter, $after, $limit, [
                "select id from audit_log where $5::text is null and " $which " order by at desc, id desc limit $10"
            ])
        };
    }
    macro_rules! named {
        ($conn:expr, $filter:expr, $after:expr, $limit:expr, $which:tt) => {
            rows!($conn, $filter, $after, $limit, [
                "select at, id from (
                   (select at, id from audit_log where data->>'queue' between $5 and $5 and " $which
                 "  order by data->>'queue', at desc, id desc limit $10)
                   union (select at, id from audit_log where data->>'schedule' between $5 and $5 and " $which
                 "  order by data->>'schedule', at desc, id desc limit $10)
                   union (select at, id from audit_log where data->>'node' between $5 and $5 and " $which
                 "  order by data->>'node', at desc, id desc limit $10)
                   union (select at, id from audit_log where data->>'kind' between $5 and $5 and " $which
                 "  order by data->>'kind', at desc, id desc limit $10)
                 ) named order by at desc, id desc limit $10"
            ])
        };
    }
    Ok(if filter.subject_name.is_some() {
        entries!(conn, filter, after, limit, named)?
    } else {
        entries!(conn, filter, after, limit, any)?
    })
}

/// The actions that were ever done, by index: as many steps as there are actions.
pub(crate) async fn actions(conn: &mut PgConnection) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        r#"with recursive actions as (
             (select action from audit_log order by action limit 1)
             union all
             select next.action from actions cross join lateral (
               select action from audit_log where action > actions.action order by action limit 1) next
           )
           select action as "action!" from actions limit 500"#
    )
    .fetch_all(conn)
    .await?)
}
