//! Pauses and resumes a schedule. Its due times go on and are written down as paused; they are not made up for.

use ledgerline_jobs::engine::activity::{self, News};
use serde_json::json;

use super::{queries, read, view::ScheduleView};
use crate::{
    Ledgerline,
    console::act::{self, Deed, FullOperator},
    error::{Error, Result},
};

/// Pauses or resumes. Doing it twice is no error; the audit log says which time changed something.
///
/// # Errors
/// 404.
pub async fn set_paused(
    ledgerline: &Ledgerline,
    operator: &FullOperator,
    request_id: &str,
    name: &str,
    pause: bool,
    reason: Option<&str>,
) -> Result<ScheduleView> {
    let mut tx = act::begin(ledgerline, operator, request_id).await?;
    let was = queries::lock(&mut tx, name).await?.ok_or_else(Error::not_found)?;
    let changed = was.paused != pause;
    if changed {
        queries::set_paused(&mut tx, name, pause.then_some(operator.name.as_str()), reason.filter(|_| pause)).await?;
    }
    let deed = Deed {
        operator,
        request_id,
        action: if pause { "console.pause_schedule" } else { "console.resume_schedule" },
        subject_kind: "schedule",
        subject_id: None,
        workspace_id: None,
    };
    deed.record(&mut tx, json!({ "schedule": name, "changed": changed, "reason": reason })).await?;
    let view = read::one(&mut tx, name).await?;
    if changed {
        let what = if pause { "schedule_paused" } else { "schedule_resumed" };
        activity::tell(&mut tx, &News::about(what, name).by(&operator.name).reason(reason)).await?;
    }
    tx.commit().await?;
    Ok(view)
}
