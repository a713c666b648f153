//! Every statement of the slice.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::{error::Result, tenant::TenantTx};

/// One row.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the columns of the table, described in view.rs")]
pub struct CompanyRow {
    pub id: Uuid,
    pub name: String,
    pub website: Option<String>,
    pub phone: Option<String>,
    pub notes: Option<String>,
    pub primary_contact_id: Option<Uuid>,
    pub primary_contact_name: Option<String>,
    pub contacts: i64,
    pub contract_id: Option<Uuid>,
    pub contract_title: Option<String>,
    pub contract_state: Option<String>,
    pub contract_signed_on: Option<NaiveDate>,
    pub archived_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub version: i32,
}

/// What people may write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fields {
    pub name: String,
    pub website: Option<String>,
    pub phone: Option<String>,
    pub notes: Option<String>,
}

pub(crate) async fn find(tx: &mut TenantTx, id: Uuid) -> Result<Option<CompanyRow>> {
    Ok(sqlx::query_as!(
        CompanyRow,
        r#"select o.id, o.name, o.website, o.phone, o.notes, o.primary_contact_id,
             p.name as "primary_contact_name?",
             (select count(*) from contacts c where c.workspace_id = o.workspace_id and c.company_id = o.id
               and c.archived_at is null) as "contacts!",
             o.contract_id, k.title as "contract_title?", k.state as "contract_state?", k.signed_on as contract_signed_on,
             o.archived_at, o.created_at, o.updated_at, o.version
           from companies o
             left join contacts p on p.workspace_id = o.workspace_id and p.id = o.primary_contact_id
             left join contracts k on k.workspace_id = o.workspace_id and k.id = o.contract_id
           where o.workspace_id = current_workspace() and o.id = $1"#,
        id
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Companies by name, behind a position.
pub(super) async fn page(
    tx: &mut TenantTx,
    words: &[String],
    is_archived: bool,
    after: Option<(String, Uuid)>,
    limit: i64,
) -> Result<Vec<CompanyRow>> {
    let (name, id) = after.unzip();
    Ok(sqlx::query_as!(
        CompanyRow,
        r#"select o.id, o.name, o.website, o.phone, o.notes, o.primary_contact_id,
             p.name as "primary_contact_name?",
             (select count(*) from contacts c where c.workspace_id = o.workspace_id and c.company_id = o.id
               and c.archived_at is null) as "contacts!",
             o.contract_id, k.title as "contract_title?", k.state as "contract_state?", k.signed_on as contract_signed_on,
             o.archived_at, o.created_at, o.updated_at, o.version
           from companies o
             left join contacts p on p.workspace_id = o.workspace_id and p.id = o.primary_contact_id
             left join contracts k on k.workspace_id = o.workspace_id and k.id = o.contract_id
           where o.workspace_id = current_workspace()
             and (o.archived_at is not null) = $1
             and not exists (select from unnest($2::text[]) as word
               where position(lower(word) in lower(concat_ws(' ', o.name, o.website, o.phone, p.name))) = 0)
             and ($3::text is null or (o.name, o.id) > ($3, $4::uuid))
           order by o.name, o.id limit $5"#,
        is_archived,
        words,
        name,
        id,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// The company that has this name and is not archived.
pub(super) async fn holder_of(tx: &mut TenantTx, name: &str) -> Result<Option<Uuid>> {
    Ok(sqlx::query_scalar!(
        "select id from companies
         where workspace_id = current_workspace() and lower(name) = lower($1) and archived_at is null",
        name
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// The client of a company's primary contact, when the client is not archived.
pub(crate) async fn client_of_primary(tx: &mut TenantTx, id: Uuid) -> Result<Option<Uuid>> {
    Ok(sqlx::query_scalar!(
        "select p.client_id from companies o
           join contacts p on p.workspace_id = o.workspace_id and p.id = o.primary_contact_id
           join clients c on c.workspace_id = p.workspace_id and c.id = p.client_id and c.archived_at is null
         where o.workspace_id = current_workspace() and o.id = $1",
        id
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Keeps the primary contact while they are one of the company's, else takes the one who has been there longest.
pub(crate) async fn choose_primary(tx: &mut TenantTx, id: Uuid) -> Result<()> {
    sqlx::query!(
        "with chosen as (
           select (select p.id from contacts p
             where p.workspace_id = o.workspace_id and p.company_id = o.id and p.archived_at is null
             order by p.id = o.primary_contact_id desc nulls last, p.created_at, p.id limit 1) as contact_id
           from companies o where o.workspace_id = current_workspace() and o.id = $1
         )
         update companies set primary_contact_id = chosen.contact_id, updated_at = app_now(), version = version + 1
           from chosen
           where workspace_id = current_workspace() and id = $1
             and primary_contact_id is distinct from chosen.contact_id",
        id
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn insert(tx: &mut TenantTx, fields: &Fields) -> Result<Uuid> {
    Ok(sqlx::query_scalar!(
        "insert into companies (id, workspace_id, name, website, phone, notes, created_at, updated_at)
         values ($1, current_workspace(), $2, $3, $4, $5, app_now(), app_now())
         returning id",
        Uuid::now_v7(),
        fields.name,
        fields.website,
        fields.phone,
        fields.notes,
    )
    .fetch_one(&mut **tx)
    .await?)
}

pub(super) async fn update(tx: &mut TenantTx, id: Uuid, fields: &Fields, primary: Option<Uuid>) -> Result<()> {
    sqlx::query!(
        "update companies set name = $2, website = $3, phone = $4, notes = $5, primary_contact_id = $6,
           updated_at = app_now(), version = version + 1
         where workspace_id = current_workspace() and id = $1",
        id,
        fields.name,
        fields.website,
        fields.phone,
        fields.notes,
        primary,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Whether a contact can be the primary one of a company.
pub(super) async fn employs(tx: &mut TenantTx, id: Uuid, contact_id: Uuid) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from contacts
             where workspace_id = current_workspace() and id = $2 and company_id = $1 and archived_at is null) as "is!""#,
        id,
        contact_id,
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// Whether there is such a contract.
pub(super) async fn has_contract(tx: &mut TenantTx, contract_id: Uuid) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from contracts where workspace_id = current_workspace() and id = $1) as "is!""#,
        contract_id,
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// Sets the contract; false when that is how it was.
pub(super) async fn set_contract(tx: &mut TenantTx, id: Uuid, contract_id: Option<Uuid>) -> Result<bool> {
    let done = sqlx::query!(
        "update companies set contract_id = $2, updated_at = app_now(), version = version + 1
         where workspace_id = current_workspace() and id = $1 and contract_id is distinct from $2",
        id,
        contract_id,
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Archives or restores; false when that is how it was.
pub(super) async fn set_archived(tx: &mut TenantTx, id: Uuid, archived: bool) -> Result<bool> {
    let done = sqlx::query!(
        "update companies set archived_at = case when $2 then app_now() end, updated_at = app_now(),
           version = version + 1
         where workspace_id = current_workspace() and id = $1 and (archived_at is not null) <> $2",
        id,
        archived,
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}
