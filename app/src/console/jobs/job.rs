//! The page of one job: its story so far, and why it does not go on.

use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    edit,
    queries::{
        details::{self, AttemptRow, Detail, LineRow},
        rows,
        story::{self, DeedRow, EffectRow},
    },
    view::{
        AttemptOutcome, AttemptView, BatchRef, DeedView, EffectView, JobRefList, JobView, LogLevel, LogView,
        OriginKind, OriginView,
    },
    waiting::{self, Facts},
};
use crate::{
    Ledgerline,
    console::{
        mask, queries,
        view::{JobRef, JobRowView, JobState},
    },
    error::{Error, Result},
    page::{self, BoundedCount, PageQuery},
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
    let children = children_page(&mut tx, id, None, page::DEFAULT_LIMIT).await?;
    let effects = story::effects(&mut tx, id).await?;
    let deeds = story::deeds(&mut tx, id).await?;
    let copies = story::copies(&mut tx, id).await?;
    let batch = match row.batch_id {
        Some(batch) => story::batch(&mut tx, batch).await?,
        None => None,
    };
    let key_holder = match (&detail.unique_key, row.state) {
        (Some(key), JobState::Dead | JobState::Quarantined) => story::key_holder(&mut tx, &row.kind, key).await?,
        _ => None,
    };
    let ahead = match row.state {
        JobState::Queued => story::ahead(&mut tx, id).await?,
        _ => 0,
    };
    let related: Vec<Uuid> = [detail.parent_id, detail.waits_for, detail.copy_of, key_holder]
        .into_iter()
        .flatten()
        .chain(copies.iter().copied())
        .collect();
    let related = rows::refs(&mut tx, &related).await?;
    let known = |id: Option<Uuid>| -> Option<&JobRef> { related.iter().find(|job| Some(job.id) == id) };
    let asked_by = origin(&mut tx, id, &detail, known(detail.copy_of).or(known(detail.parent_id)).cloned()).await?;

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
        any_quiet: detail.any_quiet,
        ahead: BoundedCount::of(ahead),
    });
    let mut attempts: Vec<AttemptView> = attempts.into_iter().map(AttemptView::try_from).collect::<Result<_>>()?;
    attempts.extend(told_by_row(&row, &detail));
    let args = mask::args(&row.kind, detail.version, detail.args.clone());
    Ok(JobView {
        masked: args != detail.args,
        no_edit: edit::refusal(&row, detail.version),
        args,
        version: detail.version,
        reason: detail.reason.as_deref().map(mask::text),
        cause_request_id: detail.cause_request,
        asked_by,
        copy_of: known(detail.copy_of).cloned(),
        copies: copies.iter().filter_map(|copy| known(Some(*copy)).cloned()).collect(),
        children,
        effects: effects.into_iter().map(EffectView::try_from).collect::<Result<_>>()?,
        deeds: deeds.into_iter().map(DeedView::from).collect(),
        batch: batch.map(|row| BatchRef { id: row.id, kind: row.kind, total: row.total, ended: row.ended }),
        attempts,
        lease_until: detail.lease_until.filter(|_| running),
        node: detail.node.filter(|_| running),
        why_waiting: why_waiting.as_deref().map(mask::text),
        unique_key: detail.unique_key.as_deref().map(mask::text),
        key_holder: known(key_holder).cloned(),
        logs: lines.into_iter().map(LogView::from).collect(),
        row,
    })
}

/// A page of the jobs that a job asked for.
///
/// # Errors
/// 400 for a wrong limit or cursor, 404.
pub async fn children(ledgerline: &Ledgerline, id: Uuid, query: &PageQuery) -> Result<JobRefList> {
    let limit = page::limit(query.limit)?;
    let after = query.cursor.as_deref().map(page::position::<After>).transpose()?;
    let mut tx = queries::look(&ledgerline.databases.platform).await?;
    if rows::refs(&mut tx, &[id]).await?.is_empty() {
        return Err(Error::not_found());
    }
    children_page(&mut tx, id, after.map(|After(id)| id), limit).await
}

