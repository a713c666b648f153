//! Asks for an ended job again with other arguments, as a linked copy. Kind, queue, workspace and the keys of its effects
//! stay; the arguments are checked as its payload, and its unique key is that of the new arguments.

use axum::http::StatusCode;
use ledgerline_jobs::{
    JobId, NewJob,
    catalog::{self, Kind, WrongArguments},
    engine::control::{self, Retried},
};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    queries::{details, rows},
    retry,
};
use crate::{
    Ledgerline,
    console::{
        act::{self, Deed, FullOperator},
        mask,
        view::{JobRowView, JobState},
    },
    error::{Error, FieldError, Result},
};

/// Other arguments.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EditedJob)]
pub struct Edited {
    /// The whole payload. What is masked stays as it was when it is given as it is shown.
    pub args: Value,
}

/// Why a job cannot be asked for again with other arguments.
#[must_use]
pub fn refusal(row: &JobRowView, version: i16) -> Option<String> {
    let state = row.state.as_str();
    if !matches!(row.state, JobState::Dead | JobState::Quarantined | JobState::Cancelled) {
        return Some(match row.state {
            JobState::Succeeded => "It has done its work, and the same work is not done twice.".to_owned(),
            _ => format!("It is {state}. Cancel it first, or wait until it has ended."),
        });
    }
    if row.decided {
        return Some("It was decided on already: deleted, or asked for again as a copy.".to_owned());
    }
    known(&row.kind, version).err()
}

fn known(kind: &str, version: i16) -> std::result::Result<&'static Kind, String> {
    let known = catalog::kind(kind).ok_or_else(|| {
        format!("This release does not know the kind {kind}, so nobody can say whether its arguments are right.")
    })?;
    if known.version == version {
        return Ok(known);
    }
    Err(format!(
        "Its arguments are of version {version}, and this release checks those of version {}. Retry it as it is.",
        known.version
    ))
}

/// Asks for the copy and answers it.
///
/// # Errors
/// 404, 409 `cannot_edit` or `unique_key_held`, 422 `invalid` for wrong arguments, 503 `no_worker`.
pub async fn edit(
    ledgerline: &Ledgerline,
    operator: &FullOperator,
    request_id: &str,
    id: Uuid,
    edited: Edited,
) -> Result<JobId> {
    let mut tx = act::begin(ledgerline, operator, request_id).await?;
    let row = rows::one(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    let detail = details::detail(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    if let Some(why) = refusal(&row, detail.version) {
        return Err(Error::conflict("cannot_edit", why));
    }
    let kind = known(&row.kind, detail.version).map_err(|why| Error::conflict("cannot_edit", why))?;
    let shown = mask::args(&row.kind, detail.version, detail.args.clone());
    let args = mask::restore(edited.args, &shown, &detail.args);
    if let Some(path) = mask::left_in(&args) {
        let message = format!("{MASK} stands where nothing was masked. Write the value itself.", MASK = mask::MASK);
        return Err(wrong(WrongArguments { path, message }));
    }
    let asked = (kind.read)(&args).map_err(wrong)?;
    let job = NewJob { queue: row.queue, priority: row.priority, max_attempts: row.max_attempts, ..asked };
    let changed = changed_fields(&detail.args, &job.args);
    let copy = match control::ask_again(&mut tx, id, job).await.map_err(act::without_room)? {
        Retried::Copy(copy) | Retried::Again(copy) => copy,
        Retried::KeyHeld(holder) => return Err(retry::key_held(holder)),
        Retried::NotDead => {
            return Err(Error::conflict("cannot_edit", "Somebody else decided on this job in the meantime."));
        }
    };
    let deed = Deed {
        operator,
        request_id,
        action: "console.edit_job",
        subject_kind: "job",
        subject_id: Some(id),
        workspace_id: row.workspace_id,
    };
    let was = row.state.as_str();
    deed.record(&mut tx, json!({ "kind": row.kind, "was": was, "copy": copy, "changed": changed })).await?;
    tx.commit().await?;
    ledgerline.wake.nudge();
    Ok(copy)
}

fn wrong(wrong: WrongArguments) -> Error {
    let place = if wrong.path.is_empty() { "The arguments".to_owned() } else { format!("args.{}", wrong.path) };
    let field = if wrong.path.is_empty() { "args".to_owned() } else { format!("args.{}", wrong.path) };
    let message = format!("{place}: {}.", mask::text(wrong.message.trim_end_matches('.')));
    Error {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        ..Error::invalid(vec![FieldError::new(&field, "wrong_arguments", message)])
    }
}

/// Names of the fields that differ; their values may be personal, so the audit log does not keep them.
fn changed_fields(before: &Value, after: &Value) -> Vec<String> {
    let (Value::Object(before), Value::Object(after)) = (before, after) else { return Vec::new() };
    let mut names: Vec<String> =
        before.keys().chain(after.keys()).filter(|name| before.get(*name) != after.get(*name)).cloned().collect();
    names.sort_unstable();
    names.dedup();
    names
}
