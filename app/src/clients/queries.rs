//! Every statement of the slice.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{error::Result, tenant::TenantTx};

/// One row.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the columns of the table, described in view.rs")]
pub struct ClientRow {
    pub id: Uuid,
    pub name: String,
    pub email: Option<String>,
    pub company: Option<String>,
    pub phone: Option<String>,
    pub timezone: Option<String>,
    pub genres: Vec<String>,
    pub budget_min_minor: Option<i64>,
    pub budget_max_minor: Option<i64>,
    pub budget_currency: Option<String>,
    pub contact_by_email: bool,
    pub contact_by_sms: bool,
    pub contact_by_phone: bool,
    pub satisfaction: Option<i16>,
    pub referral_source: Option<String>,
    pub notes: Option<String>,
    pub archived_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub version: i32,
    pub phone_e164: Option<String>,
    pub merged_into: Option<Uuid>,
    pub import_id: Option<Uuid>,
    pub import_row: Option<i64>,
}

/// What people may write.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns of the table, described in view.rs")]
pub struct Fields {
    pub name: String,
    pub email: Option<String>,
    pub company: Option<String>,
    pub phone: Option<String>,
    pub timezone: Option<String>,
    pub genres: Vec<String>,
    pub budget_min_minor: Option<i64>,
    pub budget_max_minor: Option<i64>,
    pub budget_currency: Option<String>,
    pub contact_by_email: bool,
    pub contact_by_sms: bool,
    pub contact_by_phone: bool,
    pub satisfaction: Option<i16>,
    pub referral_source: Option<String>,
    pub notes: Option<String>,
    /// `phone` as it is compared, see [`super::phone`].
    pub phone_e164: Option<String>,
}

impl From<&ClientRow> for Fields {
    fn from(row: &ClientRow) -> Self {
        Self {
            name: row.name.clone(),
            email: row.email.clone(),
            company: row.company.clone(),
            phone: row.phone.clone(),
            timezone: row.timezone.clone(),
            genres: row.genres.clone(),
            budget_min_minor: row.budget_min_minor,
            budget_max_minor: row.budget_max_minor,
            budget_currency: row.budget_currency.clone(),
            contact_by_email: row.contact_by_email,
            contact_by_sms: row.contact_by_sms,
            contact_by_phone: row.contact_by_phone,
            satisfaction: row.satisfaction,
            referral_source: row.referral_source.clone(),
            notes: row.notes.clone(),
            phone_e164: row.phone_e164.clone(),
        }
    }
}

pub(crate) async fn insert(tx: &mut TenantTx, fields: &Fields) -> Result<ClientRow> {
    Ok(sqlx::query_as!(
        ClientRow,
        "insert into clients (id, workspace_id, name, email, company, phone, timezone, genres, budget_min_minor,
           budget_max_minor, budget_currency, contact_by_email, contact_by_sms, contact_by_phone, satisfaction,
           referral_source, notes, phone_e164, created_at, updated_at)
         values ($1, current_workspace(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
           app_now(), app_now())
         returning id, name, email, company, phone, timezone, genres, budget_min_minor, budget_max_minor,
           budget_currency, contact_by_email, contact_by_sms, contact_by_phone, satisfaction, referral_source, notes,
           archived_at, created_at, updated_at, version, phone_e164, merged_into, import_id, import_row",
        Uuid::now_v7(),
        fields.name,
        fields.email,
        fields.company,
        fields.phone,
        fields.timezone,
        &fields.genres,
        fields.budget_min_minor,
        fields.budget_max_minor,
        fields.budget_currency,
        fields.contact_by_email,
        fields.contact_by_sms,
        fields.contact_by_phone,
        fields.satisfaction,
        fields.referral_source,
        fields.notes,
        fields.phone_e164,
    )
    .fetch_one(&mut **tx)
    .await?)
}

