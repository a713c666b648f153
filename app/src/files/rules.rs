//! Who may add a file when, and when a client gets an original.

use axum::http::StatusCode;

use super::{
    Kind, Side,
    queries::{self, FileRow, VersionRow},
};
use crate::{
    error::{Error, Result},
    projects::{
        queries::ProjectRow,
        record::require,
        state::{ProjectState, SubmissionState},
    },
    tenant::TenantTx,
};

/// Refuses a file that does not fit to how far the work is: what is being looked at, or was accepted, stays as it is.
///
/// # Errors
/// 409 `wrong_state`.
pub(crate) fn may_add(project: &ProjectRow, side: Side, kind: Kind) -> Result<()> {
    let states = match side {
        Side::Producer => ProjectState::PLANNED,
        Side::Client => ProjectState::WORKED_ON,
    };
    require(project, "Adding files", states)?;
    if side == Side::Client || kind == Kind::Reference {
        return Ok(());
    }
    let detail = match project.submission_state {
        SubmissionState::InProgress | SubmissionState::ClientRevisionsRequested => return Ok(()),
        SubmissionState::ReadyForReview => {
            "The work is with the client, so its files stay as they are. Take it back, then change them."
        }
        SubmissionState::Approved | SubmissionState::Completed => {
            "The client has accepted the work, so its files stay as they are."
        }
    };
    Err(Error::conflict("wrong_state", detail))
}

/// Refuses a client's download of an original that is not theirs yet. Previews are always open.
///
/// # Errors
/// 403 `locked`, `download_limit`.
pub(super) async fn may_download(
    tx: &mut TenantTx,
    project: &ProjectRow,
    file: &FileRow,
    version: &VersionRow,
) -> Result<()> {
    if tx.actor().visit().is_none() || file.side == Side::Client {
        return Ok(());
    }
    if let Some(detail) = locked(tx, project, file).await? {
        return Err(Error::new(StatusCode::FORBIDDEN, "locked", detail));
    }
    if file.download_limit.is_some_and(|limit| version.downloads >= limit) {
        let detail = "This file was downloaded as often as it may be. Ask whoever sent it to you.";
        return Err(Error::new(StatusCode::FORBIDDEN, "download_limit", detail));
    }
    Ok(())
}

/// Why a client does not get the originals of a file yet.
pub(super) async fn locked(tx: &mut TenantTx, project: &ProjectRow, file: &FileRow) -> Result<Option<&'static str>> {
    if file.side == Side::Client || file.kind == Kind::Reference {
        return Ok(None);
    }
    Ok(match project.originals_open.as_str() {
        "at_once" => None,
        "milestones" if queries::owes_milestones(tx, project.id).await? => {
            Some("You can download this once the milestones are paid.")
        }
        "milestones" => None,
        _ if project.open_minor() > 0 => Some("You can download this once everything is paid."),
        _ => None,
    })
}
