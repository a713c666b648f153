//! Statements by which rows become clients. Each takes all rows of a chunk at once.

use serde_json::Value;
use uuid::Uuid;

use crate::{
    clients::{
        history,
        queries::{ClientRow, Fields},
    },
    error::Result,
    tenant::TenantTx,
};

/// Keeps rows that are known by phone number or name, and rows that change clients, from being written by two chunks of
/// the workspace at once. Rows that are known by an email address need it not: those have a unique index.
pub(crate) async fn lock_keys(tx: &mut TenantTx) -> Result<()> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('clients:' || current_workspace(), 0))")
        .fetch_one(&mut **tx)
        .await?;
    Ok(())
}

/// Takes statistics of the tables that imports fill, when they have doubled since; without them a search for clients by
/// their keys may be planned as a walk over the whole workspace. They are there once the transaction commits.
pub(crate) async fn refresh_statistics(tx: &mut TenantTx) -> Result<()> {
    sqlx::query("select refresh_import_statistics()").execute(&mut **tx).await?;
    Ok(())
}

/// Rows wait in a list before they enter the index of words (`0074_client_search_list.up.sql`). Whoever fills the list
/// empties it, the more at a time the more memory there is; one transaction does so while the others go on.
pub(crate) async fn take_memory(tx: &mut TenantTx) -> Result<()> {
    sqlx::query("set local work_mem = '64MB'").execute(&mut **tx).await?;
    Ok(())
}

/// A client about to be.
#[derive(Clone, Debug)]
pub(crate) struct NewRow<'a> {
    pub(crate) id: Uuid,
    pub(crate) row_number: i64,
    pub(crate) fields: &'a Fields,
}

