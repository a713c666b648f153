//! The page of one thing that is no job.

use uuid::Uuid;

use super::{
    Result,
    acting::node_id,
    args::Page,
    output::{Column, Output, cell, value},
};
use crate::{
    Ledgerline,
    console::{
        batches::read as batches,
        bulk::{input::ItemQuery, show},
        nodes::read as nodes,
        queries::look,
        schedules::read as schedules,
    },
};

/// One batch.
pub(super) async fn batch(ledgerline: &Ledgerline, out: &Output, id: Uuid) -> Result<()> {
    let batch = batches::one(ledgerline, id).await?;
    if out.is_json() {
        return out.json(&batch);
    }
    let batch = value(&batch)?;
    let fact = |at: &str| cell(batch.pointer(at));
    out.facts(&[
        ("Batch", fact("/id")),
        ("For", fact("/kind")),
        ("State", fact("/state")),
        ("Workspace", fact("/workspaceName")),
        ("Jobs", fact("/total")),
        ("Succeeded", fact("/succeeded")),
        ("Dead", fact("/dead")),
        ("Cancelled", fact("/cancelled")),
        ("Per second", fact("/perSecond")),
        ("Seconds left", fact("/secondsLeft")),
        ("Opened", fact("/createdAt")),
        ("Sealed", fact("/sealedAt")),
        ("Ended", fact("/finishedAt")),
        ("At its end", fact("/onDoneKind")),
    ])
}

/// One node and its jobs.
pub(super) async fn node(ledgerline: &Ledgerline, out: &Output, node: &str) -> Result<()> {
    let node = nodes::one(ledgerline, node_id(ledgerline, node).await?).await?;
    if out.is_json() {
        return out.json(&node);
    }
    let node = value(&node)?;
    let fact = |at: &str| cell(node.pointer(at));
    out.facts(&[
        ("Node", fact("/name")),
        ("Id", fact("/id")),
        ("State", fact("/state")),
        ("Asked", fact("/asked")),
        ("By", fact("/askedBy")),
        ("Host", fact("/host")),
        ("Pid", fact("/pid")),
        ("Version", fact("/version")),
        ("Running", fact("/running")),
        ("Started", fact("/startedAt")),
        ("Seen", fact("/beatAt")),
    ])?;
    let columns = [("JOB", "/id"), ("KIND", "/kind"), ("QUEUE", "/queue"), ("STARTED", "/startedAt")];
    rows(out, node["jobs"].as_array().map_or(&[], Vec::as_slice), &columns)
}

/// One schedule and a page of what became of its due times.
pub(super) async fn schedule(ledgerline: &Ledgerline, out: &Output, name: &str, page: Page) -> Result<()> {
    let mut tx = look(&ledgerline.databases.platform).await?;
    let schedule = value(&schedules::one(&mut tx, name).await?)?;
    let history = schedules::history(&mut tx, name, page.cursor.as_deref(), Some(page.limit)).await?;
    if out.is_json() {
        return out.json(&serde_json::json!({ "schedule": schedule, "history": history }));
    }
    let fact = |at: &str| cell(schedule.pointer(at));
    out.facts(&[
        ("Schedule", fact("/name")),
        ("Cron", format!("{} in {}", fact("/cron"), fact("/timezone"))),
        ("Job", fact("/kind")),
        ("Paused by", fact("/pausedBy")),
        ("Because", fact("/pausedReason")),
        ("Overdue since", fact("/overdue")),
        ("Missed in 7 days", fact("/missed")),
        ("Next", fact("/nextSlots").replace(['[', ']', '"'], "").replace(',', " ")),
    ])?;
    out.line("")?;
    let columns =
        [("DUE", "/at"), ("CAME OF IT", "/outcome"), ("DECIDED", "/decidedAt"), ("BY", "/by"), ("JOB", "/jobId")];
    out.list(&history, "entries", &columns)
}

/// One bulk action and a page of its jobs.
pub(super) async fn bulk(ledgerline: &Ledgerline, out: &Output, id: Uuid, page: Page) -> Result<()> {
    let bulk = value(&show::show(ledgerline, id).await?)?;
    let query = ItemQuery { state: None, cursor: page.cursor, limit: Some(page.limit) };
    let items = show::jobs(ledgerline, id, &query).await?;
    if out.is_json() {
        return out.json(&serde_json::json!({ "bulkAction": bulk, "items": items }));
    }
    let fact = |at: &str| cell(bulk.pointer(at));
    out.facts(&[
        ("Bulk action", fact("/id")),
        ("Verb", fact("/verb")),
        ("State", fact("/state")),
        ("Search", fact("/search")),
        ("Reason", fact("/reason")),
        ("By", fact("/createdBy")),
        ("Canary", fact("/verdict")),
        ("Done", fact("/done")),
        ("Skipped", fact("/skipped")),
        ("Left", fact("/left")),
    ])?;
    out.line("")?;
    let columns = [
        ("JOB", "/jobId"),
        ("KIND", "/kind"),
        ("WAS", "/was"),
        ("CAME OF IT", "/state"),
        ("OBSTACLE", "/obstacle"),
        ("NOTE", "/note"),
        ("COPY", "/copyId"),
    ];
    out.list(&items, "items", &columns)
}

fn rows(out: &Output, rows: &[serde_json::Value], columns: &[Column]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    out.line("")?;
    out.table(rows, columns)
}
