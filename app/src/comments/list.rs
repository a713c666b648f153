//! Comments on a version.

use serde::Deserialize;
use uuid::Uuid;

use super::{
    queries,
    view::{CommentList, CommentView},
};
use crate::{
    error::{Error, Result},
    page::{self, PageQuery},
    projects::talk::person,
    tenant::TenantTx,
};

/// A version in a path, which begins with a project or an engagement.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct VersionPath {
    pub(super) id: Uuid,
    #[serde(rename = "fileId")]
    pub(super) file_id: Uuid,
    pub(super) number: i32,
}

/// A comment in a path, which begins with a project or an engagement.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct CommentPath {
    pub(super) id: Uuid,
    #[serde(rename = "commentId")]
    pub(super) comment_id: Uuid,
}

/// A page of the comments on a version of a project's file, oldest first; in the portal only on what was shared.
///
/// # Errors
/// 400 for a wrong limit or cursor; 404.
pub(super) async fn list(
    tx: &mut TenantTx,
    project_id: Uuid,
    path: VersionPath,
    query: &PageQuery,
    in_portal: bool,
) -> Result<CommentList> {
    let reader = person(tx.actor())?;
    let limit = page::limit(query.limit)?;
    let after = query.cursor.as_deref().map(page::position).transpose()?;
    let version = queries::version(tx, project_id, path.file_id, path.number)
        .await?
        .filter(|version| version.is_shared || !in_portal)
        .ok_or_else(Error::not_found)?;
    let rows = queries::page(tx, project_id, version.id, after, limit + 1).await?;
    let (rows, next_cursor) = page::cut(rows, limit, |row| row.number)?;
    let comments = rows.into_iter().map(|row| CommentView::of(row, reader)).collect();
    Ok(CommentList { comments, next_cursor })
}
