//! A worker that runs one job when a test says so, for tests in which the order matters: claim, the product's handler,
//! recorded end. All others let a whole node run what is due ([`TestApp::run_pending`]).

use ledgerline_jobs::{
    Job,
    engine::{
        claim::{self, Claimed},
        outcome::{self, End, Failure, Outcome},
        run::{Note, Run},
    },
};
use ledgerline_workers::{Registry, handlers, registry::HandlerError};
use sqlx::PgPool;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::TestApp;

/// See the module.
#[derive(Debug)]
pub struct Worker {
    engine: PgPool,
    registry: Registry,
    notes: mpsc::Sender<Note>,
    // what handlers report is dropped, but somebody has to hold the other end
    _reports: mpsc::Receiver<Note>,
}

impl Worker {
    /// One for the jobs of `app`.
    pub async fn start(app: &TestApp) -> Self {
        let hands = app.hands().await;
        let (notes, reports) = mpsc::channel(1);
        Self { engine: hands.engine.clone(), registry: handlers::registry(&hands), notes, _reports: reports }
    }

    /// Ids of the due jobs of a kind, those a dispatcher would give first in front.
    ///
    /// # Panics
    /// When Postgres does not answer.
    pub async fn due<J: Job>(&self) -> Vec<Uuid> {
        sqlx::query_scalar("select id from jobs where kind = $1 and state = 'scheduled' order by priority, run_at, id")
            .bind(J::KIND)
            .fetch_all(&self.engine)
            .await
            .expect("the jobs")
    }

    /// Takes a due job.
    ///
    /// # Panics
    /// When it is not due.
    pub async fn claim(&self, id: Uuid) -> Claimed {
        let mut conn = self.engine.acquire().await.expect("a connection");
        let mut claimed = claim::claim(&mut conn, Uuid::new_v4(), &[id], rand::random(), false).await.expect("a claim");
        claimed.pop().expect("the job waits")
    }

    /// Runs the handler of a claimed job and records nothing of how it ended.
    ///
    /// # Errors
    /// Those of the handler.
    ///
    /// # Panics
    /// When the kind has no handler.
    pub async fn attempt(&self, job: &Claimed) -> Result<Outcome, HandlerError> {
        let handler = self.registry.get(&job.kind, job.version).expect("the kind has a handler");
        handler.call(Run::new(job, self.notes.clone()), job.args.clone()).0.await
    }

    /// Runs a claimed job and records how it ended.
    ///
    /// # Panics
    /// When the handler fails or the lease was lost.
    pub async fn work(&self, job: &Claimed) -> Outcome {
        let outcome = self.attempt(job).await.expect("the handler succeeds");
        match &outcome {
            Outcome::Settled => {}
            Outcome::Done => {
                let mut tx = self.engine.begin().await.expect("a transaction");
                let running = outcome::Running { fence: job.fence, batch_id: job.batch_id };
                assert!(outcome::finish(&mut tx, &running).await.expect("recorded"));
                tx.commit().await.expect("a commit");
            }
            Outcome::Cancel(reason) => self.end(job, End::Cancelled, reason).await,
            Outcome::Dead(reason) => self.end(job, End::Dead, reason).await,
            Outcome::Snooze(until) => panic!("snoozed until {until}"),
        }
        outcome
    }

    /// Records that a claimed job ended without success, as a node, the sweeper or the console do.
    ///
    /// # Panics
    /// When the lease was lost.
    pub async fn end(&self, job: &Claimed, end: End, reason: &str) {
        let failure = Failure { error: reason.to_owned(), backtrace: None };
        let failure = (end != End::Cancelled).then_some(&failure);
        let mut tx = self.engine.begin().await.expect("a transaction");
        assert!(outcome::end(&mut tx, job.fence, end, reason, failure).await.expect("recorded"));
        tx.commit().await.expect("a commit");
    }

    /// Runs the due jobs of one kind; answers how many.
    pub async fn run<J: Job>(&self) -> usize {
        let due = self.due::<J>().await;
        for id in &due {
            self.work(&self.claim(*id).await).await;
        }
        due.len()
    }
}
