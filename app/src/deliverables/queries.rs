//! Every statement of the slice.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    error::Result,
    page::{self, is_our_time},
    projects::state::DeliverableState,
    states::Step,
    tenant::TenantTx,
};

/// One row.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the columns of the table, described in view.rs")]
pub struct DeliverableRow {
    pub id: Uuid,
    pub contact_id: Uuid,
    pub proposal_id: Option<Uuid>,
    pub project_id: Option<Uuid>,
    pub milestone_id: Option<Uuid>,
    pub phase_id: Option<Uuid>,
    pub title: String,
    pub description: String,
    pub category: Option<String>,
    pub state: DeliverableState,
    pub due_on: Option<NaiveDate>,
    pub notes: Option<String>,
    pub sort_order: i32,
    pub completed_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub version: i32,
}

/// What people may write.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the columns of the table, described in view.rs")]
pub struct Fields {
    pub title: String,
    pub description: String,
    pub category: Option<String>,
    pub due_on: Option<NaiveDate>,
    pub notes: Option<String>,
}

impl From<&DeliverableRow> for Fields {
    fn from(row: &DeliverableRow) -> Self {
        Self {
            title: row.title.clone(),
            description: row.description.clone(),
            category: row.category.clone(),
            due_on: row.due_on,
            notes: row.notes.clone(),
        }
    }
}

/// What a deliverable is part of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) contact_id: Uuid,
    pub(crate) proposal_id: Option<Uuid>,
    pub(crate) project_id: Option<Uuid>,
    pub(crate) milestone_id: Option<Uuid>,
    pub(crate) phase_id: Option<Uuid>,
}

/// Where a page ended: those of a plan were all made at one time.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct After(pub(crate) DateTime<Utc>, pub(crate) i32, pub(crate) Uuid);

impl page::Position for After {
    fn is_possible(&self) -> bool {
        is_our_time(&self.0)
    }
}

pub(crate) async fn page(
    tx: &mut TenantTx,
    contact: Option<Uuid>,
    project: Option<Uuid>,
    after: Option<After>,
    limit: i64,
) -> Result<Vec<DeliverableRow>> {
    Ok(sqlx::query_as!(
        DeliverableRow,
        r#"select id, contact_id, proposal_id, project_id, milestone_id, phase_id, title, description, category,
             state as "state: DeliverableState", due_on, notes, sort_order, completed_at, created_at, updated_at, version
           from deliverables
           where workspace_id = current_workspace() and ($1::uuid is null or contact_id = $1)
             and ($2::uuid is null or project_id = $2)
             and ($3::timestamptz is null or (created_at, sort_order, id) > ($3, $4::integer, $5::uuid))
           order by created_at, sort_order, id limit $6"#,
        contact,
        project,
        after.map(|after| after.0),
        after.map(|after| after.1),
        after.map(|after| after.2),
        limit
    )
    .fetch_all(&mut **tx)
    .await?)
}

pub(crate) async fn find(tx: &mut TenantTx, id: Uuid) -> Result<Option<DeliverableRow>> {
    Ok(sqlx::query_as!(
        DeliverableRow,
        r#"select id, contact_id, proposal_id, project_id, milestone_id, phase_id, title, description, category,
             state as "state: DeliverableState", due_on, notes, sort_order, completed_at, created_at, updated_at, version
           from deliverables where workspace_id = current_workspace() and id = $1"#,
        id
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// [`find`], locked until the end of the transaction.
pub(crate) async fn lock(tx: &mut TenantTx, id: Uuid) -> Result<Option<DeliverableRow>> {
    let lock =
        sqlx::query!("select id from deliverables where workspace_id = current_workspace() and id = $1 for update", id);
    lock.fetch_optional(&mut **tx).await?;
    find(tx, id).await
}

/// The project of a proposal, once there is one; nothing when there is no such proposal.
pub(crate) async fn project_of_proposal(tx: &mut TenantTx, id: Uuid) -> Result<Option<Option<Uuid>>> {
    Ok(sqlx::query_scalar!(
        r#"select p.id as "id?" from proposals o
             left join projects p on p.workspace_id = o.workspace_id and p.proposal_id = o.id
           where o.workspace_id = current_workspace() and o.id = $1"#,
        id
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Adds a deliverable at the end of its project.
pub(crate) async fn insert(
    tx: &mut TenantTx,
    place: Place,
    state: DeliverableState,
    completed_at: Option<DateTime<Utc>>,
    fields: &Fields,
) -> Result<Uuid> {
    Ok(sqlx::query_scalar!(
        "insert into deliverables (id, workspace_id, contact_id, proposal_id, project_id, milestone_id, phase_id, title,
           description, category, state, due_on, notes, sort_order, completed_at, created_at, updated_at)
         select $1, current_workspace(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, coalesce(max(sort_order), 0) + 1,
           case when $10 = 'completed' then coalesce($13, app_now()) end, app_now(), app_now()
         from deliverables where workspace_id = current_workspace() and project_id = $4
         returning id",
        Uuid::now_v7(),
        place.contact_id,
        place.proposal_id,
        place.project_id,
        place.milestone_id,
        place.phase_id,
        fields.title,
        fields.description,
        fields.category,
        state.as_str(),
        fields.due_on,
        fields.notes,
        completed_at
    )
    .fetch_one(&mut **tx)
    .await?)
}

pub(crate) async fn update(tx: &mut TenantTx, id: Uuid, fields: &Fields) -> Result<()> {
    sqlx::query!(
        "update deliverables set title = $2, description = $3, category = $4, due_on = $5, notes = $6,
           updated_at = app_now(), version = version + 1
         where workspace_id = current_workspace() and id = $1",
        id,
        fields.title,
        fields.description,
        fields.category,
        fields.due_on,
        fields.notes
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes a step; false when the deliverable is in no state that it begins in.
pub(crate) async fn advance(
    tx: &mut TenantTx,
    id: Uuid,
    step: &Step<DeliverableState>,
    completed_at: Option<DateTime<Utc>>,
) -> Result<bool> {
    let done = sqlx::query!(
        "update deliverables set state = $3, updated_at = app_now(), version = version + 1,
           completed_at = case when $3 = 'completed' then coalesce($4, app_now()) end
         where workspace_id = current_workspace() and id = $1 and state = any($2)",
        id,
        &step.from_names(),
        step.to.as_str(),
        completed_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}
