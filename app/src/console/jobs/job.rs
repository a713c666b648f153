//! The page of one job: its story so far, and why it does not go on.

use uuid::Uuid;

use super::{
    queries::{
        details::{self, AttemptRow, LineRow},
        rows,
    },
    waiting::{self, Facts},
};
use crate::{
    Ledgerline,
    console::{
        mask, queries,
        view::{AttemptView, JobRef, JobRowView, JobState, JobView, LogView},
    },
    error::{Error, Result},
};

/// Everything about a job, wherever it stands.
///
/// # Errors
/// 404.
pub async fn job(ledgerline: &Ledgerline, id: Uuid) -> Result<JobView> {
    let mut tx = queries::look(&ledgerline.databases.platform).await?;
    let row = rows::one(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    let detail = details::detail(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    let attempts = details::attempts(&mut tx, id).await?;
    let lines = details::lines(&mut tx, id).await?;
    let children = rows::children(&mut tx, id).await?;
    let related: Vec<Uuid> = detail.parent_id.into_iter().chain(detail.waits_for).collect();
    let related = rows::refs(&mut tx, &related).await?;
    let known = |id: Option<Uuid>| -> Option<&JobRef> { related.iter().find(|job| Some(job.id) == id) };

    let running = row.state == JobState::Running;
    let why_waiting = waiting::why(&Facts {
        state: row.state,
        run_at: row.run_at,
        attempt: row.attempt,
        queue: &row.queue,
        paused: detail.paused,
        paused_by: detail.paused_by.as_deref(),
        reason: detail.reason.as_deref(),
        suspect: detail.suspect,
        waits_for: detail.waits_for,
        awaited: known(detail.waits_for),
        cancel_requested: row.cancel_requested,
        held: detail.node_gone == Some(false),
        any_node: detail.any_node,
    });
    let mut attempts: Vec<AttemptView> = attempts.into_iter().map(AttemptView::from).collect();
    attempts.extend(told_by_row(&row, detail.node.as_deref()));
    Ok(JobView {
        args: mask::args(&row.kind, detail.version, detail.args),
        version: detail.version,
        reason: detail.reason.as_deref().map(mask::text),
        cause_request_id: detail.cause_request,
        parent: known(detail.parent_id).cloned(),
        children,
        attempts,
        lease_until: detail.lease_until.filter(|_| running),
        node: detail.node.filter(|_| running),
        why_waiting: why_waiting.as_deref().map(mask::text),
        unique_key: detail.unique_key.as_deref().map(mask::text),
        logs: lines.into_iter().map(LogView::from).collect(),
        row,
    })
}

/// The attempt that no row of its own tells of: the one that runs, or the one that succeeded.
fn told_by_row(row: &JobRowView, node: Option<&str>) -> Option<AttemptView> {
    let outcome = match row.state {
        JobState::Running => "running",
        JobState::Succeeded => "succeeded",
        _ => return None,
    };
    Some(AttemptView {
        attempt: row.attempt,
        started_at: row.started_at?,
        ended_at: row.finished_at,
        node: node.map(ToOwned::to_owned),
        outcome: outcome.to_owned(),
        error: None,
        backtrace: None,
    })
}

impl From<AttemptRow> for AttemptView {
    fn from(row: AttemptRow) -> Self {
        Self {
            attempt: row.attempt,
            started_at: row.started_at,
            ended_at: Some(row.ended_at),
            node: row.node,
            outcome: row.outcome,
            error: row.error.as_deref().map(mask::text),
            backtrace: row.backtrace.as_deref().map(mask::backtrace),
        }
    }
}

impl From<LineRow> for LogView {
    fn from(row: LineRow) -> Self {
        Self { at: row.at, level: row.level, message: mask::text(&row.message) }
    }
}
