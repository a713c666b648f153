//! Every statement of the slice.

mod events;
mod write;

use chrono::{DateTime, Utc};
use uuid::Uuid;

pub(crate) use self::{events::*, write::*};
use super::{
    stage::{Facts, Stage, stage},
    state::{ProjectState, SubmissionState},
};
use crate::{error::Result, page::COUNT_CAP, tenant::TenantTx};

/// A project with its people, its last submission and its sums.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the columns of the table, described in view.rs")]
pub struct ProjectRow {
    pub id: Uuid,
    pub client_id: Uuid,
    pub client_name: String,
    pub client_email: Option<String>,
    pub contact_id: Uuid,
    pub contact_name: String,
    pub contact_email: Option<String>,
    pub proposal_id: Uuid,
    pub is_implicit: bool,
    pub title: String,
    pub description: String,
    pub project_type: Option<String>,
    pub state: ProjectState,
    pub amount_minor: i64,
    pub currency: String,
    pub deadline: Option<DateTime<Utc>>,
    pub estimated_days: Option<i32>,
    pub licence_required: bool,
    pub originals_open: String,
    pub pays_milestones_in_order: bool,
    pub stage_since: DateTime<Utc>,
    pub completed_at: Option<DateTime<Utc>>,
    pub archived_at: Option<DateTime<Utc>>,
    pub cancelled_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub version: i32,
    pub submission_id: Uuid,
    pub submission_number: i32,
    pub submission_state: SubmissionState,
    pub submission_round: i32,
    pub submitted_at: Option<DateTime<Utc>>,
    pub approved_at: Option<DateTime<Utc>>,
    /// Milestones that are not cancelled.
    pub milestones: i64,
    pub milestones_approved: i64,
    pub milestones_minor: i64,
    pub milestones_approved_minor: i64,
    /// Whether a payment, or a milestone's, has begun or been made.
    pub is_paying: bool,
    pub paid_minor: i64,
    pub in_flight_minor: i64,
    pub deliverables: i64,
    pub deliverables_completed: i64,
    /// The last percentage that was told.
    pub percent: Option<i16>,
}

impl ProjectRow {
    /// What is not paid yet.
    #[must_use]
    pub const fn open_minor(&self) -> i64 {
        let open = self.amount_minor - self.paid_minor;
        if open > 0 { open } else { 0 }
    }

    /// Where it stands on the board.
    #[must_use]
    pub const fn stage(&self) -> Option<Stage> {
        stage(Facts { project: self.state, submission: self.submission_state, is_open: self.open_minor() > 0 })
    }
}

