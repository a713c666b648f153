//! Every statement of the slice: imports here, chunks and rows beside.

mod chunks;
mod clients;
mod files;
mod known;
mod memory;
mod outcomes;
mod rows;
mod states;
mod suggest;
mod sweep;
mod taken_back;
mod undo;

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

pub(crate) use chunks::*;
pub(crate) use clients::*;
pub use files::FileRow;
pub(crate) use files::{NewImport, Shape, file, insert, reshape};
pub(crate) use known::*;
pub(crate) use memory::*;
pub(crate) use outcomes::*;
pub(crate) use rows::*;
pub(crate) use states::*;
pub(crate) use suggest::*;
pub(crate) use sweep::*;
pub(crate) use taken_back::*;
pub(crate) use undo::*;

use crate::{error::Result, tenant::TenantTx};

/// One import with the sum over its chunks.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the columns of the table, described in view.rs")]
pub struct ImportRow {
    pub id: Uuid,
    pub filename: String,
    pub size_bytes: i64,
    pub state: String,
    pub encoding: String,
    pub delimiter: String,
    pub quote: String,
    pub has_header: bool,
    pub heading_row: Option<i64>,
    pub source: Option<String>,
    pub columns: Value,
    pub preview: Value,
    pub mapping: Option<Value>,
    pub budget_currency: Option<String>,
    pub earlier: Option<Value>,
    pub remembered: Option<Value>,
    pub total_rows: Option<i64>,
    pub created: i64,
    pub skipped: i64,
    pub rejected: i64,
    pub failure: Option<String>,
    pub batch_id: Option<Uuid>,
    pub created_by: Uuid,
    pub author_name: Option<String>,
    pub created_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    pub file_deleted_at: Option<DateTime<Utc>>,
    pub duplicates: String,
    pub phone_region: Option<String>,
    pub updated: i64,
    pub recent: i64,
    pub elapsed: Option<f64>,
    pub suggested: i64,
    pub undo_started_at: Option<DateTime<Utc>>,
    pub undo_finished_at: Option<DateTime<Utc>>,
    pub undone: i64,
    pub recently_undone: i64,
    pub undo_elapsed: Option<f64>,
    pub removed: i64,
    pub restored: i64,
    pub kept: i64,
    pub outcomes_kept: bool,
    pub suggesting: bool,
}

