//! Statements that take back what an import did.

use serde_json::Value;
use uuid::Uuid;

use crate::{
    clients::queries::Fields,
    error::{Error, Result},
    tenant::TenantTx,
};

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

/// undoing → undone, or failed with the reason. What it suggested and nobody has decided goes with it.
pub(crate) async fn end_undo(tx: &mut TenantTx, id: Uuid, failure: Option<&str>) -> Result<()> {
    sqlx::query!(
        "update imports set state = case when $2::text is null then 'undone' else 'failed' end, failure = $2,
           undo_finished_at = app_now()
         where workspace_id = current_workspace() and id = $1 and state = 'undoing'",
        id,
        failure
    )
    .execute(&mut **tx)
    .await?;
    if failure.is_none() {
        sqlx::query!(
            "delete from merges
             where workspace_id = current_workspace() and import_id = $1 and state in ('suggested', 'ignored')",
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

/// Takes a chunk that is not undone for this transaction, while its import is being undone; answers the clients that
/// its rows created.
pub(crate) async fn take_for_undo(tx: &mut TenantTx, import: Uuid, chunk: i32) -> Result<Option<Vec<Uuid>>> {
    let row = sqlx::query!(
        r#"select c.outcomes, c.client_ids as "client_ids: Vec<Option<Uuid>>" from import_chunks c
             join imports i on i.workspace_id = c.workspace_id and i.id = c.import_id
           where c.workspace_id = current_workspace() and c.import_id = $1 and c.chunk = $2 and c.done_at is not null
             and c.undone_at is null and i.state = 'undoing'
           for no key update of c"#,
        import,
        chunk
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| {
        let (outcomes, clients) = (row.outcomes.unwrap_or_default(), row.client_ids.unwrap_or_default());
        outcomes.chars().zip(clients).filter(|(outcome, _)| *outcome == 'c').filter_map(|(_, client)| client).collect()
    }))
}

/// Clients that a chunk was the first of its import to change, and that another import or a person had made.
pub(crate) async fn updated_by(tx: &mut TenantTx, import: Uuid, chunk: i32) -> Result<Vec<Uuid>> {
    Ok(sqlx::query_scalar!(
        "select u.client_id from import_updates u
           join clients c on c.workspace_id = u.workspace_id and c.id = u.client_id
         where u.workspace_id = current_workspace() and u.import_id = $1 and u.chunk = $2
           and c.import_id is distinct from u.import_id",
        import,
        chunk
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Locks the merges that these clients are part of. Whoever decides one takes it first and its clients after it.
pub(crate) async fn lock_merges(tx: &mut TenantTx, clients: &[Uuid]) -> Result<()> {
    sqlx::query!(
        "select id from merges
         where workspace_id = current_workspace() and (client_id = any($1) or other_id = any($1))
         order by id for update",
        clients
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(())
}

/// A client of an import that is being undone.
#[derive(Clone, Debug)]
pub(crate) struct Touched {
    pub(crate) id: Uuid,
    pub(crate) is_created: bool,
    pub(crate) row_number: i64,
    /// What stood in it before, when the import has changed it.
    pub(crate) before: Option<Fields>,
    /// Whether it is as the import left it.
    pub(crate) is_untouched: bool,
    pub(crate) is_merged: bool,
}

/// These clients, locked in the order of their ids.
pub(crate) async fn lock_touched(tx: &mut TenantTx, import: Uuid, ids: &[Uuid]) -> Result<Vec<Touched>> {
    let rows = sqlx::query!(
        r#"select c.id, c.import_id is not distinct from $1 as "is_created!",
             coalesce(case when c.import_id = $1 then c.import_row end, u.row_number, 0) as "row_number!",
             u.before as "before?",
             case when u.client_id is null then c.version = 1
               else c.version = u.version_after and not u.is_edited and (c.import_id is distinct from $1 or u.version_before = 1)
             end as "is_untouched!",
             exists (select from merges m where m.workspace_id = c.workspace_id and m.state = 'merged'
               and (m.client_id = c.id or m.other_id = c.id)) as "is_merged!"
           from clients c
             left join import_updates u on u.workspace_id = c.workspace_id and u.client_id = c.id and u.import_id = $1
           where c.workspace_id = current_workspace() and c.id = any($2)
           order by c.id for update of c"#,
        import,
        ids
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Touched {
                id: row.id,
                is_created: row.is_created,
                row_number: row.row_number,
                before: row.before.map(serde_json::from_value).transpose().map_err(Error::internal)?,
                is_untouched: row.is_untouched,
                is_merged: row.is_merged,
            })
        })
        .collect()
}

/// Tells earlier imports of clients that were just restored that these are as they left them, so that imports can be
/// undone one after the other, the last one first.
pub(crate) async fn pass_on(tx: &mut TenantTx, import: Uuid, clients: &[Uuid]) -> Result<()> {
    sqlx::query!(
        "update import_updates earlier set version_after = c.version
         from import_updates u join clients c on c.workspace_id = u.workspace_id and c.id = u.client_id
         where u.workspace_id = current_workspace() and u.import_id = $1 and u.client_id = any($2)
           and earlier.workspace_id = u.workspace_id and earlier.client_id = u.client_id and earlier.import_id <> $1
           and earlier.version_after = u.version_before",
        import,
        clients
    )
    .execute(&mut **tx)
    .await?;
    // the one that created the client has no row of its own yet
    sqlx::query!(
        "insert into import_updates (workspace_id, import_id, client_id, chunk, row_number, before, version_before,
           version_after)
         select c.workspace_id, c.import_id, c.id, made.chunk, c.import_row, u.before, 1, c.version
         from import_updates u
           join clients c on c.workspace_id = u.workspace_id and c.id = u.client_id
           cross join lateral (
             select chunk from import_chunks k
             where k.workspace_id = c.workspace_id and k.import_id = c.import_id and k.first_row <= c.import_row
             order by k.chunk desc limit 1
           ) made
         where u.workspace_id = current_workspace() and u.import_id = $1 and u.client_id = any($2)
           and u.version_before = 1 and c.import_id <> $1
         on conflict do nothing",
        import,
        clients
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Removes clients, and what suggests to merge them.
pub(crate) async fn remove(tx: &mut TenantTx, ids: &[Uuid]) -> Result<()> {
    sqlx::query!(
        "delete from merges where workspace_id = current_workspace() and (client_id = any($1) or other_id = any($1))",
        ids
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("delete from clients where workspace_id = current_workspace() and id = any($1)", ids)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Writes an event for each of these clients.
pub(crate) async fn client_events(tx: &mut TenantTx, kind: &str, clients: &[Uuid], data: &Value) -> Result<()> {
    let ids: Vec<Uuid> = clients.iter().map(|_| Uuid::now_v7()).collect();
    sqlx::query!(
        "insert into events (id, workspace_id, kind, subject_kind, subject_id, data, at)
         select new.id, current_workspace(), $1, 'client', new.client, $2, app_now()
         from unnest($3::uuid[], $4::uuid[]) as new (id, client)",
        kind,
        data,
        &ids,
        clients,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
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

/// What undoing would do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Forecast {
    pub(crate) removed: i64,
    pub(crate) restored: i64,
    pub(crate) kept: i64,
}

pub(crate) async fn forecast(tx: &mut TenantTx, import: Uuid) -> Result<Forecast> {
    Ok(sqlx::query_as!(
        Forecast,
        r#"select count(*) filter (where is_created and is_untouched) as "removed!",
             count(*) filter (where not is_created and is_untouched) as "restored!",
             count(*) filter (where not is_untouched) as "kept!"
           from (
             select true as is_created, case when u.client_id is null then c.version = 1
                 else c.version = u.version_after and not u.is_edited and u.version_before = 1 end as is_untouched
               from clients c left join import_updates u
                 on u.workspace_id = c.workspace_id and u.client_id = c.id and u.import_id = $1
               where c.workspace_id = current_workspace() and c.import_id = $1
             union all
             select false, c.version = u.version_after and not u.is_edited
               from import_updates u join clients c on c.workspace_id = u.workspace_id and c.id = u.client_id
               where u.workspace_id = current_workspace() and u.import_id = $1 and c.import_id is distinct from $1
           ) as touched"#,
        import
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// Deletes what stood in clients before an import changed them, at most `most`; answers how many.
pub(crate) async fn delete_updates(tx: &mut TenantTx, import: Uuid, most: i64) -> Result<u64> {
    let done = sqlx::query!(
        "delete from import_updates where workspace_id = current_workspace() and import_id = $1 and client_id = any(array(
           select client_id from import_updates
           where workspace_id = current_workspace() and import_id = $1 order by client_id limit $2))",
        import,
        most
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}
