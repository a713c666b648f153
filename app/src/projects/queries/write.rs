//! Statements that write projects and what is made with them.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    error::{Error, Result},
    projects::state::ProjectState,
    states::Step,
    tenant::TenantTx,
};

/// What people may write.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fields {
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) project_type: Option<String>,
    pub(crate) amount_minor: i64,
    pub(crate) deadline: Option<DateTime<Utc>>,
    pub(crate) estimated_days: Option<i32>,
    pub(crate) licence_required: bool,
    pub(crate) originals_open: String,
    pub(crate) pays_milestones_in_order: bool,
}

/// Whom a project is for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct For {
    pub(crate) client_id: Uuid,
    pub(crate) contact_id: Uuid,
}

/// A contact who can be worked for, or why not.
#[derive(Clone, Debug)]
pub(crate) struct ContactRow {
    pub(crate) id: Uuid,
    pub(crate) client_id: Uuid,
    pub(crate) is_archived: bool,
}

pub(crate) async fn contact(tx: &mut TenantTx, id: Uuid) -> Result<Option<ContactRow>> {
    Ok(sqlx::query_as!(
        ContactRow,
        r#"select k.id, k.client_id, k.archived_at is not null or c.archived_at is not null as "is_archived!"
           from contacts k join clients c on c.workspace_id = k.workspace_id and c.id = k.client_id
           where k.workspace_id = current_workspace() and k.id = $1"#,
        id
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// The first contact of a client.
pub(crate) async fn contact_of_client(tx: &mut TenantTx, client_id: Uuid) -> Result<Option<Uuid>> {
    Ok(sqlx::query_scalar!(
        "select id from contacts where workspace_id = current_workspace() and client_id = $1 and archived_at is null
         order by created_at, id limit 1",
        client_id
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// The proposal that stands for a project that was made without one.
pub(crate) async fn insert_implicit_proposal(
    tx: &mut TenantTx,
    people: For,
    title: &str,
    amount_minor: i64,
    currency: &str,
    by: Uuid,
) -> Result<Uuid> {
    let id = Uuid::now_v7();
    sqlx::query!(
        "insert into proposals (id, workspace_id, client_id, contact_id, title, state, is_implicit, currency, created_by,
           created_at, updated_at)
         values ($1, current_workspace(), $2, $3, $4, 'active', true, $5, $6, app_now(), app_now())",
        id,
        people.client_id,
        people.contact_id,
        title,
        currency,
        by
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into proposal_versions (workspace_id, proposal_id, version, total_minor, created_at)
         values (current_workspace(), $1, 1, $2, app_now())",
        id,
        amount_minor
    )
    .execute(&mut **tx)
    .await?;
    Ok(id)
}

/// Adds a project and its first submission.
pub(crate) async fn insert(
    tx: &mut TenantTx,
    people: For,
    proposal_id: Uuid,
    state: ProjectState,
    fields: &Fields,
    currency: &str,
    by: Uuid,
) -> Result<Uuid> {
    let id = Uuid::now_v7();
    sqlx::query!(
        "insert into projects (id, workspace_id, client_id, contact_id, proposal_id, title, description, project_type, state,
           amount_minor, currency, deadline, estimated_days, licence_required, originals_open, pays_milestones_in_order,
           stage_since, created_by, created_at, updated_at)
         values ($1, current_workspace(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, app_now(), $16,
           app_now(), app_now())",
        id,
        people.client_id,
        people.contact_id,
        proposal_id,
        fields.title,
        fields.description,
        fields.project_type,
        state.as_str(),
        fields.amount_minor,
        currency,
        fields.deadline,
        fields.estimated_days,
        fields.licence_required,
        fields.originals_open,
        fields.pays_milestones_in_order,
        by
    )
    .execute(&mut **tx)
    .await?;
    enter(tx, id).await?;
    sqlx::query!(
        "insert into submissions (id, workspace_id, project_id, number, created_at, updated_at)
         values ($1, current_workspace(), $2, 1, app_now(), app_now())",
        Uuid::now_v7(),
        id
    )
    .execute(&mut **tx)
    .await?;
    Ok(id)
}

/// A client who has just approved a proposal sees its project from now on, in this transaction already.
async fn enter(tx: &mut TenantTx, id: Uuid) -> Result<()> {
    if tx.actor().visit().is_some() {
        sqlx::query!("select set_config('ledgerline.portal_project', $1, true)", id.to_string())
            .fetch_one(&mut **tx)
            .await?;
    }
    Ok(())
}

/// The one payment of a project without a schedule: all of it, when the work is accepted.
pub(crate) async fn insert_whole_payment(tx: &mut TenantTx, project_id: Uuid) -> Result<()> {
    sqlx::query!(
        "insert into payments (id, workspace_id, proposal_id, project_id, position, description, amount_minor, currency,
           due, state, created_at, updated_at)
         select $2, p.workspace_id, p.proposal_id, p.id, 0, 'Full payment', p.amount_minor, p.currency, 'completion',
           case when p.amount_minor = 0 then 'not_required' else 'pending' end, app_now(), app_now()
         from projects p where p.workspace_id = current_workspace() and p.id = $1
           and not exists (select from payments y where y.workspace_id = p.workspace_id and y.project_id = p.id)",
        project_id,
        Uuid::now_v7()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(crate) async fn update(tx: &mut TenantTx, id: Uuid, fields: &Fields) -> Result<()> {
    sqlx::query!(
        "update projects set title = $2, description = $3, project_type = $4, amount_minor = $5, deadline = $6,
           estimated_days = $7, licence_required = $8, originals_open = $9, pays_milestones_in_order = $10,
           updated_at = app_now(), version = version + 1
         where workspace_id = current_workspace() and id = $1",
        id,
        fields.title,
        fields.description,
        fields.project_type,
        fields.amount_minor,
        fields.deadline,
        fields.estimated_days,
        fields.licence_required,
        fields.originals_open,
        fields.pays_milestones_in_order
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Carries a new amount into the implicit proposal and the one payment of a project.
pub(crate) async fn carry_amount(tx: &mut TenantTx, id: Uuid) -> Result<()> {
    sqlx::query!(
        "with project as (
           select workspace_id, id, proposal_id, amount_minor from projects
             where workspace_id = current_workspace() and id = $1),
         versions as (
           update proposal_versions v set total_minor = project.amount_minor from project
             where v.workspace_id = project.workspace_id and v.proposal_id = project.proposal_id)
         update payments y set amount_minor = project.amount_minor, updated_at = app_now(),
             state = case when project.amount_minor = 0 then 'not_required' else 'pending' end
           from project where y.workspace_id = project.workspace_id and y.project_id = project.id
             and y.state in ('pending', 'not_required')",
        id
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes a step; false when the project is in no state that it begins in.
pub(crate) async fn advance(tx: &mut TenantTx, id: Uuid, step: &Step<ProjectState>) -> Result<bool> {
    let done = sqlx::query!(
        "update projects set state = $3, updated_at = app_now(), version = version + 1,
           completed_at = case when $3 = 'completed' then coalesce(completed_at, app_now()) else completed_at end,
           archived_at = case when $3 = 'archived' then app_now() end,
           cancelled_at = case when $3 = 'cancelled' then app_now() end
         where workspace_id = current_workspace() and id = $1 and state = any($2)",
        id,
        &step.from_names(),
        step.to.as_str()
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(crate) async fn stage_begins(tx: &mut TenantTx, id: Uuid) -> Result<()> {
    sqlx::query!(
        "update projects set stage_since = app_now() where workspace_id = current_workspace() and id = $1",
        id
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Nobody has to pay any more.
pub(crate) async fn waive_payments(tx: &mut TenantTx, id: Uuid) -> Result<()> {
    sqlx::query!(
        "update payments set state = 'not_required', updated_at = app_now()
         where workspace_id = current_workspace() and project_id = $1 and state = 'pending'",
        id
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// approved → active.
pub(crate) async fn activate_proposal(tx: &mut TenantTx, id: Uuid) -> Result<bool> {
    let done = sqlx::query!(
        "update proposals set state = 'active', updated_at = app_now(), version = version + 1
         where workspace_id = current_workspace() and id = $1 and state = 'approved'",
        id
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// active → completed.
pub(crate) async fn complete_proposal(tx: &mut TenantTx, id: Uuid) -> Result<bool> {
    let done = sqlx::query!(
        "update proposals set state = 'completed', updated_at = app_now(), version = version + 1
         where workspace_id = current_workspace() and id = $1 and state = 'active'",
        id
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// What of a proposal's version goes into its project.
#[derive(Clone, Debug)]
pub(crate) struct Approved {
    pub(crate) client_id: Uuid,
    pub(crate) contact_id: Uuid,
    pub(crate) title: String,
    pub(crate) currency: String,
    pub(crate) created_by: Uuid,
    pub(crate) total_minor: i64,
}

pub(crate) async fn approved(tx: &mut TenantTx, proposal_id: Uuid, version: i32) -> Result<Approved> {
    sqlx::query_as!(
        Approved,
        "select o.client_id, o.contact_id, o.title, o.currency, o.created_by, v.total_minor
         from proposals o join proposal_versions v on v.workspace_id = o.workspace_id and v.proposal_id = o.id
         where o.workspace_id = current_workspace() and o.id = $1 and v.version = $2",
        proposal_id,
        version
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or_else(Error::not_found)
}

/// Milestones, deliverables and payments of a project as its proposal planned them: a milestone and a deliverable for
/// each planned milestone, a deliverable for each phase without one, a payment for each instalment.
pub(crate) async fn copy_plan(tx: &mut TenantTx, project_id: Uuid, proposal_id: Uuid, version: i32) -> Result<()> {
    sqlx::query!(
        "insert into milestones (id, workspace_id, project_id, plan_milestone_id, name, description, amount_minor,
           sort_order, payment_status, due_on, created_at, updated_at)
         select gen_random_uuid(), m.workspace_id, $1, m.id, m.title, m.description, m.amount_minor,
           row_number() over (order by coalesce(f.position, 2147483647), m.position, m.id),
           case when m.amount_minor = 0 then 'not_required' else 'pending' end, m.due_on, app_now(), app_now()
         from proposal_milestones m
           left join proposal_phases f on f.workspace_id = m.workspace_id and f.proposal_id = m.proposal_id
             and f.version = m.version and f.id = m.phase_id
         where m.workspace_id = current_workspace() and m.proposal_id = $2 and m.version = $3",
        project_id,
        proposal_id,
        version
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "with planned as (
           select m.id as milestone_id, m.phase_id, m.title, m.description, m.category, m.due_on,
               coalesce(f.position, 2147483647) as phase, m.position
             from proposal_milestones m
               left join proposal_phases f on f.workspace_id = m.workspace_id and f.proposal_id = m.proposal_id
                 and f.version = m.version and f.id = m.phase_id
             where m.workspace_id = current_workspace() and m.proposal_id = $2 and m.version = $3
           union all
           select null, f.id, f.title, f.description, null, f.ends_on, f.position, 0
             from proposal_phases f
             where f.workspace_id = current_workspace() and f.proposal_id = $2 and f.version = $3
               and not exists (select from proposal_milestones m where m.workspace_id = f.workspace_id
                 and m.proposal_id = f.proposal_id and m.version = f.version and m.phase_id = f.id))
         insert into deliverables (id, workspace_id, contact_id, proposal_id, project_id, milestone_id, phase_id, title,
           description, category, due_on, sort_order, created_at, updated_at)
         select gen_random_uuid(), p.workspace_id, p.contact_id, p.proposal_id, p.id, planned.milestone_id,
           planned.phase_id, planned.title, planned.description, planned.category, planned.due_on,
           row_number() over (order by planned.phase, planned.position, planned.milestone_id), app_now(), app_now()
         from planned, projects p where p.workspace_id = current_workspace() and p.id = $1",
        project_id,
        proposal_id,
        version
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into payments (id, workspace_id, proposal_id, project_id, milestone_id, instalment_id, position,
           description, amount_minor, currency, due, due_on, created_at, updated_at)
         select gen_random_uuid(), i.workspace_id, i.proposal_id, p.id, m.id, i.id, i.position, i.description,
           i.amount_minor, p.currency, i.due, i.due_on, app_now(), app_now()
         from proposal_instalments i
           join projects p on p.workspace_id = i.workspace_id and p.id = $1
           left join milestones m on m.workspace_id = i.workspace_id and m.project_id = p.id
             and m.plan_milestone_id = i.milestone_id
         where i.workspace_id = current_workspace() and i.proposal_id = $2 and i.version = $3",
        project_id,
        proposal_id,
        version
    )
    .execute(&mut **tx)
    .await?;
    insert_whole_payment(tx, project_id).await
}
