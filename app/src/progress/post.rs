//! Tells how the work goes.

use loco_rs::app::AppContext;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::queries::{self, ProgressRow};
use crate::{
    access::{Permission, authorize},
    error::{Error, Result},
    input::Checks,
    projects::{
        record::{Deed, begin_work, locked, record, require, settle},
        state::ProjectState,
    },
    tenant::{Actor, TenantTx},
};

/// How the work goes.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewProgress {
    /// In a few words, up to 255 characters.
    #[schema(min_length = 1, max_length = 255)]
    pub title: String,
    /// More, up to 10 000 characters.
    pub body: Option<String>,
    /// How much is done, in percent.
    #[schema(minimum = 0, maximum = 100)]
    pub percent: Option<i16>,
}

/// Tells the client. Who tells of work has begun it.
///
/// # Errors
/// 403 for a client or a job; 404; 409 `wrong_state`; 422.
pub async fn post(ctx: &AppContext, actor: &Actor, project_id: Uuid, new: NewProgress) -> Result<ProgressRow> {
    authorize(actor, Permission::WorkOnProjects)?;
    let by = actor.user_id().ok_or_else(|| Error::forbidden("Only a member of the workspace tells of progress."))?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let project = locked(&mut tx, project_id).await?;
    let mut checks = Checks::new();
    let title = checks.required("title", "The title", &new.title, 255);
    let body = checks.text("body", "The text", new.body.as_deref(), 10_000).unwrap_or_default();
    if new.percent.is_some_and(|percent| !(0..=100).contains(&percent)) {
        checks.wrong("percent", "out_of_range", "Percent go from 0 to 100.");
    }
    checks.done()?;
    require(&project, "Telling of progress", ProjectState::WORKED_ON)?;
    begin_work(&mut tx, &project).await?;
    let row = queries::insert(&mut tx, project_id, &title, &body, new.percent, by).await?;
    let deed = Deed::both("progress.post", "progress_posted");
    let data = json!({ "title": title, "percent": new.percent });
    record(&mut tx, project_id, deed, ("progress_update", row.id), data).await?;
    settle(&mut tx, &project).await?;
    tx.commit().await?;
    Ok(row)
}
