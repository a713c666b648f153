//! Every statement of the slice.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    error::{Error, Result},
    tenant::{Access, TenantTx},
};

/// One row.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the columns of the table, described in view.rs")]
pub struct ContactRow {
    pub id: Uuid,
    pub client_id: Uuid,
    pub client_name: String,
    pub company_id: Option<Uuid>,
    /// The company's name.
    pub company: Option<String>,
    pub is_primary: bool,
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub title: Option<String>,
    pub access: String,
    pub archived_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub version: i32,
}

impl ContactRow {
    /// What they may do in the portal.
    ///
    /// # Errors
    /// When this release does not know it.
    pub fn access(&self) -> Result<Access> {
        self.access.parse().map_err(Error::internal)
    }
}

/// What people may write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fields {
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub title: Option<String>,
    pub access: String,
}

/// Contacts, companies and clients refer to each other, so whoever writes several of them does so alone in the
/// workspace, until the end of the transaction.
pub(crate) async fn lock_people(tx: &mut TenantTx) -> Result<()> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('contacts:' || current_workspace()::text, 0)) as lock")
        .fetch_one(&mut **tx)
        .await?;
    Ok(())
}

pub(crate) async fn find(tx: &mut TenantTx, id: Uuid) -> Result<Option<ContactRow>> {
    Ok(sqlx::query_as!(
        ContactRow,
        r#"select p.id, p.client_id, c.name as client_name, p.company_id, o.name as "company?",
             coalesce(o.primary_contact_id = p.id, false) as "is_primary!", p.name, p.email, p.phone, p.title, p.access,
             p.archived_at, p.created_at, p.updated_at, p.version
           from contacts p
             join clients c on c.workspace_id = p.workspace_id and c.id = p.client_id
             left join companies o on o.workspace_id = p.workspace_id and o.id = p.company_id
           where p.workspace_id = current_workspace() and p.id = $1"#,
        id
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// [`find`] for what was just written.
pub(super) async fn written(tx: &mut TenantTx, id: Uuid) -> Result<ContactRow> {
    find(tx, id).await?.ok_or_else(|| Error::internal("a contact that was written and is not there"))
}

/// The contact who has this address and is not archived.
pub(crate) async fn holder_of(tx: &mut TenantTx, email: &str) -> Result<Option<Uuid>> {
    Ok(sqlx::query_scalar!(
        "select id from contacts
         where workspace_id = current_workspace() and lower(email) = lower($1) and archived_at is null",
        email
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// What a list is narrowed to.
#[derive(Debug, Default)]
pub(super) struct Narrowed {
    pub words: Vec<String>,
    pub client_id: Option<Uuid>,
    pub company_id: Option<Uuid>,
    pub is_archived: bool,
}

/// Contacts by name, behind a position.
pub(super) async fn page(
    tx: &mut TenantTx,
    narrowed: &Narrowed,
    after: Option<(String, Uuid)>,
    limit: i64,
) -> Result<Vec<ContactRow>> {
    let (name, id) = after.unzip();
    Ok(sqlx::query_as!(
        ContactRow,
        r#"select p.id, p.client_id, c.name as client_name, p.company_id, o.name as "company?",
             coalesce(o.primary_contact_id = p.id, false) as "is_primary!", p.name, p.email, p.phone, p.title, p.access,
             p.archived_at, p.created_at, p.updated_at, p.version
           from contacts p
             join clients c on c.workspace_id = p.workspace_id and c.id = p.client_id
             left join companies o on o.workspace_id = p.workspace_id and o.id = p.company_id
           where p.workspace_id = current_workspace()
             and (p.archived_at is not null) = $1
             and ($2::uuid is null or p.client_id = $2)
             and ($3::uuid is null or p.company_id = $3)
             and not exists (select from unnest($4::text[]) as word
               where position(lower(word) in lower(concat_ws(' ', p.name, p.email, p.phone, p.title, o.name))) = 0)
             and ($5::text is null or (p.name, p.id) > ($5, $6::uuid))
           order by p.name, p.id limit $7"#,
        narrowed.is_archived,
        narrowed.client_id,
        narrowed.company_id,
        &narrowed.words,
        name,
        id,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?)
}

pub(super) async fn insert(
    tx: &mut TenantTx,
    client_id: Uuid,
    company_id: Option<Uuid>,
    fields: &Fields,
) -> Result<Uuid> {
    Ok(sqlx::query_scalar!(
        "insert into contacts (id, workspace_id, client_id, company_id, name, email, phone, title, access, created_at,
           updated_at)
         values ($1, current_workspace(), $2, $3, $4, $5, $6, $7, $8, app_now(), app_now())
         returning id",
        Uuid::now_v7(),
        client_id,
        company_id,
        fields.name,
        fields.email,
        fields.phone,
        fields.title,
        fields.access,
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// Notes that a client who came from an import is worked with, so that undoing the import leaves them.
pub(super) async fn keep_client(tx: &mut TenantTx, client_id: Uuid) -> Result<()> {
    sqlx::query!(
        "update clients set updated_at = app_now(), version = version + 1
         where workspace_id = current_workspace() and id = $1 and import_id is not null",
        client_id,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn update(tx: &mut TenantTx, id: Uuid, company_id: Option<Uuid>, fields: &Fields) -> Result<()> {
    sqlx::query!(
        "update contacts set company_id = $2, name = $3, email = $4, phone = $5, title = $6, access = $7,
           updated_at = app_now(), version = version + 1
         where workspace_id = current_workspace() and id = $1",
        id,
        company_id,
        fields.name,
        fields.email,
        fields.phone,
        fields.title,
        fields.access,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Archives or restores; false when that is how it was.
pub(super) async fn set_archived(tx: &mut TenantTx, id: Uuid, archived: bool) -> Result<bool> {
    let done = sqlx::query!(
        "update contacts set archived_at = case when $2 then app_now() end, updated_at = app_now(), version = version + 1
         where workspace_id = current_workspace() and id = $1 and (archived_at is not null) <> $2",
        id,
        archived,
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}
