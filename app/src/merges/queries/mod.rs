//! Every statement of the slice. Clients are written by `imports` and `clients`; here both sides of a pair are.

mod moved;

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

pub(crate) use moved::*;

use crate::{
    clients::queries::{ClientRow, Fields},
    error::Result,
    page::COUNT_CAP,
    tenant::TenantTx,
};

/// One row.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the columns of the table, described in view.rs and the migration")]
pub struct MergeRow {
    pub id: Uuid,
    pub client_id: Uuid,
    pub other_id: Uuid,
    pub state: String,
    pub reason: String,
    pub email: Option<String>,
    pub import_id: Option<Uuid>,
    pub kept_id: Option<Uuid>,
    pub before: Option<Value>,
    pub after: Option<Value>,
    pub kept_version: Option<i32>,
    pub gone_version: Option<i32>,
    pub created_at: DateTime<Utc>,
    pub decided_by: Option<Uuid>,
    pub decided_by_name: Option<String>,
    pub decided_at: Option<DateTime<Utc>>,
}

/// Which merges.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filter<'a> {
    pub(crate) state: &'a str,
    pub(crate) import: Option<Uuid>,
    pub(crate) client: Option<Uuid>,
}

/// Newest first. Suggestions about somebody who is archived wait until they are restored.
pub(crate) async fn page(
    tx: &mut TenantTx,
    filter: Filter<'_>,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<MergeRow>> {
    let (at, id) = after.unzip();
    Ok(sqlx::query_as!(
        MergeRow,
        r#"select m.id as "id!", m.client_id as "client_id!", m.other_id as "other_id!", m.state as "state!",
             m.reason as "reason!", m.email as "email?", m.import_id as "import_id?", m.kept_id as "kept_id?",
             m.before as "before?", m.after as "after?", m.kept_version as "kept_version?",
             m.gone_version as "gone_version?", m.created_at as "created_at!", m.decided_by as "decided_by?",
             who.name as "decided_by_name?", m.decided_at as "decided_at?"
           from merges m left join auth.members() who on who.user_id = m.decided_by
           where m.workspace_id = current_workspace() and m.state = $1
             and ($2::uuid is null or m.import_id = $2)
             and ($3::uuid is null or m.client_id = $3 or m.other_id = $3)
             and (m.state <> 'suggested' or (select count(*) from clients side where side.workspace_id = m.workspace_id
               and side.id in (m.client_id, m.other_id) and side.archived_at is null) = 2)
             and ($4::timestamptz is null or (m.created_at, m.id) < ($4, $5::uuid))
           order by m.created_at desc, m.id desc limit $6"#,
        filter.state,
        filter.import,
        filter.client,
        at,
        id,
        limit
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Counts up to one more than the cap.
pub(crate) async fn count(tx: &mut TenantTx, filter: Filter<'_>) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!" from (
             select from merges m where workspace_id = current_workspace() and state = $1
               and ($2::uuid is null or import_id = $2)
               and ($3::uuid is null or client_id = $3 or other_id = $3)
               and (m.state <> 'suggested' or (select count(*) from clients side where side.workspace_id = m.workspace_id
                 and side.id in (m.client_id, m.other_id) and side.archived_at is null) = 2)
             limit $4) as counted"#,
        filter.state,
        filter.import,
        filter.client,
        COUNT_CAP + 1
    )
    .fetch_one(&mut **tx)
    .await?)
}