pub(crate) async fn find(tx: &mut TenantTx, id: Uuid) -> Result<Option<ImportRow>> {
    Ok(sqlx::query_as!(
        ImportRow,
        r#"select i.id as "id!", i.filename as "filename!", i.size_bytes as "size_bytes!", i.state as "state!",
             i.encoding as "encoding!", i.delimiter as "delimiter!", i.quote as "quote!",
             i.has_header as "has_header!",
             case when i.has_header then coalesce(i.heading_row, i.data_row - 1) end as "heading_row?", i.source as "source?", i.columns as "columns!", i.preview as "preview!",
             i.mapping as "mapping?", i.budget_currency as "budget_currency?", waiting.earlier as "earlier?",
             waiting.remembered as "remembered?", i.total_rows as "total_rows?",
             done.created as "created!", done.skipped as "skipped!", done.rejected as "rejected!",
             i.failure as "failure?", i.batch_id as "batch_id?", i.created_by as "created_by!",
             author.name as "author_name?", i.created_at as "created_at!", i.started_at as "started_at?",
             i.finished_at as "finished_at?", i.file_deleted_at as "file_deleted_at?",
             i.duplicates as "duplicates!", i.phone_region as "phone_region?", done.updated as "updated!",
             done.recent as "recent!",
             least(15, extract(epoch from app_now() - coalesce(i.planned_at, i.started_at)))::float8 as elapsed,
             (select count(*) from (select from merges m where m.workspace_id = i.workspace_id and m.import_id = i.id
               and m.state = 'suggested' and (select count(*) from clients side where side.workspace_id = m.workspace_id
                 and side.id in (m.client_id, m.other_id) and side.archived_at is null) = 2
               limit 10001) as open) as "suggested!",
             i.undo_started_at as "undo_started_at?", i.undo_finished_at as "undo_finished_at?",
             done.undone as "undone!", done.recently_undone as "recently_undone!",
             least(15, extract(epoch from app_now() - i.undo_started_at))::float8 as undo_elapsed,
             done.removed as "removed!", done.restored as "restored!", done.kept as "kept!",
             done.outcomes_kept as "outcomes_kept!",
             coalesce(i.suggesting_since > app_now() - interval '10 minutes', false) as "suggesting!"
           from imports i
             left join auth.members() author on author.user_id = i.created_by
             left join lateral (
               select coalesce(sum(c.created), 0)::bigint as created, coalesce(sum(c.updated), 0)::bigint as updated,
                 coalesce(sum(c.skipped), 0)::bigint as skipped, coalesce(sum(c.rejected), 0)::bigint as rejected,
                 coalesce(sum(c.rows) filter (where c.done_at > app_now() - interval '15 seconds'), 0)::bigint as recent,
                 coalesce(sum(c.created + c.updated) filter (where c.undone_at is not null), 0)::bigint as undone,
                 coalesce(sum(c.created + c.updated) filter (where c.undone_at > app_now() - interval '15 seconds'),
                   0)::bigint as recently_undone,
                 coalesce(sum(c.removed), 0)::bigint as removed, coalesce(sum(c.restored), 0)::bigint as restored,
                 coalesce(sum(c.kept), 0)::bigint as kept,
                 coalesce(bool_and(c.outcomes is not null) filter (where c.done_at is not null), true) as outcomes_kept
               from import_chunks c where c.workspace_id = i.workspace_id and c.import_id = i.id
             ) done on true
             left join lateral (
               select
                 (select jsonb_build_object('id', e.id, 'filename', e.filename, 'startedAt', e.started_at,
                    'by', who.name, 'created', (select coalesce(sum(c.created), 0) from import_chunks c
                      where c.workspace_id = e.workspace_id and c.import_id = e.id))
                  from imports e left join auth.members() who on who.user_id = coalesce(e.started_by, e.created_by)
                  where e.workspace_id = i.workspace_id and e.sha256 = i.sha256 and e.id <> i.id
                    and e.state in ('planning', 'running', 'completed')
                  order by e.started_at desc, e.id desc limit 1) as earlier,
                 (select jsonb_build_object('mapping', m.mapping, 'budgetCurrency', m.budget_currency, 'by', who.name,
                    'at', m.used_at)
                  from import_mappings m left join auth.members() who on who.user_id = m.used_by
                  where m.workspace_id = i.workspace_id and m.headings_key = i.headings_key) as remembered
             ) waiting on i.state = 'uploaded'
           where i.workspace_id = current_workspace() and i.id = $1"#,
        id
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Imports, newest first. What only an import's own page shows is left out.
pub(crate) async fn page(
    tx: &mut TenantTx,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<ImportRow>> {
    let (at, id) = after.unzip();
    Ok(sqlx::query_as!(
        ImportRow,
        r#"select i.id as "id!", i.filename as "filename!", i.size_bytes as "size_bytes!", i.state as "state!",
             i.encoding as "encoding!", i.delimiter as "delimiter!", i.quote as "quote!",
             i.has_header as "has_header!",
             case when i.has_header then coalesce(i.heading_row, i.data_row - 1) end as "heading_row?", i.source as "source?", '[]'::jsonb as "columns!",
             '[]'::jsonb as "preview!", i.mapping as "mapping?", i.budget_currency as "budget_currency?",
             null::jsonb as "earlier?", null::jsonb as "remembered?",
             i.total_rows as "total_rows?", done.created as "created!", done.skipped as "skipped!",
             done.rejected as "rejected!", i.failure as "failure?", i.batch_id as "batch_id?",
             i.created_by as "created_by!", author.name as "author_name?", i.created_at as "created_at!",
             i.started_at as "started_at?", i.finished_at as "finished_at?", i.file_deleted_at as "file_deleted_at?",
             i.duplicates as "duplicates!", i.phone_region as "phone_region?", done.updated as "updated!",
             done.recent as "recent!",
             least(15, extract(epoch from app_now() - coalesce(i.planned_at, i.started_at)))::float8 as elapsed,
             0::bigint as "suggested!",
             i.undo_started_at as "undo_started_at?", i.undo_finished_at as "undo_finished_at?",
             done.undone as "undone!", done.recently_undone as "recently_undone!",
             least(15, extract(epoch from app_now() - i.undo_started_at))::float8 as undo_elapsed,
             done.removed as "removed!", done.restored as "restored!", done.kept as "kept!",
             done.outcomes_kept as "outcomes_kept!",
             coalesce(i.suggesting_since > app_now() - interval '10 minutes', false) as "suggesting!"
           from imports i
             left join auth.members() author on author.user_id = i.created_by
             left join lateral (
               select coalesce(sum(c.created), 0)::bigint as created, coalesce(sum(c.updated), 0)::bigint as updated,
                 coalesce(sum(c.skipped), 0)::bigint as skipped, coalesce(sum(c.rejected), 0)::bigint as rejected,
                 coalesce(sum(c.rows) filter (where c.done_at > app_now() - interval '15 seconds'), 0)::bigint as recent,
                 coalesce(sum(c.created + c.updated) filter (where c.undone_at is not null), 0)::bigint as undone,
                 coalesce(sum(c.created + c.updated) filter (where c.undone_at > app_now() - interval '15 seconds'),
                   0)::bigint as recently_undone,
                 coalesce(sum(c.removed), 0)::bigint as removed, coalesce(sum(c.restored), 0)::bigint as restored,
                 coalesce(sum(c.kept), 0)::bigint as kept,
                 coalesce(bool_and(c.outcomes is not null) filter (where c.done_at is not null), true) as outcomes_kept
               from import_chunks c where c.workspace_id = i.workspace_id and c.import_id = i.id
             ) done on true
           where i.workspace_id = current_workspace()
             and ($1::timestamptz is null or (i.created_at, i.id) < ($1, $2::uuid))
           order by i.created_at desc, i.id desc limit $3"#,
        at,
        id,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?)
}
