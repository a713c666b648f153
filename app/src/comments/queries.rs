//! Every statement of the slice.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::state::CommentState;
use crate::{error::Result, projects::talk::Person, states::Step, tenant::TenantTx};

/// A version that can be said something to.
#[derive(Clone, Debug)]
pub struct VersionRow {
    /// The version.
    pub(crate) id: Uuid,
    /// Its name.
    pub(crate) filename: String,
    /// How long it lasts, once that is known.
    pub(crate) duration_ms: Option<i64>,
    /// Whether the client sees it.
    pub(crate) is_shared: bool,
}

/// One row.
#[derive(Debug)]
#[expect(missing_docs, reason = "the columns of the table, described in view.rs")]
pub struct CommentRow {
    pub id: Uuid,
    pub version_id: Uuid,
    pub number: i64,
    pub parent_id: Option<Uuid>,
    pub at_ms: Option<i64>,
    pub body: String,
    pub author_kind: String,
    pub author_id: Uuid,
    pub by: Option<String>,
    pub created_at: DateTime<Utc>,
    pub state: CommentState,
    pub resolved_at: Option<DateTime<Utc>>,
    pub resolved_by: Option<String>,
}

/// The version of this number of a file that is not deleted; a client finds only what was shared.
pub(crate) async fn version(
    tx: &mut TenantTx,
    project_id: Uuid,
    file_id: Uuid,
    number: i32,
) -> Result<Option<VersionRow>> {
    Ok(sqlx::query_as!(
        VersionRow,
        r#"select v.id, v.filename, v.duration_ms, v.shared_at is not null as "is_shared!"
           from file_versions v
             join files f on f.workspace_id = v.workspace_id and f.id = v.file_id and f.deleted_at is null
           where v.workspace_id = current_workspace() and v.project_id = $1 and v.file_id = $2 and v.number = $3"#,
        project_id,
        file_id,
        number
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// The version that a comment was made on.
pub(crate) async fn version_of(tx: &mut TenantTx, version_id: Uuid) -> Result<Option<VersionRow>> {
    Ok(sqlx::query_as!(
        VersionRow,
        r#"select v.id, v.filename, v.duration_ms, v.shared_at is not null as "is_shared!"
           from file_versions v
             join files f on f.workspace_id = v.workspace_id and f.id = v.file_id and f.deleted_at is null
           where v.workspace_id = current_workspace() and v.id = $1"#,
        version_id
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Comments on a version after this number, oldest first; or the one of that id, of whatever version.
async fn read(
    tx: &mut TenantTx,
    project_id: Uuid,
    (version_id, only): (Option<Uuid>, Option<Uuid>),
    after: Option<i64>,
    limit: i64,
) -> Result<Vec<CommentRow>> {
    Ok(sqlx::query_as!(
        CommentRow,
        r#"select c.id, c.version_id, c.number, c.parent_id, c.at_ms, c.body, c.author_kind, c.author_id,
             coalesce(u.name, k.name) as "by?", c.created_at, c.state as "state: CommentState", c.resolved_at,
             coalesce(ru.name, rk.name) as "resolved_by?"
           from comments c
             left join auth.members() u on c.author_kind = 'user' and u.user_id = c.author_id
             left join contacts k on c.author_kind = 'client' and k.workspace_id = c.workspace_id and k.id = c.author_id
             left join auth.members() ru on c.resolved_kind = 'user' and ru.user_id = c.resolved_by
             left join contacts rk on c.resolved_kind = 'client' and rk.workspace_id = c.workspace_id and rk.id = c.resolved_by
           where c.workspace_id = current_workspace() and c.project_id = $1
             and ($2::uuid is null or c.version_id = $2) and ($3::uuid is null or c.id = $3)
             and ($4::bigint is null or c.number > $4)
           order by c.number limit $5"#,
        project_id,
        version_id,
        only,
        after,
        limit
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Comments on a version after this number, oldest first.
pub(crate) async fn page(
    tx: &mut TenantTx,
    project_id: Uuid,
    version_id: Uuid,
    after: Option<i64>,
    limit: i64,
) -> Result<Vec<CommentRow>> {
    read(tx, project_id, (Some(version_id), None), after, limit).await
}

/// One comment of a project.
pub(crate) async fn find(tx: &mut TenantTx, project_id: Uuid, id: Uuid) -> Result<Option<CommentRow>> {
    Ok(read(tx, project_id, (None, Some(id)), None, 1).await?.pop())
}

/// A comment to be written.
#[derive(Clone, Copy, Debug)]
pub(super) struct New<'a> {
    pub(super) project_id: Uuid,
    pub(super) version_id: Uuid,
    pub(super) id: Uuid,
    pub(super) parent_id: Option<Uuid>,
    pub(super) at_ms: Option<i64>,
    pub(super) body: &'a str,
    pub(super) author: Person,
}

/// Writes a comment under the next number of its version; false when the id is taken. The project is locked.
pub(super) async fn insert(tx: &mut TenantTx, new: New<'_>) -> Result<bool> {
    let done = sqlx::query!(
        "insert into comments (workspace_id, project_id, version_id, id, number, parent_id, at_ms, body, author_kind,
           author_id, created_at)
         select current_workspace(), $1, $2, $3, coalesce(max(number), 0) + 1, $4, $5, $6, $7, $8, app_now()
         from comments where workspace_id = current_workspace() and version_id = $2
         on conflict (workspace_id, project_id, id) do nothing",
        new.project_id,
        new.version_id,
        new.id,
        new.parent_id,
        new.at_ms,
        new.body,
        new.author.side.kind(),
        new.author.id
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes a step; false when the comment is in no state that it begins in.
pub(super) async fn advance(
    tx: &mut TenantTx,
    project_id: Uuid,
    id: Uuid,
    step: &Step<CommentState>,
    by: Person,
) -> Result<bool> {
    let is_settled = step.to == CommentState::Resolved;
    let done = sqlx::query!(
        "update comments set state = $4, resolved_at = case when $5 then app_now() end,
           resolved_kind = case when $5 then $6 end, resolved_by = case when $5 then $7::uuid end
         where workspace_id = current_workspace() and project_id = $1 and id = $2 and state = any($3)",
        project_id,
        id,
        &step.from_names(),
        step.to.as_str(),
        is_settled,
        by.side.kind(),
        by.id
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}
