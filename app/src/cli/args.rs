//! The command line.

use std::{path::PathBuf, time::Duration};

use chrono::{DateTime, Utc};
use clap::{Args, Parser, Subcommand};
use uuid::Uuid;

use crate::{console::batches::view::BatchState, page::PageQuery};

/// Look at jobs and act on them, as the console does
///
/// Whoever acts is named with --as (or LEDGERLINE_OPERATOR): the email address of an operator who may act. Every deed is
/// written to the audit log. Needs DATABASE_PLATFORM_URL (or DATABASE_URL) only; Redis may be away.
///
/// Answers 0 when it is done, 1 when a server or setting failed, 2 when the command line is wrong, 3 when whoever acts
/// may not, 4 when there is no such thing, 5 when it cannot be done as things stand, and 6 when it was done and not all
/// is well: a canary is red, somebody else stopped it, a wait ran out, the audit log does not hold.
#[derive(Debug, Parser)]
pub struct Jobs {
    /// Print JSON, as the API answers it
    #[arg(long, global = true)]
    pub json: bool,
    /// Email address of the operator who acts
    #[arg(long = "as", value_name = "EMAIL", env = "LEDGERLINE_OPERATOR", global = true)]
    pub acting_as: Option<String>,
    #[arg(long, env = "USER", hide = true, global = true)]
    pub(super) user: Option<String>,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Jobs that a search finds
    List {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        page: Page,
    },
    /// How many jobs a search finds, as far as they are counted in a tenth of a second
    Count(Which),
    /// Dead and quarantined jobs that a search finds, by what their errors have in common
    Failures(Which),
    /// One job and its story
    Show {
        /// The job
        id: Uuid,
    },
    /// Retry dead and quarantined jobs; what will be touched is printed first
    Retry(Bulk),
    /// Cancel live jobs, or ask running ones to stop; what will be touched is printed first
    Cancel(Bulk),
    /// Give dead and quarantined jobs up; what will be touched is printed first
    Delete(Bulk),
    /// Ask for an ended job again with other arguments, as a linked copy
    Edit {
        /// The job
        id: Uuid,
        /// A file with the whole arguments as JSON; - reads standard input
        #[arg(value_name = "FILE", default_value = "-")]
        file: PathBuf,
    },
    /// Print the arguments of a job unmasked; the audit log keeps who asked and why
    Reveal {
        /// The job
        id: Uuid,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Let the rest of a bulk action go after its canary
    Continue {
        /// The bulk action
        id: Uuid,
        /// Wait for its end so long
        #[arg(long, value_name = "SECONDS", default_value = "600", value_parser = seconds)]
        wait: Duration,
    },
    /// End a bulk action; what was done stays
    Abort {
        /// The bulk action
        id: Uuid,
    },
    /// Bulk actions, the latest first
    Bulks(Page),
    /// One bulk action and its jobs, each with its result
    Bulk {
        /// The bulk action
        id: Uuid,
        #[command(flatten)]
        page: Page,
    },
    /// Say that what a check of the audit log found is known, and why; until then it is an alarm
    Acknowledge {
        /// The check; the latest that found something unless given. What was found before it is acknowledged as well
        check: Option<Uuid>,
        /// What became of it
        #[arg(long)]
        reason: String,
    },
    /// Searches that you keep, by name
    Searches,
    /// Keep a search under a name
    Keep {
        /// The name
        name: String,
        /// The search, as `list` takes it
        #[arg(required = true)]
        search: Vec<String>,
    },
    /// Forget a kept search
    Forget {
        /// Its name or id
        search: String,
    },
    /// Queues
    Queues,
    /// Pause a queue or a schedule: nothing of it starts until it is resumed
    Pause {
        #[command(flatten)]
        what: Pausable,
        /// Why, for whoever finds it so
        #[arg(long)]
        reason: Option<String>,
    },
    /// Resume a queue or a schedule
    Resume {
        #[command(flatten)]
        what: Pausable,
    },
    /// Recurring work
    Schedules,
    /// One schedule and what became of its due times
    Schedule {
        /// The schedule
        name: String,
        #[command(flatten)]
        page: Page,
    },
    /// Run a schedule's job now
    Run {
        /// The schedule
        name: String,
    },
    /// Worker nodes
    Nodes {
        /// Also those that went long ago
        #[arg(long)]
        gone: bool,
        #[command(flatten)]
        page: Page,
    },
    /// One worker node and the jobs it runs
    Node {
        /// The node, by name or id
        node: String,
    },
    /// Tell a node to take no new work; what it runs it ends
    Quiet {
        /// The node, by name or id
        node: String,
    },
    /// Let a quiet node take work again
    Work {
        /// The node, by name or id
        node: String,
    },
    /// Tell a node to stop in good order, as SIGTERM does
    Stop {
        /// The node, by name or id
        node: String,
    },
    /// Batches, the latest first
    Batches {
        /// Only of this state: open, sealed, done or cancelled
        #[arg(long, value_parser = batch_state)]
        state: Option<BatchState>,
        #[command(flatten)]
        page: Page,
    },
    /// One batch and how far it is
    Batch {
        /// The batch
        id: Uuid,
    },
    /// Cancel the jobs of a batch that still live
    CancelBatch {
        /// The batch
        id: Uuid,
    },
    /// Who did what, the latest first; --verify checks the seals
    Audit(Audit),
    /// Print how many jobs stand where, again and again
    Watch {
        /// Pause between two looks
        #[arg(long, value_name = "SECONDS", default_value = "2", value_parser = seconds)]
        every: Duration,
    },
}

/// A queue or a schedule.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(super) struct Pausable {
    /// The queue
    pub queue: Option<String>,
    /// The schedule, instead of a queue
    #[arg(long, value_name = "NAME")]
    pub schedule: Option<String>,
}

