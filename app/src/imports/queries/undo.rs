//! Statements on imports that are being undone: what is left to do, and what has become of it.

use uuid::Uuid;

use crate::{error::Result, tenant::TenantTx};

/// Chunks that created or changed clients and are not undone.
pub(crate) async fn to_undo(tx: &mut TenantTx, import: Uuid) -> Result<Vec<i32>> {
    Ok(sqlx::query_scalar!(
        "select chunk from import_chunks
         where workspace_id = current_workspace() and import_id = $1 and done_at is not null and undone_at is null
           and created + updated > 0
         order by chunk",
        import
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// completed, cancelled, failed → undoing.
pub(crate) async fn undo(tx: &mut TenantTx, id: Uuid, batch: Uuid) -> Result<bool> {
    let done = sqlx::query!(
        "update imports set state = 'undoing', failure = null, undo_batch_id = $2, undo_started_at = app_now(),
           undo_finished_at = null
         where workspace_id = current_workspace() and id = $1 and state in ('completed', 'cancelled', 'failed')",
        id,
        batch,
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// undoing → undone, or failed with the reason; also failed → undone, when what was missing came after all. What it
/// suggested and nobody has decided goes with it, but for what a person suggests as well.
pub(crate) async fn end_undo(tx: &mut TenantTx, id: Uuid, failure: Option<&str>) -> Result<()> {
    sqlx::query!(
        "update imports set state = case when $2::text is null then 'undone' else 'failed' end, failure = $2,
           undo_finished_at = app_now(), suggesting_since = null
         where workspace_id = current_workspace() and id = $1
           and (state = 'undoing' or (state = 'failed' and undo_started_at is not null))",
        id,
        failure
    )
    .execute(&mut **tx)
    .await?;
    if failure.is_none() {
        sqlx::query!(
            "delete from merges
             where workspace_id = current_workspace() and import_id = $1 and state = 'suggested' and created_by is null",
            id
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Whether all jobs of a batch have ended.
pub(crate) async fn has_ended(tx: &mut TenantTx, batch: Uuid) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select not exists (select from batches where id = $1 and state <> 'done') as "ended!""#,
        batch
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// Writes down clients that stay, by the numbers of their rows.
pub(crate) async fn keep(tx: &mut TenantTx, import: Uuid, kept: &[(i64, Uuid, &str)]) -> Result<()> {
    let rows: Vec<i64> = kept.iter().map(|(row, ..)| *row).collect();
    let clients: Vec<Uuid> = kept.iter().map(|(_, client, _)| *client).collect();
    let reasons: Vec<&str> = kept.iter().map(|(.., reason)| *reason).collect();
    sqlx::query!(
        "insert into import_leftovers (workspace_id, import_id, row_number, client_id, reason)
         select current_workspace(), $1, new.* from unnest($2::bigint[], $3::uuid[], $4::text[]) as new
         on conflict do nothing",
        import,
        &rows,
        &clients,
        &reasons as &[&str],
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(crate) async fn finish_undo(
    tx: &mut TenantTx,
    import: Uuid,
    chunk: i32,
    removed: i32,
    restored: i32,
    kept: i32,
) -> Result<()> {
    sqlx::query!(
        "update import_chunks set removed = $3, restored = $4, kept = $5, undone_at = app_now()
         where workspace_id = current_workspace() and import_id = $1 and chunk = $2",
        import,
        chunk,
        removed,
        restored,
        kept,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What undoing would do. Whom an import that still runs has matched stays, see [`super::matched_by_others`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Forecast {
    pub(crate) removed: i64,
    pub(crate) restored: i64,
    pub(crate) kept: i64,
    /// Of those that are removed, whom a later import that has ended passed a row over for.
    pub(crate) passed_over: i64,
}

pub(crate) async fn forecast(tx: &mut TenantTx, import: Uuid) -> Result<Forecast> {
    Ok(sqlx::query_as!(
        Forecast,
        r#"with matched as materialized (
             select m.id, bool_or(i.finished_at is null) as is_running from import_chunks k
               join imports i on i.workspace_id = k.workspace_id and i.id = k.import_id
               join imports mine on mine.workspace_id = k.workspace_id and mine.id = $1
               cross join lateral unnest(k.client_ids) as m (id)
             where k.workspace_id = current_workspace() and k.import_id <> $1 and k.skipped > 0
               and k.done_at > mine.started_at and i.state not in ('undoing', 'undone')
             group by m.id
           )
           select count(*) filter (where is_created and is_untouched) as "removed!",
             count(*) filter (where not is_created and is_untouched) as "restored!",
             count(*) filter (where not is_untouched) as "kept!",
             count(*) filter (where is_created and is_untouched and is_passed_over) as "passed_over!"
           from (
             select true as is_created, case when u.client_id is null then c.version = 1
                 else c.version = u.version_after and not u.is_edited and u.version_before = 1 end
                 and not coalesce(matched.is_running, false) as is_untouched, matched.id is not null as is_passed_over
               from clients c left join import_updates u
                 on u.workspace_id = c.workspace_id and u.client_id = c.id and u.import_id = $1
                 left join matched on matched.id = c.id
               where c.workspace_id = current_workspace() and c.import_id = $1
             union all
             select false, c.version = u.version_after and not u.is_edited, false
               from import_updates u join clients c on c.workspace_id = u.workspace_id and c.id = u.client_id
               where u.workspace_id = current_workspace() and u.import_id = $1 and c.import_id is distinct from $1
           ) as touched"#,
        import
    )
    .fetch_one(&mut **tx)
    .await?)
}
