//! Statements on chunks and their jobs.

use uuid::Uuid;

use crate::{
    error::Result,
    imports::{plan::Chunk, write::Outcomes},
    tenant::TenantTx,
};

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

/// Keeps the import from being ended or cancelled until this transaction ends. A row lock would not do: chunks that
/// share one, one after the other, would keep whoever ends it waiting for ever, while these locks are given in order.
/// Everybody takes this lock or that of [`close`] first, the import's row after it, and jobs last.
pub(crate) async fn hold_open(tx: &mut TenantTx, id: Uuid) -> Result<()> {
    sqlx::query!("select pg_advisory_xact_lock_shared(hashtextextended($1, 0))", id.to_string())
        .fetch_one(&mut **tx)
        .await?;
    Ok(())
}

/// Waits for the chunks that are being written; those that come later wait for this transaction.
pub(crate) async fn close(tx: &mut TenantTx, id: Uuid) -> Result<()> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 0))", id.to_string()).fetch_one(&mut **tx).await?;
    Ok(())
}

/// Takes a chunk that is not done for this transaction, unless its import was stopped or somebody has asked to undo it,
/// also when that has failed half-way. Answers the state of the import,
/// which stays the same for whoever holds it open.
pub(crate) async fn take_chunk(tx: &mut TenantTx, import: Uuid, chunk: i32) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        "select i.state from import_chunks c
           join imports i on i.workspace_id = c.workspace_id and i.id = c.import_id
         where c.workspace_id = current_workspace() and c.import_id = $1 and c.chunk = $2 and c.done_at is null
           and i.state in ('running', 'failed') and i.undo_started_at is null
         for no key update of c",
        import,
        chunk
    )
    .fetch_optional(&mut **tx)
    .await?)
}

pub(crate) async fn finish_chunk(tx: &mut TenantTx, import: Uuid, chunk: i32, outcomes: &Outcomes) -> Result<()> {
    sqlx::query!(
        "update import_chunks set created = $3, updated = $4, skipped = $5, rejected = $6, outcomes = $7,
           matched_by = $8, client_ids = $9, done_at = app_now()
         where workspace_id = current_workspace() and import_id = $1 and chunk = $2",
        import,
        chunk,
        outcomes.count('c'),
        outcomes.count('u'),
        outcomes.count('s'),
        outcomes.count('r'),
        String::from_iter(&outcomes.letters),
        String::from_iter(&outcomes.matched_by),
        &outcomes.clients as &[Option<Uuid>],
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

/// Whether a job of the batch was cancelled.
pub(crate) async fn has_cancelled_jobs(tx: &mut TenantTx, batch: Uuid) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from batches where id = $1 and cancelled_jobs > 0) as "cancelled!""#,
        batch
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// Locks the live jobs of a batch in id order, before the batch itself is: that is the order in which jobs end.
pub(crate) async fn lock_jobs(tx: &mut TenantTx, batch: Uuid) -> Result<()> {
    sqlx::query!("select id from jobs where batch_id = $1 order by id for update", batch).fetch_all(&mut **tx).await?;
    Ok(())
}
