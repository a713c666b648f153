//! What this node did, by kind, added up in memory and written every few seconds: the console's charts cost a job two
//! additions.

use std::{
    collections::HashMap,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use ledgerline_jobs::engine::{
    claim::{self, Claimed},
    rates::{self, Done},
    sweep::Crash,
};
use sqlx::{Connection as _, PgConnection};
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::{Error, node::Node, outage::Outage, recorder::How};

/// How often it is written.
const WRITE: Duration = Duration::from_secs(5);
/// Letters of an error that are kept.
const ERROR_KEPT: usize = 500;

/// Kind, queue, what was done.
type Kinds = HashMap<String, HashMap<String, Done>>;

/// See the module.
#[derive(Debug, Default)]
pub struct Tally(Mutex<Kinds>);

impl Tally {
    fn kinds(&self) -> MutexGuard<'_, Kinds> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An attempt ended on this node after it was due for `waited` and ran for `took`.
    pub(crate) fn ended(&self, job: &Claimed, how: &How, waited: Duration, took: Duration) {
        let mut kinds = self.kinds();
        let done = entry(&mut kinds, &job.kind, &job.queue);
        match how {
            How::Done | How::Settled => done.succeeded += 1,
            How::Retry(_, failure) => failed(done, job.fence.id, &failure.error, false),
            How::Dead(failure) => failed(done, job.fence.id, &failure.error, true),
            How::Cancel(_) => {
                done.cancelled += 1;
                return;
            }
            How::Snooze(_) | How::Park(_) | How::HandBack { .. } | How::Abandon => return,
        }
        done.waits.add(waited);
        done.runs.add(took);
    }

    /// An attempt ended with another node.
    pub(crate) fn crashed(&self, crash: &Crash) {
        let mut kinds = self.kinds();
        failed(entry(&mut kinds, &crash.kind, &crash.queue), crash.id, &crash.error, crash.for_good);
    }

    /// Writes what was added up. What cannot be written is kept for the next time.
    pub(crate) async fn write(&self, postgres: &mut PgConnection, node: Uuid) -> Result<(), sqlx::Error> {
        let mut kinds = mem::take(&mut *self.kinds());
        let mut failed = None;
        for (kind, queues) in &mut kinds {
            for (queue, done) in queues.iter_mut().filter(|(_, done)| **done != Done::default()) {
                if failed.is_none() {
                    match rates::write(postgres, node, kind, queue, done).await {
                        Ok(()) => *done = Done::default(),
                        Err(error) => failed = Some(error),
                    }
                }
            }
        }
        let Some(error) = failed else { return Ok(()) };
        let mut meanwhile = self.kinds();
        for (kind, queues) in kinds {
            for (queue, done) in queues {
                entry(&mut meanwhile, &kind, &queue).merge(done);
            }
        }
        Err(error)
    }
}

fn failed(done: &mut Done, job: Uuid, error: &str, for_good: bool) {
    if for_good {
        done.dead += 1;
    } else {
        done.failed += 1;
    }
    done.last_error = Some((error.chars().take(ERROR_KEPT).collect(), job));
}

fn entry<'a>(kinds: &'a mut Kinds, kind: &str, queue: &str) -> &'a mut Done {
    kinds.entry(kind.to_owned()).or_default().entry(queue.to_owned()).or_default()
}

/// Writes until it is told to stop; a write that is under way then is still ended, since what it holds is nowhere else.
pub async fn run(node: Arc<Node>, mut stop: oneshot::Receiver<()>) {
    let mut outage = Outage::new("tally");
    let mut postgres: Option<PgConnection> = None;
    loop {
        tokio::select! {
            () = tokio::time::sleep(WRITE) => {}
            _ = &mut stop => return,
        }
        match write(&node, &mut postgres).await {
            Ok(()) => outage.over(),
            Err(error) => {
                postgres = None;
                outage.pause("cannot write what was done", &error).await;
            }
        }
    }
}

async fn write(node: &Node, postgres: &mut Option<PgConnection>) -> Result<(), Error> {
    let postgres = match postgres {
        Some(postgres) => postgres,
        None => {
            let mut fresh = PgConnection::connect(&node.options.database_url).await?;
            claim::prepare_connection(&mut fresh, false).await?;
            postgres.insert(fresh)
        }
    };
    Ok(node.tally.write(postgres, node.id()).await?)
}
