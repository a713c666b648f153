//! Every statement of the slice.

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use super::view::{MessageAttachment, MessageRead};
use crate::{
    error::Result,
    projects::talk::{Person, Side, person},
    tenant::TenantTx,
};

/// Readers of one project that are told of.
const READERS: i64 = 200;

/// One row.
#[derive(Debug)]
#[expect(missing_docs, reason = "the columns of the table, described in view.rs")]
pub struct MessageRow {
    pub id: Uuid,
    pub number: i64,
    pub body: String,
    pub author_kind: String,
    pub author_id: Uuid,
    pub by: Option<String>,
    pub created_at: DateTime<Utc>,
    pub parent_id: Option<Uuid>,
    pub parent_excerpt: Option<String>,
    pub parent_by: Option<String>,
    pub answers: i64,
    pub attachments: Json<Vec<MessageAttachment>>,
}

/// Which messages are read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Narrowed {
    /// A message and its answers.
    pub(crate) thread: Option<Uuid>,
    /// One message.
    pub(crate) only: Option<Uuid>,
    /// Those before this number.
    pub(crate) before: Option<i64>,
}

/// Messages of a project, newest first.
pub(crate) async fn page(
    tx: &mut TenantTx,
    project_id: Uuid,
    narrowed: Narrowed,
    limit: i64,
) -> Result<Vec<MessageRow>> {
    Ok(sqlx::query_as!(
        MessageRow,
        r#"select m.id, m.number, m.body, m.author_kind, m.author_id, coalesce(u.name, k.name) as "by?", m.created_at,
             m.parent_id as "parent_id?", left(p.body, 200) as "parent_excerpt?", coalesce(pu.name, pk.name) as "parent_by?",
             (select count(*) from messages r where r.workspace_id = m.workspace_id and r.project_id = m.project_id
               and r.parent_id = m.id) as "answers!",
             coalesce((select json_agg(json_build_object('fileId', v.file_id, 'number', v.number, 'filename', v.filename,
                 'sizeBytes', v.size_bytes, 'state', case when v.bytes_deleted_at is null then v.state else 'deleted' end)
                 order by a.position)
               from message_attachments a
                 join file_versions v on v.workspace_id = a.workspace_id and v.id = a.version_id
               where a.workspace_id = m.workspace_id and a.project_id = m.project_id and a.message_id = m.id), '[]')
               as "attachments!: Json<Vec<MessageAttachment>>"
           from messages m
             left join auth.members() u on m.author_kind = 'user' and u.user_id = m.author_id
             left join contacts k on m.author_kind = 'client' and k.workspace_id = m.workspace_id and k.id = m.author_id
             left join messages p on p.workspace_id = m.workspace_id and p.project_id = m.project_id and p.id = m.parent_id
             left join auth.members() pu on p.author_kind = 'user' and pu.user_id = p.author_id
             left join contacts pk on p.author_kind = 'client' and pk.workspace_id = p.workspace_id and pk.id = p.author_id
           where m.workspace_id = current_workspace() and m.project_id = $1
             and ($2::uuid is null or m.id = $2 or m.parent_id = $2)
             and ($3::uuid is null or m.id = $3)
             and ($4::bigint is null or m.number < $4)
           order by m.number desc limit $5"#,
        project_id,
        narrowed.thread,
        narrowed.only,
        narrowed.before,
        limit
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// One message of a project.
pub(crate) async fn find(tx: &mut TenantTx, project_id: Uuid, id: Uuid) -> Result<Option<MessageRow>> {
    let narrowed = Narrowed { only: Some(id), ..Narrowed::default() };
    Ok(page(tx, project_id, narrowed, 1).await?.pop())
}

/// The number of the last message of a project; 0 before the first.
pub(crate) async fn last(tx: &mut TenantTx, project_id: Uuid) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"select coalesce(max(number), 0) as "last!" from messages
           where workspace_id = current_workspace() and project_id = $1"#,
        project_id
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// A message to be written.
#[derive(Clone, Copy, Debug)]
pub(super) struct New<'a> {
    pub(super) project_id: Uuid,
    pub(super) id: Uuid,
    pub(super) number: i64,
    pub(super) parent_id: Option<Uuid>,
    pub(super) body: &'a str,
    pub(super) author: Person,
}

pub(super) async fn insert(tx: &mut TenantTx, new: New<'_>) -> Result<()> {
    sqlx::query!(
        "insert into messages (workspace_id, project_id, id, number, parent_id, body, author_kind, author_id, created_at)
         values (current_workspace(), $1, $2, $3, $4, $5, $6, $7, app_now())",
        new.project_id,
        new.id,
        new.number,
        new.parent_id,
        new.body,
        new.author.side.kind(),
        new.author.id
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Attaches those of the versions that may be: of the same project, brought by the same side, and there. Answers which.
pub(super) async fn attach(
    tx: &mut TenantTx,
    project_id: Uuid,
    message_id: Uuid,
    side: Side,
    versions: &[Uuid],
) -> Result<Vec<Uuid>> {
    Ok(sqlx::query_scalar!(
        "insert into message_attachments (workspace_id, project_id, message_id, position, version_id)
         select current_workspace(), $1, $2, (chosen.position - 1)::integer, v.id
         from unnest($3::uuid[]) with ordinality as chosen (id, position)
           join file_versions v on v.workspace_id = current_workspace() and v.project_id = $1 and v.id = chosen.id
             and v.state in ('scanning', 'available') and v.bytes_deleted_at is null
           join files f on f.workspace_id = v.workspace_id and f.id = v.file_id and f.side = $4 and f.deleted_at is null
         returning version_id",
        project_id,
        message_id,
        versions,
        match side {
            Side::Producer => "producer",
            Side::Client => "client",
        }
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// From now on the other side sees these versions.
pub(super) async fn share(tx: &mut TenantTx, project_id: Uuid, versions: &[Uuid]) -> Result<()> {
    sqlx::query!(
        "update file_versions set shared_at = app_now()
         where workspace_id = current_workspace() and project_id = $1 and id = any($2) and shared_at is null",
        project_id,
        versions
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Somebody has read up to this message; false when they had come as far before.
pub(super) async fn mark(tx: &mut TenantTx, project_id: Uuid, reader: Person, number: i64) -> Result<bool> {
    let done = sqlx::query!(
        "insert into message_reads (workspace_id, project_id, reader_kind, reader_id, number, read_at)
           values (current_workspace(), $1, $2, $3, $4, app_now())
         on conflict (workspace_id, project_id, reader_kind, reader_id)
           do update set number = excluded.number, read_at = excluded.read_at
           where message_reads.number < excluded.number",
        project_id,
        reader.side.kind(),
        reader.id,
        number
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Who has read how far, those first who came there first.
pub(crate) async fn reads(tx: &mut TenantTx, project_id: Uuid) -> Result<Vec<MessageRead>> {
    let me = person(tx.actor())?;
    let rows = sqlx::query!(
        r#"select r.reader_kind, r.reader_id, coalesce(u.name, k.name) as "by?", r.number, r.read_at
           from message_reads r
             left join auth.members() u on r.reader_kind = 'user' and u.user_id = r.reader_id
             left join contacts k on r.reader_kind = 'client' and k.workspace_id = r.workspace_id and k.id = r.reader_id
           where r.workspace_id = current_workspace() and r.project_id = $1
           order by r.read_at, r.reader_id limit $2"#,
        project_id,
        READERS
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let side = Side::of(&row.reader_kind);
            MessageRead {
                reader_id: row.reader_id,
                side,
                by: row.by,
                number: row.number,
                at: row.read_at,
                is_me: me == Person { side, id: row.reader_id },
            }
        })
        .collect())
}

/// Messages of others that somebody has not read yet, counted up to 100.
pub(crate) async fn unread(tx: &mut TenantTx, project_id: Uuid, reader: Person) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "unread!" from (
             select from messages m
             where m.workspace_id = current_workspace() and m.project_id = $1
               and not (m.author_kind = $2 and m.author_id = $3)
               and m.number > coalesce((select r.number from message_reads r
                 where r.workspace_id = current_workspace() and r.project_id = $1 and r.reader_kind = $2
                   and r.reader_id = $3), 0)
             limit 100) m"#,
        project_id,
        reader.side.kind(),
        reader.id
    )
    .fetch_one(&mut **tx)
    .await?)
}