/// Adds clients with one statement and answers the ids of those that are new: an email address that a client has
/// already, here or since a moment ago, is passed over. Rows are inserted in the order given: by address, so that two
/// imports wait for each other in the same order.
pub(crate) async fn insert_clients(tx: &mut TenantTx, import: Uuid, clients: &[NewRow<'_>]) -> Result<Vec<Uuid>> {
    if clients.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = clients.iter().map(|client| client.id).collect();
    let rows: Vec<i64> = clients.iter().map(|client| client.row_number).collect();
    let fields = Columns::of(clients.iter().map(|client| client.fields));
    Ok(sqlx::query_scalar!(
        r#"insert into clients (id, workspace_id, name, email, company, phone, timezone, genres, budget_min_minor,
             budget_max_minor, budget_currency, contact_by_email, contact_by_sms, contact_by_phone, satisfaction,
             referral_source, notes, phone_e164, import_id, import_row, created_at, updated_at)
           select new.id, current_workspace(), new.name, new.email, new.company, new.phone, new.timezone,
             string_to_array(new.genres, E'\n'), new.budget_min, new.budget_max, new.currency, new.by_email,
             new.by_sms, new.by_phone, new.satisfaction, new.referral, new.notes, new.phone_e164, $18, new.row,
             app_now(), app_now()
           from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
             $8::bigint[], $9::bigint[], $10::text[], $11::bool[], $12::bool[], $13::bool[], $14::smallint[],
             $15::text[], $16::text[], $17::text[], $19::bigint[])
             as new (id, name, email, company, phone, timezone, genres, budget_min, budget_max, currency, by_email,
               by_sms, by_phone, satisfaction, referral, notes, phone_e164, row)
           on conflict (workspace_id, lower(email)) where archived_at is null do nothing
           returning id"#,
        &ids,
        &fields.names as &[&str],
        &fields.emails as &[Option<&str>],
        &fields.companies as &[Option<&str>],
        &fields.phones as &[Option<&str>],
        &fields.timezones as &[Option<&str>],
        &fields.genres,
        &fields.budget_min as &[Option<i64>],
        &fields.budget_max as &[Option<i64>],
        &fields.currencies as &[Option<&str>],
        &fields.by_email,
        &fields.by_sms,
        &fields.by_phone,
        &fields.satisfaction as &[Option<i16>],
        &fields.referral as &[Option<&str>],
        &fields.notes as &[Option<&str>],
        &fields.phones_e164 as &[Option<&str>],
        import,
        &rows,
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Fields of many clients, column by column.
struct Columns<'a> {
    names: Vec<&'a str>,
    emails: Vec<Option<&'a str>>,
    companies: Vec<Option<&'a str>>,
    phones: Vec<Option<&'a str>>,
    phones_e164: Vec<Option<&'a str>>,
    timezones: Vec<Option<&'a str>>,
    // an array of arrays would have to be a rectangle; a genre is one line, so lines can be joined
    genres: Vec<String>,
    budget_min: Vec<Option<i64>>,
    budget_max: Vec<Option<i64>>,
    currencies: Vec<Option<&'a str>>,
    by_email: Vec<bool>,
    by_sms: Vec<bool>,
    by_phone: Vec<bool>,
    satisfaction: Vec<Option<i16>>,
    referral: Vec<Option<&'a str>>,
    notes: Vec<Option<&'a str>>,
}

impl<'a> Columns<'a> {
    fn of(clients: impl Iterator<Item = &'a Fields> + Clone) -> Self {
        Self {
            names: clients.clone().map(|client| client.name.as_str()).collect(),
            emails: clients.clone().map(|client| client.email.as_deref()).collect(),
            companies: clients.clone().map(|client| client.company.as_deref()).collect(),
            phones: clients.clone().map(|client| client.phone.as_deref()).collect(),
            phones_e164: clients.clone().map(|client| client.phone_e164.as_deref()).collect(),
            timezones: clients.clone().map(|client| client.timezone.as_deref()).collect(),
            genres: clients.clone().map(|client| client.genres.join("\n")).collect(),
            budget_min: clients.clone().map(|client| client.budget_min_minor).collect(),
            budget_max: clients.clone().map(|client| client.budget_max_minor).collect(),
            currencies: clients.clone().map(|client| client.budget_currency.as_deref()).collect(),
            by_email: clients.clone().map(|client| client.contact_by_email).collect(),
            by_sms: clients.clone().map(|client| client.contact_by_sms).collect(),
            by_phone: clients.clone().map(|client| client.contact_by_phone).collect(),
            satisfaction: clients.clone().map(|client| client.satisfaction).collect(),
            referral: clients.clone().map(|client| client.referral_source.as_deref()).collect(),
            notes: clients.map(|client| client.notes.as_deref()).collect(),
        }
    }
}

/// These clients, but for those that are archived, locked until the end of the transaction in the order of their ids.
pub(crate) async fn lock_clients(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<ClientRow>> {
    Ok(sqlx::query_as!(
        ClientRow,
        "select id, name, email, company, phone, timezone, genres, budget_min_minor, budget_max_minor,
           budget_currency, contact_by_email, contact_by_sms, contact_by_phone, satisfaction, referral_source, notes,
           archived_at, created_at, updated_at, version, phone_e164, merged_into, import_id, import_row
         from clients where workspace_id = current_workspace() and id = any($1) and archived_at is null
         order by id for update",
        ids
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// A client that an import changes.
#[derive(Clone, Debug)]
pub(crate) struct ChangedRow {
    pub(crate) id: Uuid,
    pub(crate) row_number: i64,
    pub(crate) version_before: i32,
    pub(crate) before: Fields,
    pub(crate) fields: Fields,
    pub(crate) changed: Vec<&'static str>,
}

/// Changes clients that are locked, keeps what stood before, and writes an event for each.
pub(crate) async fn update_clients(tx: &mut TenantTx, import: Uuid, chunk: i32, clients: &[ChangedRow]) -> Result<()> {
    if clients.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = clients.iter().map(|client| client.id).collect();
    let rows: Vec<i64> = clients.iter().map(|client| client.row_number).collect();
    set_fields(tx, &ids, clients.iter().map(|client| &client.fields)).await?;
    let befores: Vec<Value> = clients.iter().map(|client| serde_json::json!(client.before)).collect();
    let versions: Vec<i32> = clients.iter().map(|client| client.version_before).collect();
    sqlx::query!(
        "insert into import_updates (workspace_id, import_id, client_id, chunk, row_number, before, version_before,
           version_after)
         select current_workspace(), $1, new.id, $2, new.row, new.before, new.version, new.version + 1
         from unnest($3::uuid[], $4::bigint[], $5::jsonb[], $6::int[]) as new (id, row, before, version)
         on conflict (workspace_id, import_id, client_id) do update set version_after = excluded.version_after,
           is_edited = import_updates.is_edited or import_updates.version_after <> excluded.version_before",
        import,
        chunk,
        &ids,
        &rows,
        &befores,
        &versions,
    )
    .execute(&mut **tx)
    .await?;
    let data: Vec<Value> = clients
        .iter()
        .map(|client| {
            let mut told = history::kept(&client.changed, &client.before, &client.fields);
            told["importId"] = serde_json::json!(import);
            told["row"] = client.row_number.into();
            told
        })
        .collect();
    let events: Vec<Uuid> = clients.iter().map(|_| Uuid::now_v7()).collect();
    sqlx::query!(
        "insert into events (id, workspace_id, kind, subject_kind, subject_id, data, at)
         select new.id, current_workspace(), 'client_updated', 'client', new.client, new.data, app_now()
         from unnest($1::uuid[], $2::uuid[], $3::jsonb[]) as new (id, client, data)",
        &events,
        &ids,
        &data,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Writes all fields of many clients, each with a new version.
pub(crate) async fn set_fields<'a>(
    tx: &mut TenantTx,
    ids: &[Uuid],
    fields: impl Iterator<Item = &'a Fields> + Clone,
) -> Result<()> {
    let fields = Columns::of(fields);
    sqlx::query!(
        r#"update clients set name = new.name, email = new.email, company = new.company, phone = new.phone,
             timezone = new.timezone, genres = string_to_array(new.genres, E'\n'), budget_min_minor = new.budget_min,
             budget_max_minor = new.budget_max, budget_currency = new.currency, contact_by_email = new.by_email,
             contact_by_sms = new.by_sms, contact_by_phone = new.by_phone, satisfaction = new.satisfaction,
             referral_source = new.referral, notes = new.notes, phone_e164 = new.phone_e164,
             updated_at = app_now(), version = version + 1
           from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
             $8::bigint[], $9::bigint[], $10::text[], $11::bool[], $12::bool[], $13::bool[], $14::smallint[],
             $15::text[], $16::text[], $17::text[])
             as new (id, name, email, company, phone, timezone, genres, budget_min, budget_max, currency, by_email,
               by_sms, by_phone, satisfaction, referral, notes, phone_e164)
           where clients.workspace_id = current_workspace() and clients.id = new.id"#,
        ids,
        &fields.names as &[&str],
        &fields.emails as &[Option<&str>],
        &fields.companies as &[Option<&str>],
        &fields.phones as &[Option<&str>],
        &fields.timezones as &[Option<&str>],
        &fields.genres,
        &fields.budget_min as &[Option<i64>],
        &fields.budget_max as &[Option<i64>],
        &fields.currencies as &[Option<&str>],
        &fields.by_email,
        &fields.by_sms,
        &fields.by_phone,
        &fields.satisfaction as &[Option<i16>],
        &fields.referral as &[Option<&str>],
        &fields.notes as &[Option<&str>],
        &fields.phones_e164 as &[Option<&str>],
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
