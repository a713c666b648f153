//! Statements on rows that could not become clients.

use serde_json::Value;
use uuid::Uuid;

use crate::{
    error::{Error, Result},
    imports::{rejects::RejectedRow, row::Reason},
    tenant::TenantTx,
};

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
