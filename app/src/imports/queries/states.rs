//! Statements that change where an import is, and the locks that go before.

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use crate::{error::Result, imports::duplicates::Duplicates, tenant::TenantTx};

/// The state of an import and its columns, its row locked until the end of the transaction. Rows that refer
/// to it can still come.
pub(crate) async fn lock(tx: &mut TenantTx, id: Uuid) -> Result<Option<Locked>> {
    Ok(sqlx::query_as!(
        Locked,
        r#"select state, array(select c.each ->> 'name' from jsonb_array_elements(columns) with ordinality
               as c (each, number) order by c.number) as "names!: Vec<String>",
             sha256, headings_key, batch_id, storage_path, started_at, finished_at, total_rows, open_quote_line,
             undo_batch_id, undo_started_at
           from imports where workspace_id = current_workspace() and id = $1 for no key update"#,
        id
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// What a change of state looks at.
#[derive(Clone, Debug)]
pub(crate) struct Locked {
    pub(crate) state: String,
    pub(crate) names: Vec<String>,
    pub(crate) sha256: Option<Vec<u8>>,
    pub(crate) headings_key: Option<Vec<u8>>,
    pub(crate) batch_id: Option<Uuid>,
    pub(crate) storage_path: String,
    pub(crate) started_at: Option<DateTime<Utc>>,
    pub(crate) finished_at: Option<DateTime<Utc>>,
    pub(crate) total_rows: Option<i64>,
    pub(crate) open_quote_line: Option<i64>,
    pub(crate) undo_batch_id: Option<Uuid>,
    pub(crate) undo_started_at: Option<DateTime<Utc>>,
}

/// Makes those who start an import, the same file or another, and those who undo one wait for each other, until the end of
/// the transaction. Taken after [`super::close`] and before the import's row.
pub(crate) async fn hold_starts(tx: &mut TenantTx) -> Result<()> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('imports:' || current_workspace(), 0))")
        .fetch_one(&mut **tx)
        .await?;
    Ok(())
}

/// An import of the workspace that is being undone, and what its file is called.
pub(crate) async fn being_undone(tx: &mut TenantTx) -> Result<Option<(Uuid, String)>> {
    let row = sqlx::query!(
        "select id, filename from imports where workspace_id = current_workspace() and state = 'undoing'
         order by undo_started_at, id limit 1"
    );
    Ok(row.fetch_optional(&mut **tx).await?.map(|row| (row.id, row.filename)))
}

/// What was chosen at the start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choices<'a> {
    pub(crate) mapping: &'a Value,
    pub(crate) budget_currency: Option<&'a str>,
    pub(crate) duplicates: Duplicates,
    pub(crate) phone_region: Option<&'a str>,
}

/// uploaded → planning.
pub(crate) async fn start(
    tx: &mut TenantTx,
    id: Uuid,
    batch: Uuid,
    choices: Choices<'_>,
    started_by: Option<Uuid>,
) -> Result<bool> {
    let done = sqlx::query!(
        "update imports set state = 'planning', batch_id = $2, mapping = $3, budget_currency = $4, started_by = $5,
           duplicates = $6, phone_region = $7, started_at = app_now()
         where workspace_id = current_workspace() and id = $1 and state = 'uploaded'",
        id,
        batch,
        choices.mapping,
        choices.budget_currency,
        started_by,
        choices.duplicates.as_str(),
        choices.phone_region,
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// uploaded, planning, running → cancelled. The job that ends what is left of it asks for suggestions.
pub(crate) async fn cancel(tx: &mut TenantTx, id: Uuid) -> Result<bool> {
    let done = sqlx::query!(
        "update imports set state = 'cancelled', finished_at = app_now(),
           suggesting_since = case when total_rows is not null then app_now() end
         where workspace_id = current_workspace() and id = $1 and state in ('uploaded', 'planning', 'running')",
        id
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// planning → running.
pub(crate) async fn run(tx: &mut TenantTx, id: Uuid, total_rows: i64, open_quote_line: Option<i64>) -> Result<bool> {
    let done = sqlx::query!(
        "update imports set state = 'running', total_rows = $2, open_quote_line = $3, planned_at = app_now()
         where workspace_id = current_workspace() and id = $1 and state = 'planning'",
        id,
        total_rows,
        open_quote_line,
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// planning, running → failed, with the reason; also failed → failed, when there is another reason now.
pub(crate) async fn fail(tx: &mut TenantTx, id: Uuid, failure: &str) -> Result<bool> {
    let done = sqlx::query!(
        "update imports set state = 'failed', failure = $2, finished_at = app_now()
         where workspace_id = current_workspace() and id = $1 and state in ('planning', 'running', 'failed')
           and failure is distinct from $2",
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
