//! Pauses and resumes queues.

use ledgerline_jobs::{
    Queue,
    engine::{
        activity::{self, News},
        control,
    },
};
use serde_json::json;

use super::{
    act::{self, Deed, FullOperator},
    overview,
    queries::acts,
    view::QueueView,
};
use crate::{
    Ledgerline,
    error::{Error, Result},
};

/// Pauses or resumes a queue. Doing it twice is no error; the audit log says which time changed something.
///
/// # Errors
/// 404 when there is no such queue.
pub async fn set_paused(
    ledgerline: &Ledgerline,
    operator: &FullOperator,
    request_id: &str,
    name: &str,
    pause: bool,
    reason: Option<&str>,
) -> Result<QueueView> {
    let mut tx = act::begin(ledgerline, operator, request_id).await?;
    if Queue::by_name(name).is_none() && !acts::is_queue(&mut tx, name).await? {
        return Err(Error::not_found());
    }
    let was_paused = acts::lock_queue(&mut tx, name).await?;
    if pause {
        control::pause(&mut tx, name, &operator.name, reason).await?;
    } else {
        control::resume(&mut tx, name).await?;
    }
    let deed = Deed {
        operator,
        request_id,
        action: if pause { "console.pause_queue" } else { "console.resume_queue" },
        subject_kind: "queue",
        subject_id: None,
        workspace_id: None,
    };
    deed.record(&mut tx, json!({ "queue": name, "changed": was_paused != pause, "reason": reason })).await?;
    if was_paused != pause {
        let what = if pause { "queue_paused" } else { "queue_resumed" };
        activity::tell(&mut tx, &News::about(what, name).by(&operator.name).reason(reason)).await?;
    }
    tx.commit().await?;
    if !pause {
        ledgerline.wake.nudge();
    }
    overview::queues(ledgerline).await?.into_iter().find(|queue| queue.name == name).ok_or_else(Error::not_found)
}
