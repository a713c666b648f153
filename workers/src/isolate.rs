//! Suspects run alone in a child process: a job that fells its process fells nobody else's.

use std::{
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant},
};

use ledgerline_jobs::engine::{claim, nodes};
use sqlx::{Connection as _, PgConnection};
use tokio::{
    process::{Child, Command},
    sync::mpsc,
};
use uuid::Uuid;

use crate::{
    Error,
    node::Node,
    outage::Outage,
    pump::{Hands, InHand},
};

/// A child without suspects ends after this time.
const IDLE: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(100);

/// The child's side: claims one suspect at a time until there are none left or the parent is gone.
pub async fn feed(node: Arc<Node>, hands: Arc<Hands>, jobs: mpsc::Sender<InHand>) {
    let mut outage = Outage::new("suspects");
    let parent_gone = parent_gone();
    tokio::pin!(parent_gone);
    loop {
        tokio::select! {
            fed = feed_connected(&node, &hands, &jobs) => match fed {
                Ok(()) => break,
                Err(error) => outage.pause("cannot take suspects", &error).await,
            },
            () = &mut parent_gone => break,
            () = node.drained() => break,
        }
    }
    node.drain();
}

async fn feed_connected(node: &Node, hands: &Arc<Hands>, jobs: &mpsc::Sender<InHand>) -> Result<(), Error> {
    let mut postgres = PgConnection::connect(&node.options.database_url).await?;
    // a claim that is lost in a crash would not count the crash
    claim::prepare_connection(&mut postgres, true).await?;
    let mut idle_since = Instant::now();
    loop {
        if hands.held() > 0 {
            idle_since = Instant::now();
        } else if let Some(suspect) = claim::next_suspect(&mut postgres).await? {
            for job in claim::claim(&mut postgres, node.id(), &[suspect], rand::random(), true).await? {
                let _ = jobs.send(InHand::new(job, hands.clone())).await;
            }
            continue;
        } else if idle_since.elapsed() > IDLE {
            return Ok(());
        }
        tokio::time::sleep(LOOK.min(Duration::from_millis(if hands.held() > 0 { 2 } else { 100 }))).await;
    }
}

/// The parent holds the other end of our standard input.
async fn parent_gone() {
    let mut stdin = tokio::io::stdin();
    let mut byte = [0];
    while matches!(tokio::io::AsyncReadExt::read(&mut stdin, &mut byte).await, Ok(1..)) {}
}

/// The parent's side: at most one child at a time.
#[derive(Debug, Default)]
pub struct Isolation {
    child: Option<(Uuid, Child)>,
}

impl Isolation {
    /// Sees whether the child has ended, ends its lease if so, and starts one when there are suspects.
    ///
    /// # Errors
    /// When Postgres fails or the child cannot be started.
    pub async fn tend(&mut self, node: &Node, postgres: &mut PgConnection) -> Result<(), Error> {
        if let Some((id, child)) = &mut self.child {
            let Some(status) = child.try_wait()? else {
                return Ok(());
            };
            if !status.success() {
                tracing::warn!(%status, node = %id, "the process that runs suspects ended");
            }
            nodes::leave(postgres, *id).await?;
            self.child = None;
            return Ok(());
        }
        let Some((program, arguments)) = &node.options.isolated_command else {
            return Ok(());
        };
        if node.is_draining() || node.is_quiet() || claim::next_suspect(postgres).await?.is_none() {
            return Ok(());
        }
        let id = Uuid::now_v7();
        let child = Command::new(program)
            .args(arguments)
            .arg("--isolated")
            .arg(id.to_string())
            .stdin(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        tracing::info!(node = %id, "started a process of its own for suspects");
        self.child = Some((id, child));
        Ok(())
    }

    /// Lets the child go: it hears the end of its standard input and drains.
    pub async fn end(mut self, patience: Duration) {
        if let Some((_, child)) = &mut self.child {
            drop(child.stdin.take());
            // it drains as long as we do, and then needs a moment to give back what is left
            let _ = tokio::time::timeout(patience + Duration::from_secs(7), child.wait()).await;
        }
    }
}
