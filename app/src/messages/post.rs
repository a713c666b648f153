//! Somebody says something.

use loco_rs::app::AppContext;
use serde_json::json;
use uuid::Uuid;

use super::{
    input::NewMessage,
    queries::{self, New},
    view::MessageView,
};
use crate::{
    error::{Error, FieldError, Result},
    projects::{
        record::{Deed, record},
        talk::{self, Person, Side},
    },
    tenant::{Actor, TenantTx},
};

/// Writes a message, and answers it with whether it is new: the same id again is the same message.
///
/// # Errors
/// 403, 404; 409 `wrong_state`, `id_taken`; 422; 429.
pub async fn post(ctx: &AppContext, actor: &Actor, project_id: Uuid, new: NewMessage) -> Result<(MessageView, bool)> {
    let (mut tx, project, author) = talk::begin(ctx, actor, project_id).await?;
    if let Some(before) = queries::find(&mut tx, project_id, new.id).await? {
        let view = MessageView::of(before, author);
        return if view.is_mine { Ok((view, false)) } else { Err(talk::id_taken()) };
    }
    let (body, attachments) = new.checked()?;
    talk::require_open(&project)?;
    if let Some(parent) = new.parent_id {
        can_be_answered(&mut tx, project_id, parent).await?;
    }
    let number = queries::last(&mut tx, project_id).await? + 1;
    let row = New { project_id, id: new.id, number, parent_id: new.parent_id, body: &body, author };
    queries::insert(&mut tx, row).await?;
    attach(&mut tx, project_id, new.id, author, &attachments).await?;
    let deed = Deed::both("messages.post", "message_posted");
    let data = json!({ "number": number, "parentId": new.parent_id, "attachments": attachments });
    record(&mut tx, project_id, deed, ("message", new.id), data).await?;
    let row = queries::find(&mut tx, project_id, new.id).await?.ok_or_else(Error::not_found)?;
    tx.commit().await?;
    Ok((MessageView::of(row, author), true))
}

async fn can_be_answered(tx: &mut TenantTx, project_id: Uuid, parent: Uuid) -> Result<()> {
    let (code, message) = match queries::find(tx, project_id, parent).await? {
        Some(row) if row.parent_id.is_none() => return Ok(()),
        Some(_) => ("an_answer", "An answer is not answered in turn: answer the message that it belongs to."),
        None => ("unknown", "There is no such message in this project."),
    };
    Err(Error::invalid(vec![FieldError::new("parentId", code, message)]))
}

async fn attach(tx: &mut TenantTx, project_id: Uuid, message: Uuid, author: Person, versions: &[Uuid]) -> Result<()> {
    if versions.is_empty() {
        return Ok(());
    }
    let attached = queries::attach(tx, project_id, message, author.side, versions).await?;
    let missing = versions.iter().enumerate().filter(|(_, id)| !attached.contains(id));
    let errors: Vec<FieldError> = missing
        .map(|(index, _)| {
            let message = "This is no file of this project that your side has uploaded and that is still there.";
            FieldError::new(&format!("attachments[{index}]"), "unknown", message)
        })
        .collect();
    if !errors.is_empty() {
        return Err(Error::invalid(errors));
    }
    // what a client brings is seen by both sides from the start
    if author.side == Side::Producer {
        queries::share(tx, project_id, versions).await?;
    }
    Ok(())
}
