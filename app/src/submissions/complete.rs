//! The end of a submission, and of its project.

use loco_rs::app::AppContext;
use serde_json::json;
use uuid::Uuid;

use super::{queries::SubmissionRow, within::Within};
use crate::{
    access::{Permission, authorize},
    error::Result,
    projects::{
        record::{self, Deed},
        state::COMPLETE_SUBMISSION,
    },
    tenant::Actor,
};

/// approved → completed; the project is completed with it. What is not paid stays to be paid.
///
/// # Errors
/// 403 for a client; 404; 409 `wrong_state`.
pub async fn complete(ctx: &AppContext, actor: &Actor, id: Uuid) -> Result<SubmissionRow> {
    authorize(actor, Permission::WorkOnProjects)?;
    let mut within = Within::begin(ctx, actor, id).await?;
    complete_in(&mut within).await?;
    within.end().await
}

/// [`complete`], in the transaction of whoever leads there.
pub(super) async fn complete_in(within: &mut Within) -> Result<()> {
    within.take(&COMPLETE_SUBMISSION).await?;
    within.record(Deed::both("submissions.complete", "submission_completed"), json!({})).await?;
    record::complete(&mut within.tx, &within.project).await
}
