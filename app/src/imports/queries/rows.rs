//! Statements on rows: those that become clients and those that do not.

use serde_json::Value;
use uuid::Uuid;

use crate::{
    clients::queries::Fields,
    error::{Error, Result},
    imports::{row::Reason, view::RejectedRow},
    tenant::TenantTx,
};

/// Adds clients with one statement and answers how many are new: an email address that a client has already, here or
/// since a moment ago, is passed over. Rows come in the order given, so that two imports wait for each other in the
/// same order.
pub(crate) async fn insert_clients(tx: &mut TenantTx, clients: &[Fields]) -> Result<u64> {
    fn column<'a, T>(clients: &'a [Fields], of: impl Fn(&'a Fields) -> T) -> Vec<T> {
        clients.iter().map(of).collect()
    }
    let ids: Vec<Uuid> = clients.iter().map(|_| Uuid::now_v7()).collect();
    let names = column(clients, |client| client.name.clone());
    let emails = column(clients, |client| client.email.clone());
    let companies = column(clients, |client| client.company.clone());
    let phones = column(clients, |client| client.phone.clone());
    let timezones = column(clients, |client| client.timezone.clone());
    // an array of arrays would have to be a rectangle; a genre is one line, so lines can be joined
    let genres = column(clients, |client| client.genres.join("\n"));
    let budget_min = column(clients, |client| client.budget_min_minor);
    let budget_max = column(clients, |client| client.budget_max_minor);
    let currencies = column(clients, |client| client.budget_currency.clone());
    let by_email = column(clients, |client| client.contact_by_email);
    let by_sms = column(clients, |client| client.contact_by_sms);
    let by_phone = column(clients, |client| client.contact_by_phone);
    let satisfaction = column(clients, |client| client.satisfaction);
    let referral = column(clients, |client| client.referral_source.clone());
    let notes = column(clients, |client| client.notes.clone());
    let inserted = sqlx::query!(
        r#"insert into clients (id, workspace_id, name, email, company, phone, timezone, genres, budget_min_minor,
             budget_max_minor, budget_currency, contact_by_email, contact_by_sms, contact_by_phone, satisfaction,
             referral_source, notes, created_at, updated_at)
           select new.id, current_workspace(), new.name, new.email, new.company, new.phone, new.timezone,
             string_to_array(new.genres, E'\n'), new.budget_min, new.budget_max, new.currency, new.by_email,
             new.by_sms, new.by_phone, new.satisfaction, new.referral, new.notes, app_now(), app_now()
           from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
             $8::bigint[], $9::bigint[], $10::text[], $11::bool[], $12::bool[], $13::bool[], $14::smallint[],
             $15::text[], $16::text[])
             as new (id, name, email, company, phone, timezone, genres, budget_min, budget_max, currency, by_email,
               by_sms, by_phone, satisfaction, referral, notes)
           on conflict (workspace_id, lower(email)) where archived_at is null do nothing"#,
        &ids,
        &names,
        &emails as &[Option<String>],
        &companies as &[Option<String>],
        &phones as &[Option<String>],
        &timezones as &[Option<String>],
        &genres,
        &budget_min as &[Option<i64>],
        &budget_max as &[Option<i64>],
        &currencies as &[Option<String>],
        &by_email,
        &by_sms,
        &by_phone,
        &satisfaction as &[Option<i16>],
        &referral as &[Option<String>],
        &notes as &[Option<String>],
    )
    .execute(&mut **tx)
    .await?;
    Ok(inserted.rows_affected())
}

/// Writes down rows that could not become clients. A cell may hold anything, so cells travel as JSON.
pub(crate) async fn insert_rejects(tx: &mut TenantTx, import: Uuid, rejects: &[RejectedRow]) -> Result<()> {
    if rejects.is_empty() {
        return Ok(());
    }
    let rows: Vec<i64> = rejects.iter().map(|reject| reject.row_number).collect();
    let columns: Vec<Value> = rejects.iter().map(|reject| serde_json::json!(reject.columns)).collect();
    let reasons: Vec<Value> = rejects.iter().map(|reject| serde_json::json!(reject.reasons)).collect();
    sqlx::query!(
        r#"insert into import_rejects (workspace_id, import_id, row_number, columns, reasons)
           select current_workspace(), $1, new.row_number, array(select jsonb_array_elements_text(new.columns)),
             new.reasons
           from unnest($2::bigint[], $3::jsonb[], $4::jsonb[]) as new (row_number, columns, reasons)"#,
        import,
        &rows,
        &columns,
        &reasons,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Rejected rows in the order of the file, long cells cut: a page is there to be looked at.
pub(crate) async fn rejects(tx: &mut TenantTx, import: Uuid, after: i64, limit: i64) -> Result<Vec<RejectedRow>> {
    let rows = sqlx::query!(
        r#"select row_number, array(select left(cell, 1000) from unnest(columns) as cell) as "columns!: Vec<String>",
             reasons
           from import_rejects
           where workspace_id = current_workspace() and import_id = $1 and row_number > $2
           order by row_number limit $3"#,
        import,
        after,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter().map(|row| rejected(row.row_number, row.columns, row.reasons)).collect()
}

/// The next rejected rows, whole: at least one, and no more than fit into a few megabytes.
pub(crate) async fn next_rejects(tx: &mut TenantTx, import: Uuid, after: i64) -> Result<Vec<RejectedRow>> {
    let rows = sqlx::query!(
        "select row_number, columns, reasons from (
           select row_number, columns, reasons, row_number() over by_row as number,
             sum(pg_column_size(columns)) over by_row as bytes
           from (select row_number, columns, reasons from import_rejects
             where workspace_id = current_workspace() and import_id = $1 and row_number > $2
             order by row_number limit 1000) as next
           window by_row as (order by row_number)
         ) as measured
         where number = 1 or bytes < 4194304
         order by row_number",
        import,
        after,
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter().map(|row| rejected(row.row_number, row.columns, row.reasons)).collect()
}

fn rejected(row_number: i64, columns: Vec<String>, reasons: Value) -> Result<RejectedRow> {
    let reasons: Vec<Reason> = serde_json::from_value(reasons).map_err(Error::internal)?;
    Ok(RejectedRow { row_number, columns, reasons })
}
