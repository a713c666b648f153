//! `ledgerline jobs …`: what the console does, on the command line, by the same functions. It reads and writes Postgres
//! only, so it works while Redis is away. Tables for people, `--json` for programs.

mod acting;
mod args;
mod bulk;
mod looking;
mod output;
mod searches;
mod showing;
mod watch;

use std::{io::Write as _, process::ExitCode, sync::Arc};

use loco_rs::environment::Environment;

pub use self::args::Jobs;
use self::{args::Command, output::Output};
use crate::{
    Error, Ledgerline,
    console::{bulk::view::BulkVerb, nodes::steer::Wish},
    settings,
};

/// Why a command did not do what it was asked for, and what the process answers then.
#[derive(Debug)]
enum Failed {
    /// The API's error.
    Refused(Box<Error>),
    /// What the command line itself found wrong.
    Said(u8, String),
}

/// Something failed: a setting, a server that is away.
const FAILED: u8 = 1;
/// The command line is wrong, or needs a yes that nobody can give.
const USAGE: u8 = 2;
/// Whoever acts may not.
const FORBIDDEN: u8 = 3;
/// There is no such thing.
const NOT_FOUND: u8 = 4;
/// As things stand it cannot be done.
const REFUSED: u8 = 5;
/// It was done, and not all is well: a canary is red, the audit log does not hold.
const NOT_WELL: u8 = 6;

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Refused(Box::new(error))
    }
}

impl From<std::io::Error> for Failed {
    fn from(error: std::io::Error) -> Self {
        Self::Said(FAILED, error.to_string())
    }
}

impl Failed {
    fn told(&self) -> (u8, String) {
        match self {
            Self::Said(code, sentence) => (*code, sentence.clone()),
            Self::Refused(error) => {
                let mut sentence = error.detail.clone().into_owned();
                for wrong in error.errors.iter().filter(|wrong| wrong.message != error.detail) {
                    sentence.push(' ');
                    sentence.push_str(&wrong.message);
                }
                if let Some(id) = error.existing_id {
                    sentence.push_str(&format!(" It is job {id}."));
                }
                if error.status.is_server_error()
                    && let Some(cause) = &error.cause
                {
                    sentence.push_str(&format!(" ({cause})"));
                }
                let code = match error.status.as_u16() {
                    401 | 403 => FORBIDDEN,
                    404 => NOT_FOUND,
                    400 | 409 | 410 | 422 => REFUSED,
                    _ => FAILED,
                };
                (code, sentence)
            }
        }
    }
}

type Result<T, E = Failed> = std::result::Result<T, E>;

/// Runs one command; what is wrong is said in one line on standard error.
pub async fn run(environment: &Environment, jobs: Jobs) -> ExitCode {
    match answered(environment, jobs).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            let (code, sentence) = failed.told();
            // a closed stderr leaves nobody to tell
            let _ = writeln!(std::io::stderr(), "ledgerline: {sentence}");
            ExitCode::from(code)
        }
    }
}

async fn answered(environment: &Environment, jobs: Jobs) -> Result<()> {
    let wrong = |error: settings::SettingsError| Failed::Said(FAILED, error.to_string());
    let (_, settings) = settings::load(environment).map_err(wrong)?;
    let ledgerline = Arc::new(Ledgerline::new(settings, environment).map_err(wrong)?);
    let done = command(&ledgerline, jobs).await;
    ledgerline.databases.platform.close().await;
    done
}

async fn command(ledgerline: &Arc<Ledgerline>, jobs: Jobs) -> Result<()> {
    let out = Output::new(jobs.json);
    let acting = acting::Acting { email: jobs.acting_as, user: jobs.user };
    match jobs.command {
        Command::List { which, page } => looking::list(ledgerline, &out, &which, page).await,
        Command::Count(which) => looking::count(ledgerline, &out, &which).await,
        Command::Failures(which) => looking::failures(ledgerline, &out, &which).await,
        Command::Show { id } => looking::show(ledgerline, &out, id).await,
        Command::Queues => looking::queues(ledgerline, &out).await,
        Command::Bulks(page) => looking::bulks(ledgerline, &out, page).await,
        Command::Bulk { id, page } => showing::bulk(ledgerline, &out, id, page).await,
        Command::Searches => searches::list(ledgerline, &out, &acting).await,
        Command::Keep { name, search } => searches::keep(ledgerline, &out, &acting, name, &search).await,
        Command::Forget { search } => searches::forget(ledgerline, &out, &acting, &search).await,
        Command::Audit(which) => looking::audit(ledgerline, &out, which).await,
        Command::Acknowledge { check, reason } => acting::acknowledge(ledgerline, &out, &acting, check, reason).await,
        Command::Watch { every } => watch::watch(ledgerline, &out, every).await,
        Command::Retry(what) => bulk::bulk(ledgerline, &out, &acting, BulkVerb::Retry, what).await,
        Command::Cancel(what) => bulk::bulk(ledgerline, &out, &acting, BulkVerb::Cancel, what).await,
        Command::Delete(what) => bulk::bulk(ledgerline, &out, &acting, BulkVerb::Delete, what).await,
        Command::Continue { id, wait } => bulk::go_on(ledgerline, &out, &acting, id, wait).await,
        Command::Abort { id } => bulk::abort(ledgerline, &out, &acting, id).await,
        Command::Edit { id, file } => acting::edit(ledgerline, &out, &acting, id, &file).await,
        Command::Reveal { id, reason } => acting::reveal(ledgerline, &out, &acting, id, reason).await,
        Command::Pause { what, reason } => acting::pause(ledgerline, &out, &acting, what, true, reason).await,
        Command::Resume { what } => acting::pause(ledgerline, &out, &acting, what, false, None).await,
        Command::Schedules => looking::schedules(ledgerline, &out).await,
        Command::Run { name } => acting::run(ledgerline, &out, &acting, &name).await,
        Command::Schedule { name, page } => showing::schedule(ledgerline, &out, &name, page).await,
        Command::Nodes { gone, page } => looking::nodes(ledgerline, &out, gone, page).await,
        Command::Node { node } => showing::node(ledgerline, &out, &node).await,
        Command::Quiet { node } => acting::steer(ledgerline, &out, &acting, &node, Wish::Quiet).await,
        Command::Work { node } => acting::steer(ledgerline, &out, &acting, &node, Wish::Work).await,
        Command::Stop { node } => acting::steer(ledgerline, &out, &acting, &node, Wish::Stop).await,
        Command::CancelBatch { id } => acting::cancel_batch(ledgerline, &out, &acting, id).await,
        Command::Batches { state, page } => looking::batches(ledgerline, &out, state, page).await,
        Command::Batch { id } => showing::batch(ledgerline, &out, id).await,
    }
}
