//! Starts a previewed bulk action, and lets the rest go after its canary.

use ledgerline_jobs::console::Part;
use serde_json::json;
use uuid::Uuid;

use super::{
    input::BulkStart,
    queries::{self, BulkRow, Started, items},
    release,
};
use crate::{
    Ledgerline,
    console::act::{self, Deed, FullOperator},
    error::{Error, FieldError, Result},
};

/// Acts on the canary, or on everything when there is none.
///
/// # Errors
/// 404, 409 `preview_expired`, `already_started` or `nothing_able`, 422 for the canary or the reason.
pub async fn start(
    ledgerline: &Ledgerline,
    operator: &FullOperator,
    request_id: &str,
    id: Uuid,
    how: &BulkStart,
) -> Result<()> {
    let mut tx = act::begin(ledgerline, operator, request_id).await?;
    let reason = how.reason()?;
    let bulk = queries::lock(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    match bulk.state.as_str() {
        "preview" => {}
        "expired" => {
            let detail = "This preview is more than half an hour old, and its jobs may have changed. Make a new one.";
            return Err(Error::conflict("preview_expired", detail));
        }
        _ => return Err(Error::conflict("already_started", "This bulk action has been started already.")),
    }
    if bulk.able == 0 {
        let detail = "None of these jobs can be acted on; the preview says why.";
        return Err(Error::conflict("nothing_able", detail));
    }
    if let Some(canary) = how.canary.filter(|canary| !(1..=bulk.able).contains(canary)) {
        let message = format!("A canary of {canary} cannot be taken from {} jobs; give 1 to {}.", bulk.able, bulk.able);
        return Err(Error::invalid(vec![FieldError::new("canary", "out_of_range", message)]));
    }
    let canary = how.canary.unwrap_or_default();
    let canary_until = if canary == 0 { 0 } else { items::canary_until(&mut tx, id, canary).await? };
    let (part, until, state) =
        if canary == 0 { (Part::Rest, i32::MAX, "running") } else { (Part::Canary, canary_until, "canary") };
    let started = Started {
        state,
        canary,
        canary_until,
        continues: how.continue_when_green,
        reason: reason.as_deref(),
        request_id,
    };
    queries::start(&mut tx, id, &started).await?;
    release::release(&mut tx, id, part, until).await?;
    let data = json!({
        "name": name(&bulk), "verb": bulk.verb, "search": bulk.search, "jobs": bulk.total, "able": bulk.able,
        "canary": how.canary, "continueWhenGreen": how.continue_when_green, "reason": reason,
        "before": { "state": "preview" }, "after": { "state": state },
    });
    deed(operator, request_id, "console.start_bulk_action", id).record(&mut tx, data).await?;
    tx.commit().await?;
    ledgerline.wake.nudge();
    Ok(())
}

/// Lets the rest go.
///
/// # Errors
/// 404, 409 `not_waiting`.
pub async fn go_on(ledgerline: &Ledgerline, operator: &FullOperator, request_id: &str, id: Uuid) -> Result<()> {
    let mut tx = act::begin(ledgerline, operator, request_id).await?;
    let bulk = queries::lock(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    if bulk.state != "waiting" && bulk.state != "canary" {
        let detail = match bulk.state.as_str() {
            "preview" | "expired" => "This bulk action has not been started.",
            "running" => "The rest goes already.",
            _ => "This bulk action has ended.",
        };
        return Err(Error::conflict("not_waiting", detail));
    }
    let left = release::release(&mut tx, id, Part::Rest, i32::MAX).await?;
    let data = json!({
        "name": name(&bulk), "verb": bulk.verb, "jobs": left, "verdict": bulk.verdict,
        "before": { "state": bulk.state }, "after": { "state": "running" },
    });
    deed(operator, request_id, "console.continue_bulk_action", id).record(&mut tx, data).await?;
    tx.commit().await?;
    ledgerline.wake.nudge();
    Ok(())
}

/// What the audit log calls a bulk action.
pub(super) fn name(bulk: &BulkRow) -> String {
    let jobs = if bulk.able == 1 { "job" } else { "jobs" };
    format!("{} {} {jobs}", bulk.verb, bulk.able)
}

pub(super) fn deed<'a>(operator: &'a FullOperator, request_id: &'a str, action: &'static str, id: Uuid) -> Deed<'a> {
    Deed { operator, request_id, action, subject_kind: "bulk_action", subject_id: Some(id), workspace_id: None }
}
