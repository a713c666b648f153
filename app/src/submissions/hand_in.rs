//! The producer hands work in, and takes it back.

use loco_rs::app::AppContext;
use serde_json::json;
use uuid::Uuid;

use super::{
    input::HandIn,
    queries::{self, SubmissionRow},
    within::Within,
};
use crate::{
    access::{Permission, authorize},
    error::{Error, Result},
    files,
    input::Checks,
    projects::{
        record::{Deed, begin_work},
        state::{RECALL, SUBMIT},
    },
    tenant::Actor,
};

/// in_progress | client_revisions_requested → ready_for_review, as the next round. The first one begins the project.
///
/// # Errors
/// 403 for a client or a job; 404; 409 `wrong_state`, `no_files`, `scanning`; 422.
pub async fn submit(ctx: &AppContext, actor: &Actor, id: Uuid, work: HandIn) -> Result<SubmissionRow> {
    authorize(actor, Permission::WorkOnProjects)?;
    let by = actor.user_id().ok_or_else(|| Error::forbidden("Only a member of the workspace hands work in."))?;
    let mut within = Within::begin(ctx, actor, id).await?;
    let mut checks = Checks::new();
    let summary = checks.text("summary", "The summary", work.summary.as_deref(), 4_000).unwrap_or_default();
    checks.done()?;
    within.take(&SUBMIT).await?;
    begin_work(&mut within.tx, &within.project).await?;
    let round = queries::begin_round(&mut within.tx, id, &summary, by).await?;
    let files = match files::queries::hand_in(&mut within.tx, within.project.id, round).await? {
        None => {
            let detail = "A file is still being checked for viruses. Hand the work in when that is done.";
            return Err(Error::conflict("scanning", detail));
        }
        Some(0) => {
            let detail = "There is nothing to look at yet. Add a file that is no reference, then hand the work in.";
            return Err(Error::conflict("no_files", detail));
        }
        Some(files) => files,
    };
    let data = json!({ "round": round, "summary": summary, "files": files });
    within.record(Deed::both("submissions.submit", "submission_submitted"), data).await?;
    within.end().await
}

/// ready_for_review → in_progress.
///
/// # Errors
/// 403 for a client; 404; 409 `wrong_state`.
pub async fn recall(ctx: &AppContext, actor: &Actor, id: Uuid) -> Result<SubmissionRow> {
    authorize(actor, Permission::WorkOnProjects)?;
    let mut within = Within::begin(ctx, actor, id).await?;
    within.take(&RECALL).await?;
    queries::end_round(&mut within.tx, &within.submission, Some("recalled"), None).await?;
    let data = json!({ "round": within.submission.round });
    within.record(Deed::both("submissions.recall", "submission_recalled"), data).await?;
    within.end().await
}
