//! Records how jobs ended, many at a time: while one batch is being written the next one gathers, so an idle node
//! records at once and a busy one in bulk.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use ledgerline_jobs::engine::{
    Fence,
    claim::{self, Returned},
    outcome::{self, Again, End, Failure, Running},
    run::Note,
};
use sqlx::{Connection as _, PgConnection};
use tokio::sync::mpsc;

use crate::{node::Node, outage::Outage, pump::InHand};

/// Ends written with one statement.
const RECORD_BATCH: usize = 500;

/// A job that ended on this node, with its place still taken until that is recorded.
#[derive(Debug)]
pub struct Ended {
    /// The job.
    pub hand: InHand,
    /// How.
    pub how: How,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq)]
pub enum How {
    /// Done; to be recorded here.
    Done,
    /// Done and recorded by the handler's own transaction.
    Settled,
    /// Failed: again after that pause.
    Retry(Duration, Failure),
    /// Not now: again at that time.
    Snooze(DateTime<Utc>),
    /// No longer wanted.
    Cancel(String),
    /// Given up.
    Dead(Failure),
    /// Unknown to this program.
    Park(String),
    /// Unfinished, because the node stops.
    HandBack {
        /// Whether the handler had begun.
        begun: bool,
    },
    /// Somebody else has it.
    Abandon,
}

impl How {
    /// As metrics call it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Done | Self::Settled => "succeeded",
            Self::Retry(..) => "retried",
            Self::Snooze(_) => "snoozed",
            Self::Cancel(_) => "cancelled",
            Self::Dead(_) => "dead",
            Self::Park(_) => "parked",
            Self::HandBack { .. } => "handed_back",
            Self::Abandon => "lease_lost",
        }
    }
}

/// Records until the channel closes. What cannot be recorded for an outage of Postgres is kept and tried again.
pub async fn run(node: Arc<Node>, mut ended: mpsc::Receiver<Ended>) {
    let mut outage = Outage::new("recorder");
    let mut pending: Vec<Ended> = Vec::with_capacity(RECORD_BATCH);
    let mut postgres: Option<PgConnection> = None;
    loop {
        if pending.is_empty() && ended.recv_many(&mut pending, RECORD_BATCH).await == 0 {
            return;
        }
        if let Err(error) = record(&node, &mut postgres, &mut pending).await {
            postgres = None;
            outage.pause("cannot record ended jobs", &error).await;
        } else {
            outage.over();
        }
    }
}

async fn record(
    node: &Node,
    postgres: &mut Option<PgConnection>,
    pending: &mut Vec<Ended>,
) -> Result<(), crate::Error> {
    let postgres = match postgres {
        Some(postgres) => postgres,
        None => {
            let mut fresh = PgConnection::connect(&node.options.database_url).await?;
            claim::prepare_connection(&mut fresh, true).await?;
            postgres.insert(fresh)
        }
    };
    // these commits may have asked for work: what a handler's transaction asked for, a batch's last step, whoever takes
    // over what this node gives back
    let mut asked = pending
        .iter()
        .any(|ended| matches!(ended.how, How::Settled | How::HandBack { .. }) || ended.hand.job.batch_id.is_some());
    let done: Vec<Running> = pending
        .iter()
        .filter(|ended| ended.how == How::Done)
        .map(|ended| Running { fence: ended.hand.job.fence, batch_id: ended.hand.job.batch_id })
        .collect();
    if !done.is_empty() {
        let mut sorted = done.clone();
        sorted.sort_unstable_by_key(|job| job.fence.id);
        let succeeded = if done.iter().any(|job| job.batch_id.is_some()) {
            let mut tx = postgres.begin().await?;
            let succeeded = outcome::succeed(&mut tx, &sorted).await?;
            tx.commit().await?;
            succeeded
        } else {
            outcome::succeed(postgres, &sorted).await?
        };
        asked |= succeeded.released > 0;
        if succeeded.held.len() < sorted.len() {
            let held: std::collections::HashSet<_> = succeeded.held.into_iter().collect();
            for job in sorted.iter().filter(|job| !held.contains(&job.fence.id)) {
                refused(postgres, job.fence).await?;
            }
        }
        pending.retain(|ended| ended.how != How::Done);
    }
    let back: Vec<Returned> = pending
        .iter()
        .filter_map(|ended| match ended.how {
            How::HandBack { begun } => Some(Returned { fence: ended.hand.job.fence, begun }),
            _ => None,
        })
        .collect();
    if !back.is_empty() {
        claim::hand_back(postgres, &back).await?;
        pending.retain(|ended| !matches!(ended.how, How::HandBack { .. }));
    }
    while let Some(ended) = pending.last() {
        record_one(postgres, ended).await?;
        pending.pop();
    }
    if asked {
        node.wake.nudge();
    }
    Ok(())
}

