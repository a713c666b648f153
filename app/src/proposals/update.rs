//! Changes a proposal, if nobody else has meanwhile. What was sent stays: then the change begins the next version.

use loco_rs::app::AppContext;
use serde_json::json;
use uuid::Uuid;

use super::{
    create::{chosen, record, written},
    expire,
    input::{self, ProposalChange},
    plan::Plan,
    queries::{self, Changed, ProposalRow},
    send::{check_time, check_version, title_of},
    state::ProposalState,
};
use crate::{
    access::{Permission, authorize},
    error::{Error, Result},
    input::Checks,
    states::not_while,
    tenant::{Actor, TenantTx},
};

/// Applies the change to the version of the row that was read.
///
/// # Errors
/// 404; 409 `stale_version`, `wrong_state` when it is decided, `already_sent` for contact and currency of one that the
/// client has; 422.
pub async fn update(ctx: &AppContext, actor: &Actor, id: Uuid, change: ProposalChange) -> Result<ProposalRow> {
    authorize(actor, Permission::WorkOnProjects)?;
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let before = queries::lock(&mut tx, id).await?;
    if !ProposalState::EDITED.contains(&before.state) {
        return Err(not_while("Editing", before.state, ProposalState::EDITED));
    }
    check_version(&before, change.version)?;
    let title_before = title_of(&mut tx, &before).await?;
    let plan_before = queries::plan::read(&mut tx, id, before.current_version).await?.unwrap_or_default();
    let (title, currency, plan) = checked(&change, &before, &title_before, &plan_before)?;
    let contact_id = change.contact_id.unwrap_or(before.contact_id);
    if before.sent_version.is_some() && (contact_id != before.contact_id || currency != before.currency) {
        let detail =
            "The client has this proposal, so its contact and its currency stay. Withdraw it and write another.";
        return Err(Error::conflict("already_sent", detail));
    }
    let client_id =
        if contact_id == before.contact_id { before.client_id } else { chosen(&mut tx, contact_id).await?.client_id };
    let valid_until = change.valid_until.unwrap_or(before.valid_until);
    if let Some(at) = valid_until.filter(|_| valid_until != before.valid_until) {
        check_time(&mut tx, at).await?;
        if before.sent_version.is_some() {
            expire::ask(&mut tx, id, at).await?;
        }
    }

    let rewritten = title != title_before || plan != plan_before;
    let begins_version = rewritten && before.sent_version == Some(before.current_version);
    let same = (contact_id, &currency, valid_until) == (before.contact_id, &before.currency, before.valid_until);
    if same && !rewritten {
        return Ok(before);
    }
    let current_version = before.current_version + i32::from(begins_version);
    // the list shows the title that the client has
    let shown = if before.sent_version.is_some() { &before.title } else { &title };
    let changed = Changed { client_id, contact_id, title: shown, currency: &currency, valid_until, current_version };
    queries::update(&mut tx, id, &changed).await?;
    if rewritten {
        queries::plan::write(&mut tx, id, current_version, &title, &plan).await?;
    }
    let event = if begins_version { "proposal_version_begun" } else { "proposal_updated" };
    record(&mut tx, "update", event, id, json!({ "version": current_version })).await?;
    let row = written(&mut tx, id).await?;
    tx.commit().await?;
    Ok(row)
}

fn checked(change: &ProposalChange, before: &ProposalRow, title: &str, plan: &Plan) -> Result<(String, String, Plan)> {
    let mut checks = Checks::new();
    let title = match change.title.as_deref() {
        Some(new) if new != title => checks.required("title", "The title", new, 255),
        _ => title.to_owned(),
    };
    let currency = match change.currency.as_deref() {
        Some(new) if new != before.currency => input::currency(&mut checks, new),
        _ => before.currency.clone(),
    };
    let plan = change.plan.clone().map_or_else(|| plan.clone(), |plan| plan.checked(&mut checks));
    checks.done()?;
    Ok((title, currency, plan))
}
