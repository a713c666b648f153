//! What a handler gets beside its payload: who it is, how to end in its own transaction, how to report.

use std::sync::{
    Arc,
    atomic::{AtomicI32, Ordering},
};

use sqlx::PgConnection;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{
    Fence,
    claim::Claimed,
    effects::{self, Intent},
    enqueue::EnqueueError,
    outcome::{Progress, Running, finish},
};
use crate::JobId;

/// Log lines kept of one attempt; more are dropped.
const LINES_KEPT: i32 = 500;

/// A report on its way to Postgres, written beside the handler.
#[derive(Clone, Debug)]
pub enum Note {
    /// How far the job is.
    Progress(Fence, Progress),
    /// A log line.
    Line {
        /// The attempt.
        fence: Fence,
        /// Number within the attempt, from 0.
        line: i32,
        /// `info`, `warn` or `error`.
        level: &'static str,
        /// What happened.
        message: String,
    },
}

/// One attempt of one job, in the hands of its handler.
#[derive(Clone, Debug)]
pub struct Run(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    running: Running,
    kind: String,
    workspace_id: Option<Uuid>,
    attempt: i16,
    cause_request: Option<String>,
    effects_of: JobId,
    lines: AtomicI32,
    notes: mpsc::Sender<Note>,
}

/// Why a job could not be completed in the handler's transaction.
#[derive(Debug, thiserror::Error)]
pub enum FinishError {
    /// Another node may run the job now: roll back.
    #[error("the lease of this attempt was lost, its effects are rolled back")]
    LostLease,
    /// Postgres.
    #[error(transparent)]
    Engine(#[from] EnqueueError),
}

impl Run {
    /// The attempt of a claimed job; reports go through `notes`.
    #[must_use]
    pub fn new(job: &Claimed, notes: mpsc::Sender<Note>) -> Self {
        Self(Arc::new(Inner {
            running: Running { fence: job.fence, batch_id: job.batch_id },
            kind: job.kind.clone(),
            workspace_id: job.workspace_id,
            attempt: job.attempt,
            cause_request: job.cause_request.clone(),
            effects_of: job.effects_of,
            lines: AtomicI32::new(0),
            notes,
        }))
    }

    /// The job.
    #[must_use]
    pub fn id(&self) -> JobId {
        self.0.running.fence.id
    }

    /// The job whose id names the effects of this one in the ledger: itself, or of a linked copy the first original. A
    /// copy so finds what was done before it, and does nothing twice.
    #[must_use]
    pub fn effects_of(&self) -> JobId {
        self.0.effects_of
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.0.kind
    }

    /// The workspace it works for; a handler enters it before it touches tenant rows.
    #[must_use]
    pub fn workspace_id(&self) -> Option<Uuid> {
        self.0.workspace_id
    }

    /// The request at the beginning of the chain.
    #[must_use]
    pub fn cause_request(&self) -> Option<&str> {
        self.0.cause_request.as_deref()
    }

    /// Number of this attempt, from 1.
    #[must_use]
    pub fn attempt(&self) -> i16 {
        self.0.attempt
    }

    /// Completes the job in the handler's transaction, so that its effect and its completion are one commit. Call it
    /// last, commit, and answer [`Outcome::Settled`](super::outcome::Outcome::Settled).
    ///
    /// # Errors
    /// [`FinishError::LostLease`] when another node may run the job: roll back.
    pub async fn finish(&self, conn: &mut PgConnection) -> Result<(), FinishError> {
        if finish(conn, &self.0.running).await? { Ok(()) } else { Err(FinishError::LostLease) }
    }

    /// Writes down that this attempt is about to act on the outside world; see [`effects::intend`].
    ///
    /// # Errors
    /// When Postgres fails.
    pub async fn intend(
        &self,
        conn: &mut PgConnection,
        provider: &str,
        key: &str,
        fingerprint: &str,
    ) -> Result<Intent, sqlx::Error> {
        effects::intend(conn, self.0.running.fence, provider, key, fingerprint).await
    }

    /// Reports how far the job is. Cheap; a report that comes too fast is dropped.
    pub fn progress(&self, done: i64, total: Option<i64>, note: Option<&str>) {
        let progress = Progress { done, total, note: note.map(str::to_owned) };
        // a full channel drops this report; the next one says more anyway
        let _ = self.0.notes.try_send(Note::Progress(self.0.running.fence, progress));
    }

    /// Keeps a line for operators on the job's page.
    pub fn log(&self, level: &'static str, message: impl Into<String>) {
        let line = self.0.lines.fetch_add(1, Ordering::Relaxed);
        if line < LINES_KEPT {
            let message = message.into();
            let fence = self.0.running.fence;
            let _ = self.0.notes.try_send(Note::Line { fence, line, level, message });
        }
    }
}