/// The last child of a page.
#[derive(serde::Serialize, serde::Deserialize)]
struct After(Uuid);

impl page::Position for After {
    fn is_possible(&self) -> bool {
        true
    }
}

async fn children_page(conn: &mut PgConnection, id: Uuid, after: Option<Uuid>, limit: i64) -> Result<JobRefList> {
    let jobs = rows::children(conn, id, after, limit + 1).await?;
    let (jobs, next_cursor) = page::cut(jobs, limit, |job| After(job.id))?;
    Ok(JobRefList { jobs, next_cursor })
}

/// Who asked for a job. A copy was asked for by an operator, whatever asked for the first of its chain.
async fn origin(conn: &mut PgConnection, id: Uuid, detail: &Detail, job: Option<JobRef>) -> Result<OriginView> {
    let person = match &detail.cause_request {
        Some(request) if detail.copy_of.is_some() || detail.parent_id.is_none() => story::person(conn, request).await?,
        _ => None,
    };
    let slot = match (&detail.cause_request, detail.parent_id) {
        (None, None) => story::slot(conn, id).await?,
        _ => None,
    };
    let by = if detail.copy_of.is_some() {
        OriginKind::Copy
    } else if detail.parent_id.is_some() {
        OriginKind::Job
    } else if slot.is_some() {
        OriginKind::Schedule
    } else if person.is_some() {
        OriginKind::Person
    } else if detail.cause_request.is_some() {
        OriginKind::Request
    } else {
        OriginKind::Program
    };
    let (name, slot_at) = match slot {
        Some(slot) => (Some(slot.schedule), Some(slot.slot_at)),
        None => (person.as_ref().and_then(|person| person.name.clone()), None),
    };
    Ok(OriginView { by, name, slot_at, job, action: person.map(|person| person.action) })
}

/// The attempt that no row of its own tells of: the one that runs, or the one that succeeded.
fn told_by_row(row: &JobRowView, detail: &Detail) -> Option<AttemptView> {
    let outcome = match row.state {
        JobState::Running => AttemptOutcome::Running,
        JobState::Succeeded => AttemptOutcome::Succeeded,
        _ => return None,
    };
    Some(AttemptView {
        epoch: detail.epoch,
        attempt: row.attempt,
        started_at: row.started_at?,
        ended_at: row.finished_at,
        node: detail.node.clone(),
        outcome,
        error: None,
        backtrace: None,
    })
}

impl TryFrom<AttemptRow> for AttemptView {
    type Error = Error;

    fn try_from(row: AttemptRow) -> Result<Self> {
        Ok(Self {
            epoch: row.epoch,
            attempt: row.attempt,
            started_at: row.started_at,
            ended_at: Some(row.ended_at),
            node: row.node,
            outcome: row.outcome.parse().map_err(Error::internal)?,
            error: row.error.as_deref().map(mask::text),
            backtrace: row.backtrace.as_deref().map(mask::backtrace),
        })
    }
}

impl From<LineRow> for LogView {
    /// A handler may name any level; what is no warning and no error informs.
    fn from(row: LineRow) -> Self {
        let level = row.level.parse().unwrap_or(LogLevel::Info);
        Self { epoch: row.epoch, at: row.at, level, message: mask::text(&row.message) }
    }
}

impl From<DeedRow> for DeedView {
    fn from(row: DeedRow) -> Self {
        Self { at: row.at, by: row.by, action: row.action, bulk_id: row.bulk_id, reason: row.reason }
    }
}

impl TryFrom<EffectRow> for EffectView {
    type Error = Error;

    fn try_from(row: EffectRow) -> Result<Self> {
        Ok(Self {
            id: row.id,
            key: mask::text(&row.key),
            provider: row.provider,
            state: row.state.parse().map_err(Error::internal)?,
            error: row.error.as_deref().map(mask::text),
            created_at: row.created_at,
            sent_at: row.sent_at,
            settled_at: row.settled_at,
        })
    }
}
