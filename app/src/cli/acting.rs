//! Who acts, and single deeds.

use std::{fs::File, io::Read, path::Path as FilePath};

use ledgerline_jobs::JobId;
use uuid::Uuid;

use super::{FORBIDDEN, Failed, NOT_FOUND, REFUSED, Result, USAGE, args::Pausable, output::Output};
use crate::{
    Ledgerline,
    accounts::session::{Operator, OperatorLevel},
    console::{
        act::FullOperator,
        audit::{
            acknowledge::{self, Acknowledge},
            list as audit_list, queries as audit,
        },
        batches,
        input::Pause,
        jobs::{
            edit::{self, Edited},
            job,
            queries::names,
            reveal::{self, Reveal},
        },
        nodes::steer::{self, Wish},
        queries::look,
        queues, schedules,
    },
    error::Error,
};

/// Where the machine's name stands.
const HOSTNAME: &str = "/etc/hostname";

/// Arguments larger than this are of no job.
const LARGEST_ARGUMENTS: u64 = 1 << 20;

/// Who is said to act.
#[derive(Debug)]
pub(super) struct Acting {
    pub email: Option<String>,
    pub user: Option<String>,
}

impl Acting {
    /// The operator, who may act now.
    pub async fn operator(&self, ledgerline: &Ledgerline) -> Result<FullOperator> {
        Ok(self.any(ledgerline).await?.try_into()?)
    }

    /// The operator, who must be one now.
    pub async fn any(&self, ledgerline: &Ledgerline) -> Result<Operator> {
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

/// Asks for an ended job again with the arguments in a file.
pub(super) async fn edit(
    ledgerline: &Ledgerline,
    out: &Output,
    acting: &Acting,
    id: Uuid,
    file: &FilePath,
) -> Result<()> {
    let operator = acting.operator(ledgerline).await?;
    let args = serde_json::from_str(&read(file)?).map_err(|error| {
        Failed::Said(USAGE, format!("The arguments are no JSON: {error}. Write them whole, as `show ID` prints them."))
    })?;
    let copy = edit::edit(ledgerline, &operator, &request_id(), id, Edited { args }).await.map_err(gone(id))?;
    if out.is_json() {
        return out.json(&job::job(ledgerline, copy).await?);
    }
    out.line(&format!("Asked for as job {copy}, with the arguments given."))
}

/// The text of a file or of standard input, as long as arguments may be.
fn read(file: &FilePath) -> Result<String> {
    let told = |error: &dyn std::fmt::Display| {
        Failed::Said(USAGE, format!("The arguments in {} cannot be read: {error}.", file.display()))
    };
    let source: Box<dyn Read> = if file == FilePath::new("-") {
        Box::new(std::io::stdin())
    } else {
        Box::new(File::open(file).map_err(|error| told(&error))?)
    };
    let mut text = String::new();
    let size = source.take(LARGEST_ARGUMENTS + 1).read_to_string(&mut text).map_err(|error| told(&error))?;
    if u64::try_from(size).is_ok_and(|size| size <= LARGEST_ARGUMENTS) {
        return Ok(text);
    }
    Err(told(&format!("they are larger than {} MB", LARGEST_ARGUMENTS >> 20)))
}

/// Prints the arguments of a job unmasked.
pub(super) async fn reveal(
    ledgerline: &Ledgerline,
    out: &Output,
    acting: &Acting,
    id: Uuid,
    reason: String,
) -> Result<()> {
    let operator = acting.operator(ledgerline).await?;
    let shown = reveal::reveal(ledgerline, &operator, &request_id(), id, &Reveal { reason }).await.map_err(gone(id))?;
    out.json(&shown)
}

/// Acknowledges what checks of the audit log found.
pub(super) async fn acknowledge(
    ledgerline: &Ledgerline,
    out: &Output,
    acting: &Acting,
    check: Option<Uuid>,
    reason: String,
) -> Result<()> {
    let operator = acting.operator(ledgerline).await?;
    let open = audit_list::chain(ledgerline).await?.findings;
    let none = || Failed::Said(NOT_FOUND, "No finding waits to be acknowledged.".to_owned());
    let check_id = check.or_else(|| open.first().map(|found| found.id)).ok_or_else(none)?;
    let asked = Acknowledge { check_id, reason };
    let done = acknowledge::acknowledge(ledgerline, &operator, &request_id(), &asked).await?;
    if out.is_json() {
        return out.json(&audit_list::chain(ledgerline).await?);
    }
    for found in open.iter().skip_while(|found| found.id != check_id) {
        out.line(&format!("{}  {}", found.at.to_rfc3339(), found.finding.as_deref().unwrap_or_default()))?;
    }
    out.line(&format!("{done} findings are acknowledged."))
}

/// Pauses or resumes a queue or a schedule.
pub(super) async fn pause(
    ledgerline: &Ledgerline,
    out: &Output,
    acting: &Acting,
    what: Pausable,
    pause: bool,
    reason: Option<String>,
) -> Result<()> {
    let operator = acting.operator(ledgerline).await?;
    let reason = Pause { reason }.reason()?;
    let (reason, request) = (reason.as_deref(), request_id());
    let (name, json) = match (what.queue, what.schedule) {
        (Some(queue), _) => {
            let view = queues::set_paused(ledgerline, &operator, &request, &queue, pause, reason).await?;
            (format!("The queue {queue}"), serde_json::to_value(view))
        }
        (None, schedule) => {
            let schedule = schedule.unwrap_or_default();
            let view = schedules::pause::set_paused(ledgerline, &operator, &request, &schedule, pause, reason).await?;
            (format!("The schedule {schedule}"), serde_json::to_value(view))
        }
    };
    if out.is_json() {
        return out.json(&json.map_err(Error::internal)?);
    }
    let done = if pause { "is paused: nothing of it starts until it is resumed" } else { "runs again" };
    out.line(&format!("{name} {done}."))
}

/// Cancels what still lives of a batch.
pub(super) async fn cancel_batch(ledgerline: &Ledgerline, out: &Output, acting: &Acting, id: Uuid) -> Result<()> {
    let operator = acting.operator(ledgerline).await?;
    let view = batches::cancel::cancel(ledgerline, &operator, &request_id(), id).await?;
    if out.is_json() {
        return out.json(&view);
    }
    out.line(&format!("The jobs of batch {id} that still waited are cancelled; running ones are asked to stop."))
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
    let id = node_id(ledgerline, node).await?;
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

/// A node by its name or id.
pub(super) async fn node_id(ledgerline: &Ledgerline, name: &str) -> Result<Uuid> {
    if let Ok(id) = Uuid::try_parse(name) {
        return Ok(id);
    }
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
