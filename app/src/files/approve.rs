//! What the client says of single files of the work that was handed in.

use loco_rs::app::AppContext;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Kind, Side, download::Viewer, queries};
use crate::{
    access::authorize_decision,
    error::{Error, Result},
    input::Checks,
    projects::{
        queries::ProjectRow,
        record::{Deed, locked, record},
        state::SubmissionState,
    },
    submissions::decide::required_note,
    tenant::TenantTx,
};

/// What is said of a version.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FileDecision {
    /// The number of the version that was looked at.
    pub number: i32,
    /// A few words, up to 4 000 characters; needed when changes are asked for.
    pub note: Option<String>,
}

/// Accepts the last version of a file, or asks for changes to it, while the work is open for review.
///
/// # Errors
/// 403 when the client's access does not include it; 404; 409 `wrong_state`, `stale_version`; 422.
pub(super) async fn decide(
    ctx: &AppContext,
    viewer: &Viewer,
    id: Uuid,
    approves: bool,
    decision: &FileDecision,
) -> Result<()> {
    authorize_decision(&viewer.actor)?;
    let mut tx = TenantTx::begin(ctx, &viewer.actor).await?;
    let project = open_for_review(&mut tx, viewer.project_id).await?;
    let file = queries::lock(&mut tx, viewer.project_id, id).await?.ok_or_else(Error::not_found)?;
    if file.side != Side::Producer || file.kind == Kind::Reference {
        return Err(Error::forbidden("Only work that was handed in is approved."));
    }
    let last = queries::versions(&mut tx, &[id], 1).await?.pop().ok_or_else(Error::not_found)?;
    if last.number != decision.number {
        let detail = format!("There is a newer version, number {}. Look at it, then decide.", last.number);
        return Err(Error::conflict("stale_version", detail));
    }
    let note = note(approves, decision.note.as_deref())?;
    let (approval, deed) = if approves {
        ("approved", Deed::both("files.approve", "file_approved"))
    } else {
        ("changes_requested", Deed::both("files.request_changes", "file_changes_requested"))
    };
    queries::decide(&mut tx, id, approval, decision.number, note.as_deref()).await?;
    let data = json!({ "fileId": id, "title": file.name, "number": decision.number, "note": note });
    record(&mut tx, project.id, deed, ("file", id), data).await?;
    tx.commit().await
}

fn note(approves: bool, note: Option<&str>) -> Result<Option<String>> {
    if !approves {
        return required_note(note.unwrap_or_default()).map(Some);
    }
    let mut checks = Checks::new();
    let note = checks.text("note", "The note", note, 4_000);
    checks.done()?;
    Ok(note)
}

/// Accepts all files of the work that was handed in; answers how many were not accepted before.
///
/// # Errors
/// As [`decide`].
pub(super) async fn approve_all(ctx: &AppContext, viewer: &Viewer) -> Result<usize> {
    authorize_decision(&viewer.actor)?;
    let mut tx = TenantTx::begin(ctx, &viewer.actor).await?;
    let project = open_for_review(&mut tx, viewer.project_id).await?;
    let undecided = queries::undecided(&mut tx, project.id).await?;
    for (id, number) in &undecided {
        queries::decide(&mut tx, *id, "approved", *number, None).await?;
    }
    if !undecided.is_empty() {
        let deed = Deed::both("files.approve_all", "files_approved");
        record(&mut tx, project.id, deed, ("project", project.id), json!({ "files": undecided.len() })).await?;
    }
    tx.commit().await?;
    Ok(undecided.len())
}

async fn open_for_review(tx: &mut TenantTx, project_id: Uuid) -> Result<ProjectRow> {
    let project = locked(tx, project_id).await?;
    if project.submission_state == SubmissionState::ReadyForReview {
        return Ok(project);
    }
    let detail = "Files are decided on while the work is open for review.";
    Err(Error::conflict("wrong_state", detail))
}
