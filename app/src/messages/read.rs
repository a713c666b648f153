//! Reading: a page of messages, and the note of how far somebody has read.

use loco_rs::app::AppContext;
use uuid::Uuid;

use super::{
    input::{MessageQuery, ReadMark},
    queries::{self, Narrowed},
    view::{MessageList, MessageView},
};
use crate::{
    error::{Error, FieldError, Result},
    page,
    projects::talk::person,
    tenant::{Actor, TenantTx},
};

/// A page of a project that whoever asks can see.
///
/// # Errors
/// 400 for a wrong limit or cursor.
pub(super) async fn list(tx: &mut TenantTx, project_id: Uuid, query: &MessageQuery) -> Result<MessageList> {
    let reader = person(tx.actor())?;
    let limit = page::limit(query.limit)?;
    let before = query.cursor.as_deref().map(page::position).transpose()?;
    let narrowed = Narrowed { thread: query.thread, before, only: None };
    let rows = queries::page(tx, project_id, narrowed, limit + 1).await?;
    let (rows, next_cursor) = page::cut(rows, limit, |row| row.number)?;
    Ok(MessageList {
        messages: rows.into_iter().map(|row| MessageView::of(row, reader)).collect(),
        next_cursor,
        reads: queries::reads(tx, project_id).await?,
        unread: queries::unread(tx, project_id, reader).await?,
    })
}

/// Notes how far somebody has read; what they had read before stays read. In projects that are over, too.
///
/// # Errors
/// 403, 404; 422 for a number that no message has.
pub(super) async fn mark(ctx: &AppContext, actor: &Actor, project_id: Uuid, mark: ReadMark) -> Result<()> {
    let reader = person(actor)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    crate::live::queries::last(&mut tx, project_id).await?.ok_or_else(Error::not_found)?;
    if !(1..=queries::last(&mut tx, project_id).await?).contains(&mark.number) {
        let message = "No message of this project has this number.";
        return Err(Error::invalid(vec![FieldError::new("number", "unknown", message)]));
    }
    if queries::mark(&mut tx, project_id, reader, mark.number).await? {
        tx.tell(project_id);
    }
    tx.commit().await
}