pub(crate) async fn find(tx: &mut TenantTx, id: Uuid) -> Result<Option<MergeRow>> {
    Ok(sqlx::query_as!(
        MergeRow,
        r#"select m.id as "id!", m.client_id as "client_id!", m.other_id as "other_id!", m.state as "state!",
             m.reason as "reason!", m.email as "email?", m.import_id as "import_id?", m.kept_id as "kept_id?",
             m.before as "before?", m.after as "after?", m.kept_version as "kept_version?",
             m.gone_version as "gone_version?", m.created_at as "created_at!", m.decided_by as "decided_by?",
             who.name as "decided_by_name?", m.decided_at as "decided_at?"
           from merges m left join auth.members() who on who.user_id = m.decided_by
           where m.workspace_id = current_workspace() and m.id = $1"#,
        id
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Locks the merge until the end of the transaction.
pub(crate) async fn lock(tx: &mut TenantTx, id: Uuid) -> Result<bool> {
    let row = sqlx::query!("select id from merges where workspace_id = current_workspace() and id = $1 for update", id);
    Ok(row.fetch_optional(&mut **tx).await?.is_some())
}

/// Locks all merges that these clients are part of.
pub(crate) async fn lock_of(tx: &mut TenantTx, clients: &[Uuid]) -> Result<()> {
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

/// Locks what is suggested or ignored about these two.
pub(crate) async fn lock_standing(tx: &mut TenantTx, client: Uuid, other: Uuid) -> Result<()> {
    sqlx::query!(
        "select id from merges
         where workspace_id = current_workspace() and state in ('suggested', 'ignored')
           and least(client_id, other_id) = least($1::uuid, $2::uuid)
           and greatest(client_id, other_id) = greatest($1::uuid, $2::uuid)
         for update",
        client,
        other
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(())
}

/// These clients, in the order of their ids.
pub(crate) async fn clients(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<ClientRow>> {
    Ok(sqlx::query_as!(
        ClientRow,
        "select id, name, email, company, phone, timezone, genres, budget_min_minor, budget_max_minor,
           budget_currency, contact_by_email, contact_by_sms, contact_by_phone, satisfaction, referral_source, notes,
           archived_at, created_at, updated_at, version, phone_e164, merged_into, import_id, import_row
         from clients where workspace_id = current_workspace() and id = any($1) order by id",
        ids
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// [`clients`], locked until the end of the transaction.
pub(crate) async fn lock_clients(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<ClientRow>> {
    sqlx::query!(
        "select id from clients where workspace_id = current_workspace() and id = any($1) order by id for update",
        ids
    )
    .fetch_all(&mut **tx)
    .await?;
    clients(tx, ids).await
}

/// Suggests to merge two, unless that stands already; answers which suggestion stands.
pub(crate) async fn suggest(tx: &mut TenantTx, client: Uuid, other: Uuid, by: Option<Uuid>) -> Result<Uuid> {
    sqlx::query!(
        "insert into merges (id, workspace_id, client_id, other_id, reason, created_by, created_at)
         values ($1, current_workspace(), $2, $3, 'person', $4, app_now())
         on conflict (workspace_id, least(client_id, other_id), greatest(client_id, other_id))
           where state in ('suggested', 'ignored') do nothing",
        Uuid::now_v7(),
        client,
        other,
        by
    )
    .execute(&mut **tx)
    .await?;
    Ok(sqlx::query_scalar!(
        "update merges set state = 'suggested', decided_by = null, decided_at = null,
           created_by = coalesce(created_by, $3)
         where workspace_id = current_workspace() and state in ('suggested', 'ignored')
           and least(client_id, other_id) = least($1::uuid, $2::uuid)
           and greatest(client_id, other_id) = greatest($1::uuid, $2::uuid)
         returning id",
        client,
        other,
        by
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// suggested → ignored.
pub(crate) async fn ignore(tx: &mut TenantTx, id: Uuid, by: Option<Uuid>) -> Result<()> {
    sqlx::query!(
        "update merges set state = 'ignored', decided_by = $2, decided_at = app_now()
         where workspace_id = current_workspace() and id = $1 and state = 'suggested'",
        id,
        by
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Archives a client as merged into another; answers the version that makes.
pub(crate) async fn put_away(tx: &mut TenantTx, id: Uuid, into: Uuid) -> Result<i32> {
    Ok(sqlx::query_scalar!(
        "update clients set archived_at = app_now(), merged_into = $2, updated_at = app_now(), version = version + 1
         where workspace_id = current_workspace() and id = $1 returning version",
        id,
        into
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// Takes a merged client out again.
pub(crate) async fn take_out(tx: &mut TenantTx, id: Uuid) -> Result<()> {
    sqlx::query!(
        "update clients set archived_at = null, merged_into = null, updated_at = app_now(), version = version + 1
         where workspace_id = current_workspace() and id = $1",
        id
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What is written down of a merge.
#[derive(Clone, Debug)]
pub(crate) struct Merged<'a> {
    pub(crate) kept: Uuid,
    pub(crate) before: &'a Fields,
    pub(crate) after: &'a Fields,
    pub(crate) kept_version: i32,
    pub(crate) gone_version: i32,
}

/// suggested → merged.
pub(crate) async fn accept(tx: &mut TenantTx, id: Uuid, merged: &Merged<'_>, by: Option<Uuid>) -> Result<()> {
    sqlx::query!(
        "update merges set state = 'merged', kept_id = $2, before = $3, after = $4, kept_version = $5,
           gone_version = $6, decided_by = $7, decided_at = app_now()
         where workspace_id = current_workspace() and id = $1",
        id,
        merged.kept,
        serde_json::json!(merged.before),
        serde_json::json!(merged.after),
        merged.kept_version,
        merged.gone_version,
        by
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// merged → undone.
pub(crate) async fn undo(tx: &mut TenantTx, id: Uuid, by: Option<Uuid>) -> Result<()> {
    sqlx::query!(
        "update merges set state = 'undone', decided_by = $2, decided_at = app_now()
         where workspace_id = current_workspace() and id = $1 and state = 'merged'",
        id,
        by
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