pub(crate) async fn update(tx: &mut TenantTx, id: Uuid, fields: &Fields) -> Result<ClientRow> {
    Ok(sqlx::query_as!(
        ClientRow,
        "update clients set name = $2, email = $3, company = $4, phone = $5, timezone = $6, genres = $7,
           budget_min_minor = $8, budget_max_minor = $9, budget_currency = $10, contact_by_email = $11,
           contact_by_sms = $12, contact_by_phone = $13, satisfaction = $14, referral_source = $15, notes = $16,
           phone_e164 = $17, updated_at = app_now(), version = version + 1
         where workspace_id = current_workspace() and id = $1
         returning id, name, email, company, phone, timezone, genres, budget_min_minor, budget_max_minor,
           budget_currency, contact_by_email, contact_by_sms, contact_by_phone, satisfaction, referral_source, notes,
           archived_at, created_at, updated_at, version, phone_e164, merged_into, import_id, import_row",
        id,
        fields.name,
        fields.email,
        fields.company,
        fields.phone,
        fields.timezone,
        &fields.genres,
        fields.budget_min_minor,
        fields.budget_max_minor,
        fields.budget_currency,
        fields.contact_by_email,
        fields.contact_by_sms,
        fields.contact_by_phone,
        fields.satisfaction,
        fields.referral_source,
        fields.notes,
        fields.phone_e164,
    )
    .fetch_one(&mut **tx)
    .await?)
}

pub(crate) async fn find(tx: &mut TenantTx, id: Uuid) -> Result<Option<ClientRow>> {
    Ok(sqlx::query_as!(
        ClientRow,
        "select id, name, email, company, phone, timezone, genres, budget_min_minor, budget_max_minor,
           budget_currency, contact_by_email, contact_by_sms, contact_by_phone, satisfaction, referral_source, notes,
           archived_at, created_at, updated_at, version, phone_e164, merged_into, import_id, import_row
         from clients where workspace_id = current_workspace() and id = $1",
        id
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Locks the row until the end of the transaction.
pub(crate) async fn lock(tx: &mut TenantTx, id: Uuid) -> Result<Option<ClientRow>> {
    Ok(sqlx::query_as!(
        ClientRow,
        "select id, name, email, company, phone, timezone, genres, budget_min_minor, budget_max_minor,
           budget_currency, contact_by_email, contact_by_sms, contact_by_phone, satisfaction, referral_source, notes,
           archived_at, created_at, updated_at, version, phone_e164, merged_into, import_id, import_row
         from clients where workspace_id = current_workspace() and id = $1 for update",
        id
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Archives or restores; a client who is as asked already stays as it is.
pub(crate) async fn set_archived(tx: &mut TenantTx, id: Uuid, archived: bool) -> Result<ClientRow> {
    Ok(sqlx::query_as!(
        ClientRow,
        "update clients set archived_at = case when $2 then app_now() end, updated_at = app_now(), version = version + 1
         where workspace_id = current_workspace() and id = $1
         returning id, name, email, company, phone, timezone, genres, budget_min_minor, budget_max_minor,
           budget_currency, contact_by_email, contact_by_sms, contact_by_phone, satisfaction, referral_source, notes,
           archived_at, created_at, updated_at, version, phone_e164, merged_into, import_id, import_row",
        id,
        archived,
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// The client who has this address and is not archived.
pub(crate) async fn holder_of(tx: &mut TenantTx, email: &str) -> Result<Option<Uuid>> {
    Ok(sqlx::query_scalar!(r#"select id as "id!" from auth.clients_by_email(array[lower($1)])"#, email)
        .fetch_optional(&mut **tx)
        .await?)
}

/// Whether any client, archived or not, has this address.
pub(crate) async fn is_known(tx: &mut TenantTx, email: &str) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from clients where workspace_id = current_workspace() and lower(email) = lower($1))
             as "known!""#,
        email
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// The rows with these ids, in the order of the ids.
pub(crate) async fn by_ids(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<ClientRow>> {
    Ok(sqlx::query_as!(
        ClientRow,
        "select id, name, email, company, phone, timezone, genres, budget_min_minor, budget_max_minor,
           budget_currency, contact_by_email, contact_by_sms, contact_by_phone, satisfaction, referral_source, notes,
           archived_at, created_at, updated_at, version, phone_e164, merged_into, import_id, import_row
         from clients where workspace_id = current_workspace() and id = any($1) order by array_position($1, id)",
        ids
    )
    .fetch_all(&mut **tx)
    .await?)
}
