//! A step of a submission: its project is locked, the step is taken, both are settled.

use loco_rs::app::AppContext;
use serde_json::Value;
use uuid::Uuid;

use super::queries::{self, SubmissionRow};
use crate::{
    error::{Error, Result},
    projects::{
        queries::ProjectRow,
        record::{self, Deed, locked, require, settle},
        state::{ProjectState, SubmissionState},
    },
    states::Step,
    tenant::{Actor, TenantTx},
};

/// A submission and its project, locked until the end of the transaction.
pub(super) struct Within {
    pub(super) tx: TenantTx,
    pub(super) project: ProjectRow,
    pub(super) submission: SubmissionRow,
}

impl Within {
    /// Locks both, project first.
    ///
    /// # Errors
    /// 404.
    pub(super) async fn begin(ctx: &AppContext, actor: &Actor, id: Uuid) -> Result<Self> {
        let mut tx = TenantTx::begin(ctx, actor).await?;
        let project_id = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?.project_id;
        let project = locked(&mut tx, project_id).await?;
        let submission = queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
        Ok(Self { tx, project, submission })
    }

    /// Takes the step, in a project that is worked on.
    ///
    /// # Errors
    /// 409 `wrong_state`.
    pub(super) async fn take(&mut self, step: &Step<SubmissionState>) -> Result<()> {
        require(&self.project, "This", ProjectState::WORKED_ON)?;
        if queries::advance(&mut self.tx, self.submission.id, step).await? {
            Ok(())
        } else {
            Err(step.refused(self.submission.state))
        }
    }

    /// Refuses a decision about work that was not looked at.
    ///
    /// # Errors
    /// 409 `stale_round`.
    pub(super) fn is_of_round(&self, round: i32) -> Result<()> {
        if self.submission.round == round {
            return Ok(());
        }
        Err(Error::conflict(
            "stale_round",
            format!(
                "Round {round} is not the one that is open: it is round {}. Look at that one, then decide.",
                self.submission.round
            ),
        ))
    }

    /// Writes the audit row and the event.
    pub(super) async fn record(&mut self, deed: Deed, data: Value) -> Result<()> {
        record::record(&mut self.tx, self.project.id, deed, ("submission", self.submission.id), data).await
    }

    /// Makes it true.
    pub(super) async fn end(mut self) -> Result<SubmissionRow> {
        settle(&mut self.tx, &self.project).await?;
        let row = queries::find(&mut self.tx, self.submission.id).await?.ok_or_else(Error::not_found)?;
        self.tx.commit().await?;
        Ok(row)
    }
}
