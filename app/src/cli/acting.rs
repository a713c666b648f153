//! Who acts, and single deeds.

use ledgerline_jobs::JobId;
use uuid::Uuid;

use super::{FORBIDDEN, Failed, NOT_FOUND, REFUSED, Result, USAGE, output::Output};
use crate::{
    Ledgerline,
    accounts::session::{Operator, OperatorLevel},
    console::{
        audit::queries as audit,
        input::Pause,
        jobs::queries::names,
        nodes::steer::{self, Wish},
        queries::look,
        queues, schedules,
    },
    error::Error,
};

/// Where the machine's name stands.
const HOSTNAME: &str = "/etc/hostname";

/// Who is said to act.
#[derive(Debug)]
pub(super) struct Acting {
    pub email: Option<String>,
    pub user: Option<String>,
}

impl Acting {
    /// The operator, who must be one now.
    pub async fn operator(&self, ledgerline: &Ledgerline) -> Result<Operator> {
        let Some(email) = self.email.as_deref().filter(|email| !email.trim().is_empty()) else {
            let sentence = "Say who acts: --as EMAIL, or set LEDGERLINE_OPERATOR to the email address of an operator.";
            return Err(Failed::Said(USAGE, sentence.to_owned()));
        };
        let mut tx = look(&ledgerline.databases.platform).await?;
        let operators = audit::operators(&mut tx).await?;
        let found = operators.into_iter().find(|operator| operator.email.eq_ignore_ascii_case(email.trim()));
        let Some(found) = found else {
            return Err(Failed::Said(FORBIDDEN, format!("{email} is no operator of this platform.")));
        };
        let level = if found.level == "full" { OperatorLevel::Full } else { OperatorLevel::ReadOnly };
        Ok(Operator { user_id: found.user_id, name: found.name, level, origin: self.origin() })
    }

    fn origin(&self) -> String {
        let host = std::fs::read_to_string(HOSTNAME).unwrap_or_default();
        let machine = match (self.user.as_deref(), host.trim()) {
            (Some(user), "") => format!(", {user}"),
            (Some(user), host) => format!(", {user} on {host}"),
            (None, "") => String::new(),
            (None, host) => format!(", on {host}"),
        };
        let origin = format!("command line{machine}");
        origin.chars().filter(|c| !c.is_control()).take(255).collect()
    }
}

/// The name of this run in the audit log and in the jobs that it asks for.
pub(super) fn request_id() -> String {
    Uuid::now_v7().to_string()
}

/// Pauses or resumes a queue.
pub(super) async fn pause(
    ledgerline: &Ledgerline,
    out: &Output,
    acting: &Acting,
    queue: &str,
    pause: bool,
    reason: Option<String>,
) -> Result<()> {
    let operator = acting.operator(ledgerline).await?;
    let reason = Pause { reason }.reason()?;
    let view = queues::set_paused(ledgerline, &operator, &request_id(), queue, pause, reason.as_deref()).await?;
    if out.is_json() {
        return out.json(&view);
    }
    let done = if pause { "is paused: nothing of it starts until it is resumed" } else { "runs again" };
    out.line(&format!("The queue {queue} {done}."))
}

/// Runs a schedule's job now.
pub(super) async fn run(ledgerline: &Ledgerline, out: &Output, acting: &Acting, name: &str) -> Result<()> {
    let operator = acting.operator(ledgerline).await?;
    let job = schedules::run::run(ledgerline, &operator, &request_id(), name, Uuid::now_v7()).await?;
    if out.is_json() {
        return out.json(&job);
    }
    out.line(&format!("{name} was asked for: job {}.", job.id))
}

/// Tells a node what to do.
pub(super) async fn steer(
    ledgerline: &Ledgerline,
    out: &Output,
    acting: &Acting,
    node: &str,
    wish: Wish,
) -> Result<()> {
    let operator = acting.operator(ledgerline).await?;
    let id = match Uuid::try_parse(node) {
        Ok(id) => id,
        Err(_) => named(ledgerline, node).await?,
    };
    let view = steer::steer(ledgerline, &operator, &request_id(), id, wish).await?;
    if out.is_json() {
        return out.json(&view);
    }
    let told = match wish {
        Wish::Quiet => "takes no new work from now on",
        Wish::Work => "takes work again",
        Wish::Stop => "stops when it has ended or given back what it has",
    };
    out.line(&format!("The node {} {told}.", view.name))
}

async fn named(ledgerline: &Ledgerline, name: &str) -> Result<Uuid> {
    let mut tx = look(&ledgerline.databases.platform).await?;
    match names::nodes(&mut tx, name).await?.as_slice() {
        [one] => Ok(one.id),
        [] => Err(Failed::Said(NOT_FOUND, format!("There is no node {name}."))),
        _ => Err(Failed::Said(REFUSED, format!("Several nodes are called {name}. Give the id of one."))),
    }
}

/// A job that is not there.
pub(super) fn gone(id: JobId) -> impl FnOnce(Error) -> Failed {
    move |error| {
        if error.code == "not_found" {
            let sentence = format!("There is no job {id}, or it ended more than 30 days ago.");
            return Failed::Said(NOT_FOUND, sentence);
        }
        error.into()
    }
}
