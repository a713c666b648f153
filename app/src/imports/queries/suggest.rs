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

/// Suggests to merge each client that the import created with the one who was here first of those with its phone number,
/// and of those with its name and company; answers how many are new. What more than `most` share says nothing.
pub(crate) async fn suggest_weak(tx: &mut TenantTx, import: Uuid, most: i64) -> Result<u64> {
    let done = sqlx::query!(
        r#"with live as (
             select id, import_id, created_at, phone_e164, lower(btrim(name)) as name,
               nullif(lower(btrim(company) collate "und-x-icu"), '') as company
             from clients where workspace_id = current_workspace() and archived_at is null
           ), pairs as (
             select id, first_value(id) over same as oldest, import_id, 'phone' as reason, 1 as rank,
               count(*) over (partition by phone_e164) as sharing
             from live where phone_e164 in (select mine.phone_e164 from live mine where mine.import_id = $1)
             window same as (partition by phone_e164 order by created_at, id)
             union all
             select id, first_value(id) over same, import_id, 'name', 2, count(*) over (partition by name, company)
             from live
             where (name, company) in (select mine.name, mine.company from live mine
               where mine.import_id = $1 and mine.company is not null)
             window same as (partition by name, company order by created_at, id)
           )
           insert into merges (id, workspace_id, client_id, other_id, reason, import_id, created_at)
           select gen_random_uuid(), current_workspace(), oldest, id, reason, $1, app_now()
           from (
             select distinct on (oldest, id) oldest, id, reason from pairs
             where import_id = $1 and id <> oldest and sharing <= $2 order by oldest, id, rank
           ) as found
           on conflict (workspace_id, least(client_id, other_id), greatest(client_id, other_id))
             where state in ('suggested', 'ignored') do nothing"#,
        import,
        most
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}
