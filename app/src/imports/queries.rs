//! Every statement of the slice.

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::{plan::Chunk, row::Reason, view::RejectedRow};
use crate::{
    clients::queries::Fields,
    error::{Error, Result},
    tenant::TenantTx,
};

/// One import with the sum over its chunks.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the columns of the table, described in view.rs")]
pub struct ImportRow {
    pub id: Uuid,
    pub filename: String,
    pub size_bytes: i64,
    pub state: String,
    pub columns: Value,
    pub preview: Value,
    pub mapping: Option<Value>,
    pub total_rows: Option<i64>,
    pub created: i64,
    pub skipped: i64,
    pub rejected: i64,
    pub failure: Option<String>,
    pub batch_id: Option<Uuid>,
    pub created_by: Uuid,
    pub author_name: Option<String>,
    pub created_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    pub elapsed: Option<f64>,
}

/// A stored file about to become an import.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the columns of the table, described in the migration")]
pub struct NewImport {
    pub id: Uuid,
    pub filename: String,
    pub size_bytes: i64,
    pub storage_path: String,
    pub delimiter: String,
    pub data_start: i64,
    pub data_row: i64,
    pub data_line: i64,
    pub columns: Value,
    pub preview: Value,
}

pub(crate) async fn insert(tx: &mut TenantTx, import: &NewImport, created_by: Uuid) -> Result<()> {
    sqlx::query!(
        "insert into imports (id, workspace_id, filename, size_bytes, storage_path, delimiter, data_start, data_row,
           data_line, columns, preview, created_by, created_at)
         values ($1, current_workspace(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, app_now())",
        import.id,
        import.filename,
        import.size_bytes,
        import.storage_path,
        import.delimiter,
        import.data_start,
        import.data_row,
        import.data_line,
        import.columns,
        import.preview,
        created_by,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(crate) async fn find(tx: &mut TenantTx, id: Uuid) -> Result<Option<ImportRow>> {
    Ok(sqlx::query_as!(
        ImportRow,
        r#"select i.id as "id!", i.filename as "filename!", i.size_bytes as "size_bytes!", i.state as "state!",
             i.columns as "columns!", i.preview as "preview!", i.mapping as "mapping?", i.total_rows as "total_rows?",
             done.created as "created!", done.skipped as "skipped!", done.rejected as "rejected!",
             i.failure as "failure?", i.batch_id as "batch_id?", i.created_by as "created_by!",
             author.name as "author_name?", i.created_at as "created_at!", i.started_at as "started_at?",
             i.finished_at as "finished_at?", extract(epoch from app_now() - i.started_at)::float8 as elapsed
           from imports i
             left join auth.members() author on author.user_id = i.created_by
             left join lateral (
               select coalesce(sum(c.created), 0)::bigint as created, coalesce(sum(c.skipped), 0)::bigint as skipped,
                 coalesce(sum(c.rejected), 0)::bigint as rejected
               from import_chunks c where c.workspace_id = i.workspace_id and c.import_id = i.id
             ) done on true
           where i.workspace_id = current_workspace() and i.id = $1"#,
        id
    )
    .fetch_optional(&mut **tx)
    .await?)
}

pub(crate) async fn exists(tx: &mut TenantTx, id: Uuid) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from imports where workspace_id = current_workspace() and id = $1) as "exists!""#,
        id
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// Imports, newest first. What only an import's own page shows is left out.
pub(crate) async fn page(
    tx: &mut TenantTx,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<ImportRow>> {
    let (at, id) = after.unzip();
    Ok(sqlx::query_as!(
        ImportRow,
        r#"select i.id as "id!", i.filename as "filename!", i.size_bytes as "size_bytes!", i.state as "state!",
             '[]'::jsonb as "columns!", '[]'::jsonb as "preview!", i.mapping as "mapping?",
             i.total_rows as "total_rows?", done.created as "created!", done.skipped as "skipped!",
             done.rejected as "rejected!", i.failure as "failure?", i.batch_id as "batch_id?",
             i.created_by as "created_by!", author.name as "author_name?", i.created_at as "created_at!",
             i.started_at as "started_at?", i.finished_at as "finished_at?", extract(epoch from app_now() - i.started_at)::float8 as elapsed
           from imports i
             left join auth.members() author on author.user_id = i.created_by
             left join lateral (
               select coalesce(sum(c.created), 0)::bigint as created, coalesce(sum(c.skipped), 0)::bigint as skipped,
                 coalesce(sum(c.rejected), 0)::bigint as rejected
               from import_chunks c where c.workspace_id = i.workspace_id and c.import_id = i.id
             ) done on true
           where i.workspace_id = current_workspace()
             and ($1::timestamptz is null or (i.created_at, i.id) < ($1, $2::uuid))
           order by i.created_at desc, i.id desc limit $3"#,
        at,
        id,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// The state of an import and how many columns it has, its row locked until the end of the transaction. Rows that refer
/// to it can still come.
pub(crate) async fn lock(tx: &mut TenantTx, id: Uuid) -> Result<Option<Locked>> {
    Ok(sqlx::query_as!(
        Locked,
        r#"select state, jsonb_array_length(columns) as "columns!", batch_id, storage_path, started_at from imports
           where workspace_id = current_workspace() and id = $1 for no key update"#,
        id
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// What a change of state looks at.
#[derive(Clone, Debug)]
pub(crate) struct Locked {
    pub(crate) state: String,
    pub(crate) columns: i32,
    pub(crate) batch_id: Option<Uuid>,
    pub(crate) storage_path: String,
    pub(crate) started_at: Option<DateTime<Utc>>,
}

/// uploaded → planning.
pub(crate) async fn start(tx: &mut TenantTx, id: Uuid, mapping: &Value) -> Result<bool> {
    let done = sqlx::query!(
        "update imports set state = 'planning', mapping = $2, started_at = app_now()
         where workspace_id = current_workspace() and id = $1 and state = 'uploaded'",
        id,
        mapping,
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// uploaded, planning, running → cancelled.
pub(crate) async fn cancel(tx: &mut TenantTx, id: Uuid) -> Result<bool> {
    let done = sqlx::query!(
        "update imports set state = 'cancelled', finished_at = app_now()
         where workspace_id = current_workspace() and id = $1 and state in ('uploaded', 'planning', 'running')",
        id
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// planning → running.
pub(crate) async fn run(tx: &mut TenantTx, id: Uuid, batch: Uuid, total_rows: i64) -> Result<bool> {
    let done = sqlx::query!(
        "update imports set state = 'running', batch_id = $2, total_rows = $3
         where workspace_id = current_workspace() and id = $1 and state = 'planning'",
        id,
        batch,
        total_rows,
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// planning, running → failed, with the reason.
pub(crate) async fn fail(tx: &mut TenantTx, id: Uuid, failure: &str) -> Result<bool> {
    let done = sqlx::query!(
        "update imports set state = 'failed', failure = $2, finished_at = app_now()
         where workspace_id = current_workspace() and id = $1 and state in ('planning', 'running')",
        id,
        failure,
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// running → completed; also failed → completed, when what was missing came after all.
pub(crate) async fn complete(tx: &mut TenantTx, id: Uuid) -> Result<bool> {
    let done = sqlx::query!(
        "update imports set state = 'completed', failure = null, finished_at = app_now()
         where workspace_id = current_workspace() and id = $1 and state in ('running', 'failed')",
        id
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The stored file and how it is read.
#[derive(Clone, Debug)]
pub(crate) struct FileRow {
    pub(crate) state: String,
    pub(crate) storage_path: String,
    pub(crate) size_bytes: i64,
    pub(crate) delimiter: String,
    pub(crate) data_start: i64,
    pub(crate) data_row: i64,
    pub(crate) data_line: i64,
    pub(crate) columns: i32,
    pub(crate) mapping: Option<Value>,
}

impl FileRow {
    /// What stands between cells.
    pub(crate) fn delimiter(&self) -> u8 {
        self.delimiter.bytes().next().unwrap_or(b',')
    }
}

pub(crate) async fn file(tx: &mut TenantTx, id: Uuid) -> Result<Option<FileRow>> {
    Ok(sqlx::query_as!(
        FileRow,
        r#"select state, storage_path, size_bytes, delimiter, data_start, data_row, data_line,
             jsonb_array_length(columns) as "columns!", mapping
           from imports where workspace_id = current_workspace() and id = $1"#,
        id
    )
    .fetch_optional(&mut **tx)
    .await?)
}

pub(crate) async fn insert_chunks(tx: &mut TenantTx, import: Uuid, chunks: &[Chunk]) -> Result<()> {
    let numbers: Vec<i32> = chunks.iter().map(|chunk| chunk.number).collect();
    let rows: Vec<i64> = chunks.iter().map(|chunk| chunk.first_row).collect();
    let lines: Vec<i64> = chunks.iter().map(|chunk| chunk.first_line).collect();
    let starts: Vec<i64> = chunks.iter().map(|chunk| chunk.byte_start).collect();
    let ends: Vec<i64> = chunks.iter().map(|chunk| chunk.byte_end).collect();
    let counts: Vec<i32> = chunks.iter().map(|chunk| chunk.rows).collect();
    sqlx::query!(
        "insert into import_chunks (workspace_id, import_id, chunk, first_row, first_line, byte_start, byte_end, rows)
         select current_workspace(), $1, new.*
         from unnest($2::int[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::int[]) as new",
        import,
        &numbers,
        &rows,
        &lines,
        &starts,
        &ends,
        &counts,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A chunk as it was planned.
#[derive(Clone, Debug)]
pub(crate) struct ChunkRow {
    pub(crate) first_row: i64,
    pub(crate) first_line: i64,
    pub(crate) byte_start: i64,
    pub(crate) byte_end: i64,
    pub(crate) rows: i32,
    pub(crate) is_done: bool,
}

pub(crate) async fn chunk(tx: &mut TenantTx, import: Uuid, chunk: i32) -> Result<Option<ChunkRow>> {
    Ok(sqlx::query_as!(
        ChunkRow,
        r#"select first_row, first_line, byte_start, byte_end, rows, done_at is not null as "is_done!"
           from import_chunks where workspace_id = current_workspace() and import_id = $1 and chunk = $2"#,
        import,
        chunk
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Takes a chunk that is not done for this transaction, unless its import was stopped.
pub(crate) async fn take_chunk(tx: &mut TenantTx, import: Uuid, chunk: i32) -> Result<bool> {
    let taken = sqlx::query_scalar!(
        "select c.chunk from import_chunks c
           join imports i on i.workspace_id = c.workspace_id and i.id = c.import_id
         where c.workspace_id = current_workspace() and c.import_id = $1 and c.chunk = $2 and c.done_at is null
           and i.state in ('running', 'failed')
         for no key update of c",
        import,
        chunk
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(taken.is_some())
}

pub(crate) async fn finish_chunk(
    tx: &mut TenantTx,
    import: Uuid,
    chunk: i32,
    created: i32,
    skipped: i32,
    rejected: i32,
) -> Result<()> {
    sqlx::query!(
        "update import_chunks set created = $3, skipped = $4, rejected = $5, done_at = app_now()
         where workspace_id = current_workspace() and import_id = $1 and chunk = $2",
        import,
        chunk,
        created,
        skipped,
        rejected,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What of an import is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Missing {
    pub(crate) chunks: i64,
    pub(crate) rows: i64,
    pub(crate) first_row: Option<i64>,
}

pub(crate) async fn missing(tx: &mut TenantTx, import: Uuid) -> Result<Missing> {
    Ok(sqlx::query_as!(
        Missing,
        r#"select count(*) as "chunks!", coalesce(sum(rows), 0)::bigint as "rows!", min(first_row) as first_row
           from import_chunks where workspace_id = current_workspace() and import_id = $1 and done_at is null"#,
        import
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// Adds clients with one statement and answers how many are new: a mail address that a client has already, here or
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

/// Locks the live jobs of a batch in id order, before the batch itself is: that is the order in which jobs end.
pub(crate) async fn lock_jobs(tx: &mut TenantTx, batch: Uuid) -> Result<()> {
    sqlx::query!("select id from jobs where batch_id = $1 order by id for update", batch).fetch_all(&mut **tx).await?;
    Ok(())
}
