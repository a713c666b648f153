//! Statements on what became of the rows of an import, and whom taking it back has left.

use uuid::Uuid;

use super::ChunkRow;
use crate::{
    error::{Error, Result},
    imports::row::Reason,
    tenant::TenantTx,
};

/// A chunk that was imported, with what became of its rows.
#[derive(Clone, Debug)]
pub(crate) struct DoneRow {
    pub(crate) number: i32,
    pub(crate) planned: ChunkRow,
    pub(crate) outcomes: String,
    pub(crate) matched_by: String,
    pub(crate) client_ids: Vec<Option<Uuid>>,
}

/// The next imported chunks from number `from` on that have rows with this outcome, or any rows.
pub(crate) async fn done_chunks(
    tx: &mut TenantTx,
    import: Uuid,
    from: i32,
    outcome: Option<&str>,
    limit: i64,
) -> Result<Vec<DoneRow>> {
    let rows = sqlx::query!(
        r#"select chunk, first_row, first_line, byte_start, byte_end, rows, outcomes as "outcomes!",
             matched_by as "matched_by!", client_ids as "client_ids!: Vec<Option<Uuid>>"
           from import_chunks
           where workspace_id = current_workspace() and import_id = $1 and chunk >= $2 and outcomes is not null
             and case $3 when 'c' then created > 0 when 'u' then updated > 0 when 's' then skipped > 0
               when 'r' then rejected > 0 else true end
           order by chunk limit $4"#,
        import,
        from,
        outcome,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| DoneRow {
            number: row.chunk,
            planned: ChunkRow {
                first_row: row.first_row,
                first_line: row.first_line,
                byte_start: row.byte_start,
                byte_end: row.byte_end,
                rows: row.rows,
                is_done: true,
            },
            outcomes: row.outcomes,
            matched_by: row.matched_by,
            client_ids: row.client_ids,
        })
        .collect())
}

/// Names of those of these clients who are still there.
pub(crate) async fn client_names(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>> {
    let rows =
        sqlx::query!("select id, name from clients where workspace_id = current_workspace() and id = any($1)", ids)
            .fetch_all(&mut **tx)
            .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

/// Why these rows were rejected.
pub(crate) async fn reasons(tx: &mut TenantTx, import: Uuid, rows: &[i64]) -> Result<Vec<(i64, Vec<Reason>)>> {
    let rows = sqlx::query!(
        "select row_number, reasons from import_rejects
         where workspace_id = current_workspace() and import_id = $1 and row_number = any($2)",
        import,
        rows
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|row| Ok((row.row_number, serde_json::from_value(row.reasons).map_err(Error::internal)?)))
        .collect()
}

/// A client that stayed when its import was undone.
#[derive(Clone, Debug)]
pub(crate) struct LeftoverRow {
    pub(crate) row_number: i64,
    pub(crate) client_id: Uuid,
    pub(crate) client_name: Option<String>,
    pub(crate) reason: String,
}

pub(crate) async fn leftovers(tx: &mut TenantTx, import: Uuid, after: i64, limit: i64) -> Result<Vec<LeftoverRow>> {
    Ok(sqlx::query_as!(
        LeftoverRow,
        r#"select l.row_number, l.client_id, c.name as "client_name?", l.reason
           from import_leftovers l
             left join clients c on c.workspace_id = l.workspace_id and c.id = l.client_id
           where l.workspace_id = current_workspace() and l.import_id = $1 and l.row_number > $2
           order by l.row_number limit $3"#,
        import,
        after,
        limit
    )
    .fetch_all(&mut **tx)
    .await?)
}
