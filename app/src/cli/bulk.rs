//! Acts on jobs: what will be touched is printed first, and nothing is touched without a yes.

use std::{
    io::{BufRead as _, Write as _},
    time::{Duration, Instant},
};

use uuid::Uuid;

use super::{
    Failed, NOT_WELL, REFUSED, Result, USAGE,
    acting::{Acting, request_id},
    args::Bulk,
    looking::groups,
    output::{Output, can_ask, value},
};
use crate::{
    Ledgerline,
    console::bulk::{
        abort,
        input::{BulkStart, NewBulkAction},
        preview, show, start,
        view::{BulkState, BulkVerb, BulkVerdict, BulkView},
    },
};

/// Pause between two looks.
const LOOK: Duration = Duration::from_millis(500);

/// Previews, asks, starts and waits.
pub(super) async fn bulk(
    ledgerline: &Ledgerline,
    out: &Output,
    acting: &Acting,
    verb: BulkVerb,
    what: Bulk,
) -> Result<()> {
    let operator = acting.operator(ledgerline).await?;
    let request = request_id();
    let wanted =
        NewBulkAction { verb, search: what.filter, job_ids: if what.ids.is_empty() { None } else { Some(what.ids) } };
    let id = preview::preview(ledgerline, &operator, &request, wanted).await?;
    let view = show::show(ledgerline, id).await?;
    if out.is_json() {
        if what.preview {
            return out.json(&view);
        }
    } else {
        told(out, &view)?;
    }
    if view.able == 0 {
        return Err(Failed::Said(REFUSED, "None of these jobs can be acted on.".to_owned()));
    }
    if what.preview {
        return Ok(());
    }
    if !what.yes && !asked(verb, &view, what.canary)? {
        return Err(Failed::Said(REFUSED, "Nothing was done.".to_owned()));
    }
    let how = BulkStart { canary: what.canary, continue_when_green: what.go_on, reason: what.reason };
    start::start(ledgerline, &operator, &request, id, &how).await?;
    wait(ledgerline, out, id, what.wait).await
}

/// Lets the rest go and waits.
pub(super) async fn go_on(
    ledgerline: &Ledgerline,
    out: &Output,
    acting: &Acting,
    id: Uuid,
    patience: Duration,
) -> Result<()> {
    let operator = acting.operator(ledgerline).await?;
    start::go_on(ledgerline, &operator, &request_id(), id).await?;
    wait(ledgerline, out, id, patience).await
}

/// Ends it.
pub(super) async fn abort(ledgerline: &Ledgerline, out: &Output, acting: &Acting, id: Uuid) -> Result<()> {
    let operator = acting.operator(ledgerline).await?;
    abort::abort(ledgerline, &operator, &request_id(), id).await?;
    ended(out, &show::show(ledgerline, id).await?)
}

fn told(out: &Output, view: &BulkView) -> Result<()> {
    let verb = view.verb.as_str();
    let summary = value(&view.summary)?;
    out.line(&format!(
        "{} jobs chosen; {} of them can be acted on ({verb}). Bulk action {}",
        view.total, view.able, view.id
    ))?;
    for (title, sort, name) in [
        ("Cannot:", "unable", "obstacle"),
        ("By error:", "errors", "example"),
        ("By kind:", "kinds", "name"),
        ("By workspace:", "workspaces", "name"),
        ("By state:", "states", "name"),
    ] {
        let lines = groups(&summary, sort, name);
        if !lines.is_empty() {
            out.line(title)?;
            for line in lines {
                out.line(&line)?;
            }
        }
    }
    Ok(())
}

fn asked(verb: BulkVerb, view: &BulkView, canary: Option<i32>) -> Result<bool> {
    if !can_ask() {
        let sentence = "Nobody is there to be asked. Look at the preview (--preview), then say --yes.";
        return Err(Failed::Said(USAGE, sentence.to_owned()));
    }
    let first = canary.map(|canary| format!(", {canary} first")).unwrap_or_default();
    let mut terminal = std::io::stderr();
    write!(terminal, "{} {} jobs{first}? [y/N] ", verb.as_str(), view.able)?;
    terminal.flush()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

async fn wait(ledgerline: &Ledgerline, out: &Output, id: Uuid, patience: Duration) -> Result<()> {
    let began = Instant::now();
    let mut noted = String::new();
    loop {
        let view = show::show(ledgerline, id).await?;
        let goes_on = matches!(view.state, BulkState::Canary | BulkState::Running);
        if !goes_on || patience.is_zero() {
            ended(out, &view)?;
            return as_asked(&view);
        }
        let part = if view.state == BulkState::Canary { "canary" } else { "jobs" };
        let note = format!("{part}: {} done, {} skipped, {} left", view.done, view.skipped, view.left);
        if note != noted {
            out.note(&note)?;
            noted = note;
        }
        if began.elapsed() > patience {
            ended(out, &view)?;
            let sentence = format!("It goes on, but has not ended in {} s.", patience.as_secs());
            return Err(Failed::Said(NOT_WELL, sentence));
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// What somebody stopped is not what was asked for here.
fn as_asked(view: &BulkView) -> Result<()> {
    if view.state != BulkState::Aborted {
        return Ok(());
    }
    let by = view.aborted_by.as_deref().unwrap_or("somebody");
    Err(Failed::Said(NOT_WELL, format!("It was stopped by {by}, with {} left.", view.left)))
}

/// Says how it stands; a canary that is not green is no success.
fn ended(out: &Output, view: &BulkView) -> Result<()> {
    if out.is_json() {
        out.json(view)?;
    } else {
        let state = value(&view.state)?;
        let state = state.as_str().unwrap_or_default();
        out.line(&format!(
            "{state}: {} done, {} skipped since they changed, {} left. Bulk action {}",
            view.done, view.skipped, view.left, view.id
        ))?;
    }
    if view.state != BulkState::Waiting {
        return Ok(());
    }
    let id = view.id;
    match view.verdict {
        Some(BulkVerdict::Green) => out.note(&format!(
            "The canary went well. Let the rest go: ledgerline jobs continue {id}, or end it: … abort {id}"
        )),
        Some(BulkVerdict::Red) => Err(Failed::Said(
            NOT_WELL,
            format!("Jobs of the canary failed again. End it (… abort {id}) or let the rest go (… continue {id})."),
        )),
        _ => Err(Failed::Said(
            NOT_WELL,
            format!(
                "It cannot be told how the canary went. End it (… abort {id}) or let the rest go (… continue {id})."
            ),
        )),
    }
}
