//! Statements that take back what the rows of a chunk did.

use std::collections::HashSet;

use serde_json::Value;
use uuid::Uuid;

use crate::{
    clients::queries::Fields,
    error::{Error, Result},
    tenant::TenantTx,
};

/// A chunk that is taken back.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    /// Clients that its rows created.
    pub(crate) created: Vec<Uuid>,
    /// Whether undoing the import has failed already.
    pub(crate) has_failed: bool,
}

/// Takes a chunk that is not undone for this transaction, while its import is being undone, or after that has failed.
pub(crate) async fn take_for_undo(tx: &mut TenantTx, import: Uuid, chunk: i32) -> Result<Option<Taken>> {
    let row = sqlx::query!(
        r#"select c.outcomes, c.client_ids as "client_ids: Vec<Option<Uuid>>", i.state = 'failed' as "has_failed!"
           from import_chunks c
             join imports i on i.workspace_id = c.workspace_id and i.id = c.import_id
           where c.workspace_id = current_workspace() and c.import_id = $1 and c.chunk = $2 and c.done_at is not null
             and c.undone_at is null and i.state in ('undoing', 'failed') and i.undo_started_at is not null
           for no key update of c"#,
        import,
        chunk
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| {
        let (outcomes, clients) = (row.outcomes.unwrap_or_default(), row.client_ids.unwrap_or_default());
        let created =
            outcomes.chars().zip(clients).filter(|(outcome, _)| *outcome == 'c').filter_map(|(_, client)| client);
        Taken { created: created.collect(), has_failed: row.has_failed }
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

/// Those of these clients whom another import that still ran when undoing this one began has passed a row over for, since
/// they were here; unless that one is undone as well. Nobody could know of such a row, so it is not lost with its client.
pub(crate) async fn matched_by_others(tx: &mut TenantTx, import: Uuid, clients: &[Uuid]) -> Result<HashSet<Uuid>> {
    let found = sqlx::query_scalar!(
        r#"select distinct m.id as "id!"
           from import_chunks k
             join imports i on i.workspace_id = k.workspace_id and i.id = k.import_id
             join imports mine on mine.workspace_id = k.workspace_id and mine.id = $1
             cross join lateral unnest(k.client_ids) as m (id)
             join unnest($2::uuid[]) as asked (id) on asked.id = m.id
           where k.workspace_id = current_workspace() and k.import_id <> $1 and k.skipped > 0
             and k.done_at > mine.started_at and i.state not in ('undoing', 'undone')
             and (i.finished_at is null or greatest(i.finished_at, k.done_at) > mine.undo_started_at)"#,
        import,
        clients
    );
    Ok(found.fetch_all(&mut **tx).await?.into_iter().collect())
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
    /// Whether another import was the last to change it.
    pub(crate) is_imported: bool,
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
             exists (select from import_updates later join imports i
                 on i.workspace_id = later.workspace_id and i.id = later.import_id
               where later.workspace_id = c.workspace_id and later.client_id = c.id and later.import_id <> $1
                 and later.version_after = c.version and i.state <> 'undone') as "is_imported!",
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
                is_imported: row.is_imported,
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
           -- what stood before is deleted some time after the end of an import, and not written again
           join imports maker on maker.workspace_id = c.workspace_id and maker.id = c.import_id
             and maker.file_deleted_at is null and maker.cleared_at is null
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

/// Removes clients, and what suggests to merge them. An address that a suggestion keeps for somebody who could not have it
/// is theirs once its holder is gone; answers who has got one.
pub(crate) async fn remove(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    let kept = sqlx::query!(
        r#"delete from merges where workspace_id = current_workspace() and (client_id = any($1) or other_id = any($1))
           returning other_id, email, state, not other_id = any($1) as "stays!", created_at, id"#,
        ids
    );
    let mut kept = kept.fetch_all(&mut **tx).await?;
    sqlx::query!("delete from clients where workspace_id = current_workspace() and id = any($1)", ids)
        .execute(&mut **tx)
        .await?;
    kept.retain(|merge| merge.stays && matches!(merge.state.as_str(), "suggested" | "ignored"));
    kept.sort_unstable_by_key(|merge| (merge.created_at, merge.id));
    let (clients, emails): (Vec<Uuid>, Vec<String>) =
        kept.into_iter().filter_map(|merge| Some((merge.other_id, merge.email?))).unzip();
    // the version stays: it is what the import meant to write
    Ok(sqlx::query_scalar!(
        "update clients set email = new.email, updated_at = app_now()
         from (
           select distinct on (lower(kept.email)) kept.client, kept.email
           from unnest($1::uuid[], $2::text[]) with ordinality as kept (client, email, place)
             join clients c on c.workspace_id = current_workspace() and c.id = kept.client
               and c.email is null and c.archived_at is null
           where not exists (select from auth.clients_by_email(array[lower(kept.email)]))
           order by lower(kept.email), kept.place
         ) as new
         where clients.workspace_id = current_workspace() and clients.id = new.client and clients.email is null
         returning clients.id",
        &clients,
        &emails,
    )
    .fetch_all(&mut **tx)
    .await?)
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