/// The rows with these ids, in the order of the ids.
pub(crate) async fn by_ids(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<ProjectRow>> {
    Ok(sqlx::query_as!(
        ProjectRow,
        r#"select p.id, p.client_id, c.name as client_name, c.email as client_email, p.contact_id,
             k.name as contact_name, k.email as contact_email, p.proposal_id, o.is_implicit, p.title, p.description,
             p.project_type, p.state as "state: ProjectState", p.amount_minor, p.currency, p.deadline, p.estimated_days,
             p.licence_required, p.originals_open, p.pays_milestones_in_order, p.stage_since, p.completed_at,
             p.archived_at, p.cancelled_at, p.created_at, p.updated_at, p.version, s.id as submission_id,
             s.number as submission_number, s.state as "submission_state: SubmissionState", s.round as submission_round,
             s.submitted_at, s.approved_at, m.milestones as "milestones!", m.approved as "milestones_approved!",
             m.minor as "milestones_minor!", m.approved_minor as "milestones_approved_minor!",
             m.is_paying or y.is_paying as "is_paying!", y.paid_minor as "paid_minor!",
             y.in_flight_minor as "in_flight_minor!", d.deliverables as "deliverables!",
             d.completed as "deliverables_completed!", u.percent as "percent?"
           from projects p
             join clients c on c.workspace_id = p.workspace_id and c.id = p.client_id
             join contacts k on k.workspace_id = p.workspace_id and k.id = p.contact_id
             join proposals o on o.workspace_id = p.workspace_id and o.id = p.proposal_id
             join lateral (select * from submissions s where s.workspace_id = p.workspace_id and s.project_id = p.id
               order by s.number desc limit 1) s on true
             cross join lateral (select count(*) filter (where m.state <> 'cancelled') as milestones,
                 count(*) filter (where m.state = 'approved') as approved,
                 coalesce(sum(m.amount_minor) filter (where m.state <> 'cancelled'), 0)::bigint as minor,
                 coalesce(sum(m.amount_minor) filter (where m.state = 'approved'), 0)::bigint as approved_minor,
                 coalesce(bool_or(m.payment_status in ('processing', 'paid', 'manual')), false) as is_paying
               from milestones m where m.workspace_id = p.workspace_id and m.project_id = p.id) m
             cross join lateral (select
                 coalesce(sum(y.amount_minor) filter (where y.state in ('paid', 'manual')), 0)::bigint as paid_minor,
                 coalesce(sum(y.amount_minor) filter (where y.state = 'processing'), 0)::bigint as in_flight_minor,
                 coalesce(bool_or(y.state in ('processing', 'paid', 'manual')), false) as is_paying
               from payments y where y.workspace_id = p.workspace_id and y.project_id = p.id) y
             cross join lateral (select count(*) as deliverables,
                 count(*) filter (where d.state = 'completed') as completed
               from deliverables d where d.workspace_id = p.workspace_id and d.project_id = p.id) d
             left join lateral (select u.percent from progress_updates u
               where u.workspace_id = p.workspace_id and u.project_id = p.id and u.percent is not null
               order by u.created_at desc, u.id desc limit 1) u on true
           where p.workspace_id = current_workspace() and p.id = any($1)
           order by array_position($1, p.id)"#,
        ids
    )
    .fetch_all(&mut **tx)
    .await?)
}

pub(crate) async fn find(tx: &mut TenantTx, id: Uuid) -> Result<Option<ProjectRow>> {
    Ok(by_ids(tx, &[id]).await?.pop())
}

/// Locks the project until the end of the transaction, then reads it.
pub(crate) async fn lock(tx: &mut TenantTx, id: Uuid) -> Result<Option<ProjectRow>> {
    let locked = sqlx::query_scalar!(
        "select id from projects where workspace_id = current_workspace() and id = $1 for update",
        id
    );
    match locked.fetch_optional(&mut **tx).await? {
        Some(id) => find(tx, id).await,
        None => Ok(None),
    }
}

/// Which projects a list shows.
#[derive(Clone, Debug)]
pub(crate) struct Narrowed {
    pub(crate) search: Option<String>,
    pub(crate) states: Vec<String>,
    pub(crate) client: Option<Uuid>,
    /// "project submission open" of the stage that is asked for.
    pub(crate) facts: Option<Vec<String>>,
}

/// Ids and times of the first `limit` matches behind `after`, newest first.
pub(crate) async fn page(
    tx: &mut TenantTx,
    filter: &Narrowed,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Uuid>> {
    let (at, id) = after.unzip();
    Ok(sqlx::query_scalar!(
        r#"select p.id from projects p
             join clients c on c.workspace_id = p.workspace_id and c.id = p.client_id
             join lateral (select s.state from submissions s where s.workspace_id = p.workspace_id
               and s.project_id = p.id order by s.number desc limit 1) s on true
           where p.workspace_id = current_workspace() and p.state = any($1)
             and ($2::uuid is null or p.client_id = $2)
             and ($3::text is null or ' ' || search.fold(concat_ws(' ', p.title, p.project_type, c.name, c.company, c.email))
               like all(search.patterns(search.fold($3))))
             and ($4::text[] is null or concat_ws(' ', p.state, s.state, case when p.amount_minor > (
               select coalesce(sum(y.amount_minor), 0) from payments y where y.workspace_id = p.workspace_id
                 and y.project_id = p.id and y.state in ('paid', 'manual')) then 'true' else 'false' end) = any($4))
             and ($5::timestamptz is null or (p.created_at, p.id) < ($5, $6::uuid))
           order by p.created_at desc, p.id desc limit $7"#,
        &filter.states,
        filter.client,
        filter.search,
        filter.facts.as_deref(),
        at,
        id,
        limit
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// How many match, up to one more than the cap.
pub(crate) async fn count(tx: &mut TenantTx, filter: &Narrowed) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!" from (
             select from projects p
               join clients c on c.workspace_id = p.workspace_id and c.id = p.client_id
               join lateral (select s.state from submissions s where s.workspace_id = p.workspace_id
                 and s.project_id = p.id order by s.number desc limit 1) s on true
             where p.workspace_id = current_workspace() and p.state = any($1)
               and ($2::uuid is null or p.client_id = $2)
               and ($3::text is null or ' ' || search.fold(concat_ws(' ', p.title, p.project_type, c.name, c.company, c.email))
                 like all(search.patterns(search.fold($3))))
               and ($4::text[] is null or concat_ws(' ', p.state, s.state, case when p.amount_minor > (
                 select coalesce(sum(y.amount_minor), 0) from payments y where y.workspace_id = p.workspace_id
                   and y.project_id = p.id and y.state in ('paid', 'manual')) then 'true' else 'false' end) = any($4))
             limit $5) as counted"#,
        &filter.states,
        filter.client,
        filter.search,
        filter.facts.as_deref(),
        COUNT_CAP + 1
    )
    .fetch_one(&mut **tx)
    .await?)
}
