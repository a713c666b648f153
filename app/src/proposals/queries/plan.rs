//! Versions of a proposal and what they say.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::{
    error::Result,
    proposals::plan::{Due, Instalment, Phase, Plan, PlanMilestone},
    tenant::TenantTx,
};

/// A version, but for its items.
#[derive(Debug)]
pub(in crate::proposals) struct VersionRow {
    pub version: i32,
    pub title: Option<String>,
    pub total_minor: i64,
    pub sent_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

/// The versions up to one, newest first.
pub(in crate::proposals) async fn versions(tx: &mut TenantTx, id: Uuid, up_to: i32) -> Result<Vec<VersionRow>> {
    Ok(sqlx::query_as!(
        VersionRow,
        "select version, title, total_minor, sent_at, created_at from proposal_versions
         where workspace_id = current_workspace() and proposal_id = $1 and version <= $2
         order by version desc limit 200",
        id,
        up_to,
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// What a version says; `None` when there is no such version.
pub(crate) async fn read(tx: &mut TenantTx, id: Uuid, version: i32) -> Result<Option<Plan>> {
    let head = sqlx::query!(
        "select purpose, total_minor from proposal_versions
         where workspace_id = current_workspace() and proposal_id = $1 and version = $2",
        id,
        version,
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(head) = head else { return Ok(None) };
    let phases = sqlx::query_as!(
        Phase,
        "select id, title, description, starts_on, ends_on from proposal_phases
         where workspace_id = current_workspace() and proposal_id = $1 and version = $2 order by position",
        id,
        version,
    )
    .fetch_all(&mut **tx)
    .await?;
    let milestones = sqlx::query_as!(
        PlanMilestone,
        "select id, phase_id, title, description, category, amount_minor, due_on from proposal_milestones
         where workspace_id = current_workspace() and proposal_id = $1 and version = $2 order by position",
        id,
        version,
    )
    .fetch_all(&mut **tx)
    .await?;
    let instalments = sqlx::query_as!(
        Instalment,
        r#"select id, description, amount_minor, due as "due: Due", due_on, milestone_id from proposal_instalments
           where workspace_id = current_workspace() and proposal_id = $1 and version = $2 order by position"#,
        id,
        version,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(Some(Plan { purpose: head.purpose, total_minor: head.total_minor, phases, milestones, instalments }))
}

/// Writes what a version says in place of what it said. Postgres refuses it for one that was sent.
pub(in crate::proposals) async fn write(
    tx: &mut TenantTx,
    id: Uuid,
    version: i32,
    title: &str,
    plan: &Plan,
) -> Result<()> {
    clear(tx, id, version).await?;
    sqlx::query!(
        "insert into proposal_versions (workspace_id, proposal_id, version, title, purpose, total_minor, created_at)
         values (current_workspace(), $1, $2, $3, $4, $5, app_now())
         on conflict (workspace_id, proposal_id, version)
           do update set title = excluded.title, purpose = excluded.purpose, total_minor = excluded.total_minor",
        id,
        version,
        title,
        plan.purpose,
        plan.total_minor,
    )
    .execute(&mut **tx)
    .await?;
    write_phases(tx, id, version, &plan.phases).await?;
    write_milestones(tx, id, version, &plan.milestones).await?;
    write_instalments(tx, id, version, &plan.instalments).await
}

async fn clear(tx: &mut TenantTx, id: Uuid, version: i32) -> Result<()> {
    sqlx::query!(
        "delete from proposal_instalments
         where workspace_id = current_workspace() and proposal_id = $1 and version = $2",
        id,
        version,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "delete from proposal_milestones
         where workspace_id = current_workspace() and proposal_id = $1 and version = $2",
        id,
        version,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "delete from proposal_phases where workspace_id = current_workspace() and proposal_id = $1 and version = $2",
        id,
        version,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn write_phases(tx: &mut TenantTx, id: Uuid, version: i32, phases: &[Phase]) -> Result<()> {
    let (mut ids, mut titles, mut descriptions) = (Vec::new(), Vec::new(), Vec::new());
    let (mut starts, mut ends): (Vec<Option<NaiveDate>>, Vec<Option<NaiveDate>>) = (Vec::new(), Vec::new());
    for each in phases {
        ids.push(each.id);
        titles.push(each.title.clone());
        descriptions.push(each.description.clone());
        starts.push(each.starts_on);
        ends.push(each.ends_on);
    }
    sqlx::query!(
        "insert into proposal_phases (workspace_id, proposal_id, version, id, position, title, description, starts_on,
           ends_on)
         select current_workspace(), $1, $2, item.id, item.nr - 1, item.title, item.description, item.starts_on,
             item.ends_on
           from unnest($3::uuid[], $4::text[], $5::text[], $6::date[], $7::date[]) with ordinality
             as item (id, title, description, starts_on, ends_on, nr)",
        id,
        version,
        &ids,
        &titles,
        &descriptions,
        &starts as &[Option<NaiveDate>],
        &ends as &[Option<NaiveDate>],
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn write_milestones(tx: &mut TenantTx, id: Uuid, version: i32, milestones: &[PlanMilestone]) -> Result<()> {
    let (mut ids, mut titles, mut descriptions, mut amounts) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut phases: Vec<Option<Uuid>> = Vec::new();
    let mut categories: Vec<Option<String>> = Vec::new();
    let mut days: Vec<Option<NaiveDate>> = Vec::new();
    for each in milestones {
        ids.push(each.id);
        phases.push(each.phase_id);
        titles.push(each.title.clone());
        descriptions.push(each.description.clone());
        categories.push(each.category.clone());
        amounts.push(each.amount_minor);
        days.push(each.due_on);
    }
    sqlx::query!(
        "insert into proposal_milestones (workspace_id, proposal_id, version, id, position, phase_id, title, description,
           category, amount_minor, due_on)
         select current_workspace(), $1, $2, item.id, item.nr - 1, item.phase_id, item.title, item.description,
             item.category, item.amount_minor, item.due_on
           from unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::date[])
             with ordinality as item (id, phase_id, title, description, category, amount_minor, due_on, nr)",
        id,
        version,
        &ids,
        &phases as &[Option<Uuid>],
        &titles,
        &descriptions,
        &categories as &[Option<String>],
        &amounts,
        &days as &[Option<NaiveDate>],
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn write_instalments(tx: &mut TenantTx, id: Uuid, version: i32, instalments: &[Instalment]) -> Result<()> {
    let (mut ids, mut descriptions, mut amounts) = (Vec::new(), Vec::new(), Vec::new());
    let mut dues: Vec<String> = Vec::new();
    let mut days: Vec<Option<NaiveDate>> = Vec::new();
    let mut milestones: Vec<Option<Uuid>> = Vec::new();
    for each in instalments {
        ids.push(each.id);
        descriptions.push(each.description.clone());
        amounts.push(each.amount_minor);
        dues.push(each.due.as_str().to_owned());
        days.push(each.due_on);
        milestones.push(each.milestone_id);
    }
    sqlx::query!(
        "insert into proposal_instalments (workspace_id, proposal_id, version, id, position, description, amount_minor,
           due, due_on, milestone_id)
         select current_workspace(), $1, $2, item.id, item.nr - 1, item.description, item.amount_minor, item.due,
             item.due_on, item.milestone_id
           from unnest($3::uuid[], $4::text[], $5::bigint[], $6::text[], $7::date[], $8::uuid[])
             with ordinality as item (id, description, amount_minor, due, due_on, milestone_id, nr)",
        id,
        version,
        &ids,
        &descriptions,
        &amounts,
        &dues,
        &days as &[Option<NaiveDate>],
        &milestones as &[Option<Uuid>],
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
