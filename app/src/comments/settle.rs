//! What was said is settled, or is not after all.

use loco_rs::app::AppContext;
use serde_json::json;
use uuid::Uuid;

use super::{
    add::deed,
    queries,
    state::{CommentState, REOPEN, RESOLVE},
    view::CommentView,
};
use crate::{
    error::{Error, Result},
    projects::{record::record, talk},
    states::Step,
    tenant::Actor,
};

/// open → resolved, by either side.
///
/// # Errors
/// 403, 404; 409 `wrong_state`, `is_an_answer`; 429.
pub(super) async fn resolve(ctx: &AppContext, actor: &Actor, project_id: Uuid, id: Uuid) -> Result<CommentView> {
    settle(ctx, actor, project_id, id, &RESOLVE, ("comments.resolve", "comment_resolved")).await
}

/// resolved → open, by either side.
///
/// # Errors
/// 403, 404; 409 `wrong_state`, `is_an_answer`; 429.
pub(super) async fn reopen(ctx: &AppContext, actor: &Actor, project_id: Uuid, id: Uuid) -> Result<CommentView> {
    settle(ctx, actor, project_id, id, &REOPEN, ("comments.reopen", "comment_reopened")).await
}

async fn settle(
    ctx: &AppContext,
    actor: &Actor,
    project_id: Uuid,
    id: Uuid,
    step: &Step<CommentState>,
    (action, event): (&'static str, &'static str),
) -> Result<CommentView> {
    let (mut tx, project, person) = talk::begin(ctx, actor, project_id).await?;
    let comment = queries::find(&mut tx, project_id, id).await?.ok_or_else(Error::not_found)?;
    let version = queries::version_of(&mut tx, comment.version_id).await?.ok_or_else(Error::not_found)?;
    talk::require_open(&project)?;
    if comment.parent_id.is_some() {
        let detail = "An answer is settled with the comment that it belongs to: resolve or reopen that one.";
        return Err(Error::conflict("is_an_answer", detail));
    }
    if !queries::advance(&mut tx, project_id, id, step, person).await? {
        return Err(step.refused(comment.state));
    }
    let data = json!({ "title": version.filename });
    record(&mut tx, project_id, deed(&version, action, event), ("comment", id), data).await?;
    let row = queries::find(&mut tx, project_id, id).await?.ok_or_else(Error::not_found)?;
    tx.commit().await?;
    Ok(CommentView::of(row, person))
}
