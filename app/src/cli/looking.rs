//! What only looks.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Failed, NOT_FOUND, NOT_WELL, Result,
    acting::gone,
    args::{Audit, Page, Which},
    output::{Output, cell, value},
};
use crate::{
    Ledgerline,
    console::{
        audit::{
            list::{self as audit_list, AuditQuery, AuditScope},
            queries as audit, verify,
        },
        batches::{
            read as batches,
            view::{BatchQuery, BatchState},
        },
        bulk::show,
        jobs::{
            count::{self, CountQuery},
            failures::{self, FailureQuery},
            job,
            list::{self, JobQuery},
        },
        nodes::{read as nodes, view::NodeQuery},
        overview,
        queries::look,
        schedules::{read, view::ScheduleList},
        view::QueueList,
    },
};

/// A page of jobs.
pub(super) async fn list(ledgerline: &Ledgerline, out: &Output, which: &Which, page: Page) -> Result<()> {
    let query = JobQuery { search: Some(which.search()), cursor: page.cursor, limit: Some(page.limit) };
    let jobs = list::jobs(ledgerline, query).await?;
    let columns = [
        ("ID", "/id"),
        ("KIND", "/kind"),
        ("STATE", "/state"),
        ("QUEUE", "/queue"),
        ("ATTEMPT", "/attempt"),
        ("ASKED FOR", "/createdAt"),
        ("ERROR", "/lastError"),
    ];
    out.list(&jobs, "jobs", &columns)?;
    match value(&jobs)?["lookedThrough"].as_object() {
        Some(looked) if !out.is_json() => {
            let until = cell(looked.get("until"));
            out.note(&format!(
                "Looked through {} jobs, as far as {until}. Narrow the search, or go on.",
                looked["jobs"]
            ))
        }
        _ => Ok(()),
    }
}

/// How many jobs a search finds.
pub(super) async fn count(ledgerline: &Ledgerline, out: &Output, which: &Which) -> Result<()> {
    let counted = count::count(ledgerline, &CountQuery { search: Some(which.search()) }).await?;
    if out.is_json() {
        return out.json(&counted);
    }
    match counted.jobs {
        Some(jobs) => out.line(&cell(Some(&value(&jobs)?))),
        None => out.line("Not counted: that would take longer than a tenth of a second."),
    }
}

/// What fails, by cause.
pub(super) async fn failures(ledgerline: &Ledgerline, out: &Output, which: &Which) -> Result<()> {
    let failures = failures::failures(ledgerline, &FailureQuery { search: Some(which.search()) }).await?;
    let columns = [
        ("JOBS", "/jobs"),
        ("KIND", "/kind"),
        ("ERROR", "/error"),
        ("FINGERPRINT", "/fingerprint"),
        ("FIRST", "/firstAt"),
        ("LAST", "/lastAt"),
    ];
    out.list(&failures, "failures", &columns)
}

/// One job.
pub(super) async fn show(ledgerline: &Ledgerline, out: &Output, id: Uuid) -> Result<()> {
    let job = job::job(ledgerline, id).await.map_err(gone(id))?;
    if out.is_json() {
        return out.json(&job);
    }
    let job = value(&job)?;
    let fact = |at: &str| cell(job.pointer(at));
    out.facts(&[
        ("Job", fact("/id")),
        ("Kind", fact("/kind")),
        ("State", fact("/state")),
        ("Queue", fact("/queue")),
        ("Workspace", fact("/workspaceName")),
        ("Attempts", format!("{} of {}", fact("/attempt"), fact("/maxAttempts"))),
        ("Asked for", fact("/createdAt")),
        ("Due", fact("/runAt")),
        ("Ended", fact("/finishedAt")),
        ("Batch", fact("/batchId")),
        ("Node", fact("/node")),
        ("Why it waits", fact("/whyWaiting")),
        ("Reason", fact("/reason")),
        ("Error", fact("/lastError")),
        ("Arguments", job["args"].to_string()),
    ])?;
    let none = Vec::new();
    let attempts = job["attempts"].as_array().unwrap_or(&none);
    if !attempts.is_empty() {
        out.line("")?;
        let columns = [
            ("ATTEMPT", "/attempt"),
            ("BEGAN", "/startedAt"),
            ("OUTCOME", "/outcome"),
            ("NODE", "/node"),
            ("ERROR", "/error"),
        ];
        out.table(attempts, &columns)?;
    }
    for line in job["logs"].as_array().unwrap_or(&none) {
        out.line(&format!("{}  {}  {}", cell(line.get("at")), cell(line.get("level")), cell(line.get("message"))))?;
    }
    Ok(())
}

/// All queues.
pub(super) async fn queues(ledgerline: &Ledgerline, out: &Output) -> Result<()> {
    let queues = QueueList { queues: overview::queues(ledgerline).await? };
    out.list(&queues, "queues", &QUEUES)
}

pub(super) const QUEUES: [(&str, &str); 7] = [
    ("QUEUE", "/name"),
    ("PAUSED", "/paused"),
    ("BY", "/pausedBy"),
    ("WAITING", "/depth"),
    ("RUNNING", "/running"),
    ("OLDEST, S", "/oldestSeconds"),
    ("PER MINUTE", "/perMinute"),
];

