//! Merges that an import suggests.

use uuid::Uuid;

use crate::{error::Result, imports::duplicates::MatchedBy, tenant::TenantTx};

/// Two who may be one.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) client: Uuid,
    pub(crate) other: Uuid,
    pub(crate) by: MatchedBy,
    /// The address that the other could not have.
    pub(crate) email: Option<String>,
}

/// Suggests merges of pairs that were not suggested before.
pub(crate) async fn suggest(tx: &mut TenantTx, import: Uuid, pairs: &[Pair]) -> Result<()> {
    if pairs.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = pairs.iter().map(|_| Uuid::now_v7()).collect();
    let clients: Vec<Uuid> = pairs.iter().map(|pair| pair.client).collect();
    let others: Vec<Uuid> = pairs.iter().map(|pair| pair.other).collect();
    let reasons: Vec<&str> = pairs.iter().map(|pair| pair.by.as_str()).collect();
    let emails: Vec<Option<&str>> = pairs.iter().map(|pair| pair.email.as_deref()).collect();
    sqlx::query!(
        "insert into merges (id, workspace_id, client_id, other_id, reason, email, import_id, created_at)
         select new.id, current_workspace(), new.client, new.other, new.reason, new.email, $1, app_now()
         from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[])
           as new (id, client, other, reason, email)
         on conflict (workspace_id, least(client_id, other_id), greatest(client_id, other_id))
           where state in ('suggested', 'ignored') do nothing",
        import,
        &ids,
        &clients,
        &others,
        &reasons as &[&str],
        &emails as &[Option<&str>],
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The next chunk from number `from` on that created clients, unless the import is undone or somebody has asked for that.
pub(crate) async fn next_with_clients(tx: &mut TenantTx, import: Uuid, from: i32) -> Result<Option<i32>> {
    Ok(sqlx::query_scalar!(
        "select k.chunk from import_chunks k
           join imports i on i.workspace_id = k.workspace_id and i.id = k.import_id
         where k.workspace_id = current_workspace() and k.import_id = $1 and k.chunk >= $2 and k.created > 0
           and k.outcomes is not null and i.undo_started_at is null
         order by k.chunk limit 1",
        import,
        from
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Suggests to merge each client that the chunk created with the one who was here first of those with its phone number,
/// and of those with its name and company; answers how many are new. What more than `most` share says nothing.
pub(crate) async fn suggest_weak(tx: &mut TenantTx, import: Uuid, chunk: i32, most: i32) -> Result<u64> {
    let done = sqlx::query!(
        r#"insert into merges (id, workspace_id, client_id, other_id, reason, import_id, created_at)
           select gen_random_uuid(), current_workspace(), oldest, id, reason, $1, app_now()
           from (
             -- of two reasons the number
             select distinct on (found.oldest, found.id) found.oldest, found.id, found.reason
             from auth.clients_sharing(array(
               select made.id from import_chunks k
                 cross join lateral unnest(k.client_ids, string_to_array(k.outcomes, null)) as made (id, outcome)
               where k.workspace_id = current_workspace() and k.import_id = $1 and k.chunk = $2
                 and made.outcome = 'c'), $3) as found
             order by found.oldest, found.id, found.reason desc
           ) as pairs
           on conflict (workspace_id, least(client_id, other_id), greatest(client_id, other_id))
             where state in ('suggested', 'ignored') do nothing"#,
        import,
        chunk,
        most
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

/// Writes down that suggestions are looked for.
pub(crate) async fn begin_suggesting(tx: &mut TenantTx, import: Uuid) -> Result<()> {
    sqlx::query!(
        "update imports set suggesting_since = app_now() where workspace_id = current_workspace() and id = $1",
        import
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Writes down that all suggestions are found.
pub(crate) async fn end_suggesting(tx: &mut TenantTx, import: Uuid) -> Result<()> {
    sqlx::query!(
        "update imports set suggesting_since = null where workspace_id = current_workspace() and id = $1",
        import
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
