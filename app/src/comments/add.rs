//! Somebody says something to a version of a file.

use loco_rs::app::AppContext;
use serde_json::json;
use uuid::Uuid;

use super::{
    input::NewComment,
    list::VersionPath,
    queries::{self, New, VersionRow},
    view::CommentView,
};
use crate::{
    error::{Error, FieldError, Result},
    projects::{
        record::{Deed, record},
        talk,
    },
    tenant::{Actor, TenantTx},
};

/// What is recorded of a comment: clients do not hear of what was said to a version that they do not see.
pub(super) const fn deed(version: &VersionRow, action: &'static str, event: &'static str) -> Deed {
    if version.is_shared { Deed::both(action, event) } else { Deed::producer(action, event) }
}

/// Writes a comment, and answers it with whether it is new: the same id again is the same comment.
///
/// # Errors
/// 403, 404; 409 `wrong_state`, `id_taken`; 422; 429.
pub(super) async fn add(
    ctx: &AppContext,
    actor: &Actor,
    project_id: Uuid,
    path: VersionPath,
    new: NewComment,
) -> Result<(CommentView, bool)> {
    let (mut tx, project, author) = talk::begin(ctx, actor, project_id).await?;
    let version =
        queries::version(&mut tx, project_id, path.file_id, path.number).await?.ok_or_else(Error::not_found)?;
    if let Some(before) = queries::find(&mut tx, project_id, new.id).await? {
        let is_here = before.version_id == version.id;
        let view = CommentView::of(before, author);
        return if is_here && view.is_mine { Ok((view, false)) } else { Err(talk::id_taken()) };
    }
    let body = new.checked(&version)?;
    talk::require_open(&project)?;
    if let Some(parent) = new.parent_id {
        can_be_answered(&mut tx, project_id, version.id, parent).await?;
    }
    let row = New {
        project_id,
        version_id: version.id,
        id: new.id,
        parent_id: new.parent_id,
        at_ms: new.at_ms,
        body: &body,
        author,
    };
    if !queries::insert(&mut tx, row).await? {
        return Err(talk::id_taken());
    }
    let data = json!({
        "fileId": path.file_id, "version": path.number, "title": version.filename, "atMs": new.at_ms, "parentId": new.parent_id
    });
    let deed = deed(&version, "comments.add", "comment_added");
    record(&mut tx, project_id, deed, ("comment", new.id), data).await?;
    let row = queries::find(&mut tx, project_id, new.id).await?.ok_or_else(Error::not_found)?;
    tx.commit().await?;
    Ok((CommentView::of(row, author), true))
}

async fn can_be_answered(tx: &mut TenantTx, project_id: Uuid, version_id: Uuid, parent: Uuid) -> Result<()> {
    let found = queries::find(tx, project_id, parent).await?.filter(|row| row.version_id == version_id);
    let (code, message) = match found {
        Some(row) if row.parent_id.is_none() => return Ok(()),
        Some(_) => ("an_answer", "An answer is not answered in turn: answer the comment that it belongs to."),
        None => ("unknown", "There is no such comment on this version."),
    };
    Err(Error::invalid(vec![FieldError::new("parentId", code, message)]))
}
