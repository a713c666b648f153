//! Every statement of the slice.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::{error::Result, projects::state::MilestoneState, states::Step, tenant::TenantTx};

/// One row.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the columns of the table, described in view.rs")]
pub struct MilestoneRow {
    pub id: Uuid,
    pub project_id: Uuid,
    pub plan_milestone_id: Option<Uuid>,
    pub name: String,
    pub description: String,
    pub amount_minor: i64,
    pub currency: String,
    pub sort_order: i32,
    pub state: MilestoneState,
    pub payment_status: String,
    pub due_on: Option<NaiveDate>,
    pub note: Option<String>,
    pub approved_at: Option<DateTime<Utc>>,
    /// Whether a payment of the schedule is due with it.
    pub is_in_schedule: bool,
    pub version: i32,
}

/// What people may write.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the columns of the table, described in view.rs")]
pub struct Fields {
    pub name: String,
    pub description: String,
    pub amount_minor: i64,
    pub due_on: Option<NaiveDate>,
}

impl From<&MilestoneRow> for Fields {
    fn from(row: &MilestoneRow) -> Self {
        Self {
            name: row.name.clone(),
            description: row.description.clone(),
            amount_minor: row.amount_minor,
            due_on: row.due_on,
        }
    }
}

pub(crate) async fn find(tx: &mut TenantTx, id: Uuid) -> Result<Option<MilestoneRow>> {
    Ok(sqlx::query_as!(
        MilestoneRow,
        r#"select m.id, m.project_id, m.plan_milestone_id, m.name, m.description, m.amount_minor, p.currency, m.sort_order,
             m.state as "state: MilestoneState", m.payment_status, m.due_on, m.note, m.approved_at,
             exists (select from payments y where y.workspace_id = m.workspace_id and y.milestone_id = m.id)
               as "is_in_schedule!", m.version
           from milestones m join projects p on p.workspace_id = m.workspace_id and p.id = m.project_id
           where m.workspace_id = current_workspace() and m.id = $1"#,
        id
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// The milestones of a project, in their order.
pub(crate) async fn of_project(tx: &mut TenantTx, project_id: Uuid) -> Result<Vec<MilestoneRow>> {
    Ok(sqlx::query_as!(
        MilestoneRow,
        r#"select m.id, m.project_id, m.plan_milestone_id, m.name, m.description, m.amount_minor, p.currency, m.sort_order,
             m.state as "state: MilestoneState", m.payment_status, m.due_on, m.note, m.approved_at,
             exists (select from payments y where y.workspace_id = m.workspace_id and y.milestone_id = m.id)
               as "is_in_schedule!", m.version
           from milestones m join projects p on p.workspace_id = m.workspace_id and p.id = m.project_id
           where m.workspace_id = current_workspace() and m.project_id = $1
           order by m.sort_order, m.id"#,
        project_id
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Adds a milestone at the end.
pub(crate) async fn insert(tx: &mut TenantTx, project_id: Uuid, fields: &Fields) -> Result<Uuid> {
    Ok(sqlx::query_scalar!(
        "insert into milestones (id, workspace_id, project_id, name, description, amount_minor, sort_order, payment_status,
           due_on, created_at, updated_at)
         select $1, current_workspace(), $2, $3, $4, $5, coalesce(max(sort_order), 0) + 1,
           case when $5::bigint = 0 then 'not_required' else 'pending' end, $6, app_now(), app_now()
         from milestones where workspace_id = current_workspace() and project_id = $2
         returning id",
        Uuid::now_v7(),
        project_id,
        fields.name,
        fields.description,
        fields.amount_minor,
        fields.due_on
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// Writes a milestone that nobody decides on; false when its state does not allow it.
pub(crate) async fn update(tx: &mut TenantTx, id: Uuid, states: &[String], fields: &Fields) -> Result<bool> {
    let done = sqlx::query!(
        "update milestones set name = $3, description = $4, amount_minor = $5, due_on = $6,
           payment_status = case when $5::bigint = 0 then 'not_required' else 'pending' end,
           updated_at = app_now(), version = version + 1
         where workspace_id = current_workspace() and id = $1 and state = any($2)
           and payment_status in ('pending', 'not_required', 'failed', 'expired')",
        id,
        states,
        fields.name,
        fields.description,
        fields.amount_minor,
        fields.due_on
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(crate) async fn delete(tx: &mut TenantTx, id: Uuid) -> Result<bool> {
    let done = sqlx::query!(
        "delete from milestones where workspace_id = current_workspace() and id = $1 and state = 'pending'
           and payment_status in ('pending', 'not_required')",
        id
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Puts the milestones of a project into this order; answers how many were of the project.
pub(crate) async fn set_order(tx: &mut TenantTx, project_id: Uuid, ids: &[Uuid]) -> Result<u64> {
    let done = sqlx::query!(
        "update milestones m set sort_order = wanted.place, updated_at = app_now()
         from unnest($2::uuid[]) with ordinality as wanted (id, place)
         where m.workspace_id = current_workspace() and m.project_id = $1 and m.id = wanted.id",
        project_id,
        ids
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

/// Takes a step; false when the milestone is in no state that it begins in.
pub(crate) async fn advance(
    tx: &mut TenantTx,
    id: Uuid,
    step: &Step<MilestoneState>,
    note: Option<&str>,
) -> Result<bool> {
    let done = sqlx::query!(
        "update milestones set state = $3, note = coalesce($4, note), updated_at = app_now(), version = version + 1,
           approved_at = case when $3 = 'approved' then app_now() end
         where workspace_id = current_workspace() and id = $1 and state = any($2)",
        id,
        &step.from_names(),
        step.to.as_str(),
        note
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}
