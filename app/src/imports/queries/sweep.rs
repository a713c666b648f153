//! Statements of the nightly sweep. Those that look into all workspaces learn ids and nothing else.

use chrono::{DateTime, Utc};
use ledgerline_jobs::{
    Job as _,
    imports::{FinishImport, PlanImport},
};
use sqlx::PgPool;
use uuid::Uuid;

use crate::{error::Result, tenant::TenantTx};

/// An import of some workspace.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub(crate) workspace_id: Uuid,
    pub(crate) import_id: Uuid,
}

/// Imports that ended before a time and of whose rows something may be left.
pub(crate) async fn to_clear(engine: &PgPool, ended_before: DateTime<Utc>, most: i32) -> Result<Vec<Found>> {
    Ok(sqlx::query_as!(
        Found,
        r#"select workspace_id as "workspace_id!", import_id as "import_id!" from auth.imports_to_clear($1, $2)"#,
        ended_before,
        most
    )
    .fetch_all(engine)
    .await?)
}

/// Imports that have not ended although nothing is left that would end them: all their jobs have ended, and the last one
/// neither waits nor is dead. One that is dead waits for an operator.
pub(crate) async fn stranded(engine: &PgPool, most: i64) -> Result<Vec<Found>> {
    Ok(sqlx::query_as!(
        Found,
        r#"select open.workspace_id as "workspace_id!", open.import_id as "import_id!"
           from auth.unfinished_imports() as open left join batches b on b.id = open.batch_id
           where (b.id is null or b.state = 'done')
             and not exists (select from jobs j where j.queue = $1 and j.kind in ($2, $3)
               and j.args ->> 'import_id' = open.import_id::text)
             and not exists (select from dead_jobs d where d.kind = $3 and d.args ->> 'import_id' = open.import_id::text)
           order by open.import_id limit $4"#,
        FinishImport::QUEUE.name(),
        PlanImport::KIND,
        FinishImport::KIND,
        most
    )
    .fetch_all(engine)
    .await?)
}

/// Those of these imports that have a file.
pub(crate) async fn with_file(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    Ok(sqlx::query_scalar!(
        "select id from imports
         where workspace_id = current_workspace() and id = any($1) and file_deleted_at is null",
        ids
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Writes down that the file is gone, and forgets what was copied out of it. Answers false when that was done before.
pub(crate) async fn forget_file(tx: &mut TenantTx, id: Uuid) -> Result<bool> {
    let done = sqlx::query!(
        "update imports set file_deleted_at = app_now(), preview = '[]',
           columns = (select coalesce(jsonb_agg(jsonb_set(c.each, '{samples}', '[]') order by c.number), '[]')
             from jsonb_array_elements(columns) with ordinality as c (each, number))
         where workspace_id = current_workspace() and id = $1 and file_deleted_at is null",
        id
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Deletes the next rejected rows, at most `most`; answers how many. By range: a join would be guessed wrong and loop.
pub(crate) async fn delete_rejects(tx: &mut TenantTx, import: Uuid, most: i64) -> Result<u64> {
    let done = sqlx::query!(
        "delete from import_rejects
         where workspace_id = current_workspace() and import_id = $1 and row_number <= (
           select max(row_number) from (
             select row_number from import_rejects
             where workspace_id = current_workspace() and import_id = $1 order by row_number limit $2
           ) as next
         )",
        import,
        most
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

/// Writes down that nothing of the rows is left.
pub(crate) async fn cleared(tx: &mut TenantTx, id: Uuid) -> Result<()> {
    sqlx::query!("update imports set cleared_at = app_now() where workspace_id = current_workspace() and id = $1", id)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