/// Recurring work.
pub(super) async fn schedules(ledgerline: &Ledgerline, out: &Output) -> Result<()> {
    let mut tx = look(&ledgerline.databases.platform).await?;
    let schedules = ScheduleList { schedules: read::all(&mut tx).await? };
    let columns = [
        ("SCHEDULE", "/name"),
        ("CRON", "/cron"),
        ("ZONE", "/timezone"),
        ("KIND", "/kind"),
        ("LAST", "/lastSlot"),
        ("CAME OF IT", "/lastOutcome"),
        ("OVERDUE", "/overdue"),
        ("NEXT", "/nextSlot"),
        ("PAUSED BY", "/pausedBy"),
    ];
    out.list(&schedules, "schedules", &columns)
}

/// Worker nodes, the latest start first.
pub(super) async fn nodes(ledgerline: &Ledgerline, out: &Output, gone: bool, page: Page) -> Result<()> {
    let query = NodeQuery { gone, cursor: page.cursor, limit: Some(page.limit) };
    let nodes = nodes::page(ledgerline, &query).await?;
    let columns = [
        ("NODE", "/name"),
        ("STATE", "/state"),
        ("HOST", "/host"),
        ("PID", "/pid"),
        ("VERSION", "/version"),
        ("RUNNING", "/running"),
        ("STARTED", "/startedAt"),
        ("SEEN", "/beatAt"),
        ("ID", "/id"),
    ];
    out.list(&nodes, "nodes", &columns)
}

/// A page of batches, the latest first.
pub(super) async fn batches(
    ledgerline: &Ledgerline,
    out: &Output,
    state: Option<BatchState>,
    page: Page,
) -> Result<()> {
    let query = BatchQuery { state, cursor: page.cursor, limit: Some(page.limit) };
    let batches = batches::page(ledgerline, &query).await?;
    let columns = [
        ("BATCH", "/id"),
        ("FOR", "/kind"),
        ("STATE", "/state"),
        ("JOBS", "/total"),
        ("SUCCEEDED", "/succeeded"),
        ("DEAD", "/dead"),
        ("CANCELLED", "/cancelled"),
        ("OPENED", "/createdAt"),
    ];
    out.list(&batches, "batches", &columns)
}

/// Bulk actions.
pub(super) async fn bulks(ledgerline: &Ledgerline, out: &Output, page: Page) -> Result<()> {
    let bulks = show::list(ledgerline, &page.into()).await?;
    let columns = [
        ("ID", "/id"),
        ("VERB", "/verb"),
        ("STATE", "/state"),
        ("JOBS", "/able"),
        ("WHO", "/createdBy"),
        ("WHEN", "/createdAt"),
        ("SEARCH", "/search"),
    ];
    out.list(&bulks, "bulkActions", &columns)
}

/// The audit log, or whether it holds.
pub(super) async fn audit(ledgerline: &Ledgerline, out: &Output, which: Audit) -> Result<()> {
    if which.verify {
        return verified(ledgerline, out).await;
    }
    let actor_id = match &which.who {
        None => None,
        Some(email) => {
            let mut tx = look(&ledgerline.databases.platform).await?;
            let operators = audit::operators(&mut tx).await?;
            let found = operators.into_iter().find(|operator| operator.email.eq_ignore_ascii_case(email));
            let missing = || Failed::Said(NOT_FOUND, format!("{email} is no operator of this platform."));
            Some(found.ok_or_else(missing)?.user_id)
        }
    };
    let query = AuditQuery {
        scope: Some(if which.everybody { AuditScope::Everybody } else { AuditScope::Operators }),
        actor_id,
        action: which.action,
        subject: which.object,
        since: which.since,
        until: which.until,
        cursor: which.page.cursor,
        limit: Some(which.page.limit),
    };
    let entries = audit_list::entries(ledgerline, &query).await?;
    let columns = [
        ("WHEN", "/at"),
        ("WHO", "/actorName"),
        ("FROM", "/origin"),
        ("ACTION", "/action"),
        ("OBJECT", "/subjectName"),
        ("ID", "/subjectId"),
        ("REASON", "/reason"),
        ("SEAL", "/seal"),
    ];
    out.list(&entries, "entries", &columns)
}

async fn verified(ledgerline: &Ledgerline, out: &Output) -> Result<()> {
    let mut conn = ledgerline.databases.platform.acquire().await.map_err(crate::Error::from)?;
    let found = verify::verify(&mut conn, None, |_, _| {}).await?;
    let hash = found.hash.as_deref().map(audit::hex);
    if out.is_json() {
        out.json(&json!({ "seals": found.number, "hash": hash, "finding": found.finding }))?;
    } else {
        let hash = hash.map(|hash| format!(", the last hash is {hash}")).unwrap_or_default();
        out.line(&format!("{} seals hold{hash}.", found.number))?;
    }
    if let Some(finding) = found.finding {
        return Err(Failed::Said(NOT_WELL, format!("The audit log does not hold. {finding}")));
    }
    match audit::checks::open(&mut conn).await?.into_iter().next().and_then(|open| open.finding) {
        None => Ok(()),
        Some(finding) => {
            let sentence =
                format!("All seals hold now, yet a check found this and nobody has acknowledged it: {finding}");
            Err(Failed::Said(NOT_WELL, sentence))
        }
    }
}

/// What a list of groups says, the largest first.
pub(super) fn groups(summary: &Value, sort: &str, name: &str) -> Vec<String> {
    let none = Vec::new();
    summary[sort]
        .as_array()
        .unwrap_or(&none)
        .iter()
        .map(|group| format!("{:>8}  {}", cell(group.get("count")), cell(group.get(name))))
        .collect()
}
