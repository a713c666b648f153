//! Every statement of the slice.

pub(crate) mod plan;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::state::ProposalState;
use crate::{
    error::{Error, Result},
    states::Step,
    tenant::TenantTx,
};

/// One row, with the names that a list shows.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the columns of the table, described in view.rs")]
pub struct ProposalRow {
    pub id: Uuid,
    pub client_id: Uuid,
    pub client_name: String,
    pub contact_id: Uuid,
    pub contact_name: String,
    pub contact_email: Option<String>,
    pub title: String,
    pub state: ProposalState,
    pub is_implicit: bool,
    pub currency: String,
    pub current_version: i32,
    pub sent_version: Option<i32>,
    /// The price as the current version has it.
    pub total_minor: i64,
    pub valid_until: Option<DateTime<Utc>>,
    pub sent_at: Option<DateTime<Utc>>,
    pub viewed_at: Option<DateTime<Utc>>,
    pub decided_at: Option<DateTime<Utc>>,
    pub decision_note: Option<String>,
    pub project_id: Option<Uuid>,
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub version: i32,
}

pub(crate) async fn find(tx: &mut TenantTx, id: Uuid) -> Result<Option<ProposalRow>> {
    Ok(sqlx::query_as!(
        ProposalRow,
        r#"select p.id, p.client_id, c.name as client_name, p.contact_id, k.name as contact_name,
             k.email as contact_email, p.title, p.state as "state: ProposalState", p.is_implicit, p.currency,
             p.current_version, p.sent_version, v.total_minor, p.valid_until, p.sent_at, p.viewed_at, p.decided_at,
             p.decision_note, j.id as "project_id?", p.created_by, p.created_at, p.updated_at, p.version
           from proposals p
             join clients c on c.workspace_id = p.workspace_id and c.id = p.client_id
             join contacts k on k.workspace_id = p.workspace_id and k.id = p.contact_id
             join proposal_versions v on v.workspace_id = p.workspace_id and v.proposal_id = p.id
               and v.version = p.current_version
             left join projects j on j.workspace_id = p.workspace_id and j.proposal_id = p.id
           where p.workspace_id = current_workspace() and p.id = $1"#,
        id
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Locks the row until the end of the transaction and reads it.
pub(crate) async fn lock(tx: &mut TenantTx, id: Uuid) -> Result<ProposalRow> {
    sqlx::query!("select id from proposals where workspace_id = current_workspace() and id = $1 for no key update", id)
        .fetch_optional(&mut **tx)
        .await?
        .ok_or_else(Error::not_found)?;
    find(tx, id).await?.ok_or_else(Error::not_found)
}

/// What a list is narrowed to.
#[derive(Debug, Default)]
pub(super) struct Narrowed {
    pub words: Vec<String>,
    pub state: Option<&'static str>,
    pub client_id: Option<Uuid>,
    pub contact_id: Option<Uuid>,
    pub company_id: Option<Uuid>,
}

/// Proposals that somebody wrote, newest first, behind a position.
pub(super) async fn page(
    tx: &mut TenantTx,
    narrowed: &Narrowed,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<ProposalRow>> {
    let (at, id) = after.unzip();
    Ok(sqlx::query_as!(
        ProposalRow,
        r#"select p.id, p.client_id, c.name as client_name, p.contact_id, k.name as contact_name,
             k.email as contact_email, p.title, p.state as "state: ProposalState", p.is_implicit, p.currency,
             p.current_version, p.sent_version, v.total_minor, p.valid_until, p.sent_at, p.viewed_at, p.decided_at,
             p.decision_note, j.id as "project_id?", p.created_by, p.created_at, p.updated_at, p.version
           from proposals p
             join clients c on c.workspace_id = p.workspace_id and c.id = p.client_id
             join contacts k on k.workspace_id = p.workspace_id and k.id = p.contact_id
             join proposal_versions v on v.workspace_id = p.workspace_id and v.proposal_id = p.id
               and v.version = p.current_version
             left join projects j on j.workspace_id = p.workspace_id and j.proposal_id = p.id
           where p.workspace_id = current_workspace() and not p.is_implicit
             and ($1::text is null or p.state = $1)
             and ($2::uuid is null or p.client_id = $2)
             and ($3::uuid is null or p.contact_id = $3)
             and ($4::uuid is null or k.company_id = $4)
             and not exists (select from unnest($5::text[]) as word
               where position(lower(word) in lower(concat_ws(' ', p.title, c.name, k.name, k.email))) = 0)
             and ($6::timestamptz is null or (p.created_at, p.id) < ($6, $7::uuid))
           order by p.created_at desc, p.id desc limit $8"#,
        narrowed.state,
        narrowed.client_id,
        narrowed.contact_id,
        narrowed.company_id,
        &narrowed.words,
        at,
        id,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// What a new proposal consists of, but for its plan.
#[derive(Debug)]
pub(super) struct NewRow<'a> {
    pub client_id: Uuid,
    pub contact_id: Uuid,
    pub title: &'a str,
    pub currency: &'a str,
    pub valid_until: Option<DateTime<Utc>>,
    pub created_by: Uuid,
}

pub(super) async fn insert(tx: &mut TenantTx, new: &NewRow<'_>) -> Result<Uuid> {
    Ok(sqlx::query_scalar!(
        "insert into proposals (id, workspace_id, client_id, contact_id, title, currency, valid_until, created_by,
           created_at, updated_at)
         values ($1, current_workspace(), $2, $3, $4, $5, $6, $7, app_now(), app_now())
         returning id",
        Uuid::now_v7(),
        new.client_id,
        new.contact_id,
        new.title,
        new.currency,
        new.valid_until,
        new.created_by,
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// What of a proposal itself can be changed.
#[derive(Debug)]
pub(super) struct Changed<'a> {
    pub client_id: Uuid,
    pub contact_id: Uuid,
    pub title: &'a str,
    pub currency: &'a str,
    pub valid_until: Option<DateTime<Utc>>,
    pub current_version: i32,
}

/// Changes a proposal that is locked and can be edited.
pub(super) async fn update(tx: &mut TenantTx, id: Uuid, changed: &Changed<'_>) -> Result<()> {
    sqlx::query!(
        "update proposals set client_id = $2, contact_id = $3, title = $4, currency = $5, valid_until = $6,
           current_version = $7, updated_at = app_now(), version = version + 1
         where workspace_id = current_workspace() and id = $1 and state = any ('{draft,sent,viewed}')",
        id,
        changed.client_id,
        changed.contact_id,
        changed.title,
        changed.currency,
        changed.valid_until,
        changed.current_version,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Sends the current version; false when the state forbids it.
pub(super) async fn send(
    tx: &mut TenantTx,
    id: Uuid,
    step: &Step<ProposalState>,
    title: &str,
    valid_until: Option<DateTime<Utc>>,
) -> Result<bool> {
    let sent = sqlx::query_scalar!(
        "update proposals set state = $2, title = $4, valid_until = $5, sent_version = current_version,
           sent_at = app_now(), viewed_at = null, updated_at = app_now(), version = version + 1
         where workspace_id = current_workspace() and id = $1 and state = any ($3)
         returning current_version",
        id,
        step.to.as_str(),
        &step.from_names(),
        title,
        valid_until,
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(version) = sent else { return Ok(false) };
    sqlx::query!(
        "update proposal_versions set sent_at = app_now()
         where workspace_id = current_workspace() and proposal_id = $1 and version = $2",
        id,
        version,
    )
    .execute(&mut **tx)
    .await?;
    Ok(true)
}

/// Takes a step that says nothing but its end; false when the state forbids it.
pub(super) async fn step(tx: &mut TenantTx, id: Uuid, step: &Step<ProposalState>) -> Result<bool> {
    let done = sqlx::query!(
        "update proposals set state = $2, updated_at = app_now(), version = version + 1
         where workspace_id = current_workspace() and id = $1 and state = any ($3)",
        id,
        step.to.as_str(),
        &step.from_names(),
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends one that was not decided in time; false when it was, or has time.
pub(super) async fn expire(tx: &mut TenantTx, id: Uuid, step: &Step<ProposalState>) -> Result<bool> {
    let done = sqlx::query!(
        "update proposals set state = $2, updated_at = app_now(), version = version + 1
         where workspace_id = current_workspace() and id = $1 and state = any ($3) and valid_until <= app_now()",
        id,
        step.to.as_str(),
        &step.from_names(),
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Notes that the client has looked at it. Its row version stays: nobody's edit is in the way of a look.
pub(super) async fn mark_viewed(tx: &mut TenantTx, id: Uuid, step: &Step<ProposalState>) -> Result<Option<i32>> {
    Ok(sqlx::query_scalar!(
        r#"update proposals set state = $2, viewed_at = app_now(), updated_at = app_now()
           where workspace_id = current_workspace() and id = $1 and state = any ($3)
             and (valid_until is null or valid_until > app_now())
           returning sent_version as "version!""#,
        id,
        step.to.as_str(),
        &step.from_names(),
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Decides on the version that was sent, in time; false when the state, the version or the time forbids it.
pub(super) async fn decide(
    tx: &mut TenantTx,
    id: Uuid,
    step: &Step<ProposalState>,
    version: i32,
    note: Option<&str>,
) -> Result<bool> {
    let done = sqlx::query!(
        "update proposals set state = $2, current_version = sent_version, decided_at = app_now(), decision_note = $5,
           updated_at = app_now(), version = version + 1
         where workspace_id = current_workspace() and id = $1 and state = any ($3) and sent_version = $4
           and (valid_until is null or valid_until > app_now())",
        id,
        step.to.as_str(),
        &step.from_names(),
        version,
        note,
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether a time is still to come.
pub(super) async fn is_ahead(tx: &mut TenantTx, at: DateTime<Utc>) -> Result<bool> {
    Ok(sqlx::query_scalar!(r#"select $1 > app_now() as "ahead!""#, at).fetch_one(&mut **tx).await?)
}