async fn record_one(postgres: &mut PgConnection, ended: &Ended) -> Result<(), crate::Error> {
    let fence = ended.hand.job.fence;
    let held = match &ended.how {
        // recorded as sets before
        How::Done | How::HandBack { .. } => true,
        How::Settled | How::Abandon => return Ok(()),
        How::Retry(pause, failure) => outcome::again(postgres, fence, Again::After(*pause), Some(failure)).await?,
        How::Snooze(at) => outcome::again(postgres, fence, Again::At(*at), None).await?,
        How::Park(reason) => outcome::park(postgres, fence, reason).await?,
        How::Cancel(reason) => end(postgres, fence, End::Cancelled, reason, None).await?,
        How::Dead(failure) => {
            let tried = ended.hand.job.attempt;
            let reason = if tried >= ended.hand.job.max_attempts {
                format!("failed {tried} times")
            } else {
                "gave up: no further attempt would help".to_owned()
            };
            end(postgres, fence, End::Dead, &reason, Some(failure)).await?
        }
    };
    if !held {
        refused(postgres, fence).await?;
    }
    Ok(())
}

async fn end(
    postgres: &mut PgConnection,
    fence: Fence,
    end: End,
    reason: &str,
    failure: Option<&Failure>,
) -> Result<bool, crate::Error> {
    let mut tx = postgres.begin().await?;
    let held = outcome::end(&mut tx, fence, end, reason, failure).await?;
    tx.commit().await?;
    Ok(held)
}

/// The row did not match. Either this very attempt ended already (the reply to a commit was lost), or the lease was.
async fn refused(postgres: &mut PgConnection, fence: Fence) -> Result<(), crate::Error> {
    if !outcome::has_succeeded(postgres, fence).await? {
        tracing::warn!(id = %fence.id, epoch = fence.epoch, "lease lost: the late end of this attempt was refused");
    }
    Ok(())
}

/// Writes progress and log lines beside the handlers. What cannot be written is dropped: it is for looking only.
pub async fn run_notes(node: Arc<Node>, mut notes: mpsc::Receiver<Note>) {
    let mut outage = Outage::new("notes");
    let mut postgres: Option<PgConnection> = None;
    let mut gathered = Vec::new();
    while notes.recv_many(&mut gathered, 200).await > 0 {
        if let Err(error) = write_notes(&node, &mut postgres, gathered.drain(..)).await {
            postgres = None;
            outage.pause("cannot write progress", &error).await;
        } else {
            outage.over();
        }
    }
}

async fn write_notes(
    node: &Node,
    postgres: &mut Option<PgConnection>,
    notes: impl Iterator<Item = Note>,
) -> Result<(), crate::Error> {
    let postgres = match postgres {
        Some(postgres) => postgres,
        None => {
            let mut fresh = PgConnection::connect(&node.options.database_url).await?;
            claim::prepare_connection(&mut fresh, false).await?;
            postgres.insert(fresh)
        }
    };
    // of many reports of one attempt only the latest is worth a write
    let mut latest = std::collections::HashMap::new();
    for note in notes {
        match note {
            Note::Progress(fence, progress) => {
                latest.insert(fence.id, (fence, progress));
            }
            Note::Line { fence, line, level, message } => {
                outcome::log(postgres, fence, line, level, &message).await?;
            }
        }
    }
    for (fence, progress) in latest.into_values() {
        outcome::progress(postgres, fence, &progress).await?;
    }
    Ok(())
}