/// Which page of a list.
#[derive(Debug, Args)]
pub(super) struct Page {
    /// Rows on a page
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=200))]
    pub limit: i64,
    /// The cursor that the page before ended with
    #[arg(long)]
    pub cursor: Option<String>,
}

impl From<Page> for PageQuery {
    fn from(page: Page) -> Self {
        Self { cursor: page.cursor, limit: Some(page.limit) }
    }
}

/// Which jobs, as text that the console's search field takes, or in options.
#[derive(Debug, Args)]
pub(super) struct Which {
    /// Terms as in the console: state:dead kind:mail.send args.import_id:0190… error:"connection refused" since:2h
    #[arg(value_name = "QUERY")]
    pub search: Vec<String>,
    /// Only of this state
    #[arg(long)]
    pub state: Vec<String>,
    /// Only of this kind
    #[arg(long)]
    pub kind: Option<String>,
    /// Only of this queue
    #[arg(long)]
    pub queue: Option<String>,
    /// Only of this workspace, by name or id
    #[arg(long)]
    pub workspace: Option<String>,
}

impl Which {
    /// One search of all of it.
    pub fn search(&self) -> String {
        let quoted = crate::console::jobs::search::quoted;
        let mut terms: Vec<String> = self.search.clone();
        terms.extend(self.state.iter().map(|state| format!("state:{}", quoted(state))));
        for (key, value) in [("kind", &self.kind), ("queue", &self.queue), ("workspace", &self.workspace)] {
            terms.extend(value.iter().map(|value| format!("{key}:{}", quoted(value))));
        }
        terms.join(" ")
    }
}

/// Which jobs to act on, and how.
#[derive(Debug, Args)]
pub(super) struct Bulk {
    /// The jobs
    #[arg(value_name = "ID", required_unless_present = "filter", conflicts_with = "filter")]
    pub ids: Vec<Uuid>,
    /// All jobs that this search finds, at most 100 000
    #[arg(long, value_name = "QUERY")]
    pub filter: Option<String>,
    /// Act on so many first, and see how they go
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(1..=100_000))]
    pub canary: Option<i32>,
    /// Let the rest go by itself when all of the canary succeed
    #[arg(long, requires = "canary")]
    pub go_on: bool,
    /// Why, for the audit log
    #[arg(long)]
    pub reason: Option<String>,
    /// Do not ask whether to go on
    #[arg(long, short)]
    pub yes: bool,
    /// Only print what would be touched
    #[arg(long, conflicts_with_all = ["yes", "canary"])]
    pub preview: bool,
    /// Wait for the end so long; 0 does not wait
    #[arg(long, value_name = "SECONDS", default_value = "600", value_parser = seconds)]
    pub wait: Duration,
}

/// Which entries of the audit log.
#[derive(Debug, Args)]
pub(super) struct Audit {
    /// Only what this operator did, by email address
    #[arg(long, value_name = "EMAIL")]
    pub who: Option<String>,
    /// Only this action, such as console.retry_job
    #[arg(long)]
    pub action: Option<String>,
    /// Only what was done to this: an id, or the name of a queue, a schedule, a node or a kind
    #[arg(long)]
    pub object: Option<String>,
    /// Not before this time (RFC 3339)
    #[arg(long)]
    pub since: Option<DateTime<Utc>>,
    /// Before this time (RFC 3339)
    #[arg(long)]
    pub until: Option<DateTime<Utc>>,
    /// Also what members, jobs and strangers did
    #[arg(long)]
    pub everybody: bool,
    #[command(flatten)]
    pub page: Page,
    /// Compute every seal anew and say whether the log holds
    #[arg(long)]
    pub verify: bool,
}

fn batch_state(text: &str) -> Result<BatchState, String> {
    serde_json::from_value(text.into()).map_err(|_| "give open, sealed, done or cancelled".to_owned())
}

fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse::<u64>() {
        Ok(seconds) if seconds <= 86_400 => Ok(Duration::from_secs(seconds)),
        _ => Err("give whole seconds, at most 86400".to_owned()),
    }
}
