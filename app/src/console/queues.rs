//! Pauses and resumes queues.

use ledgerline_jobs::{Queue, engine::control};
use serde_json::json;

use super::{
    act::{self, Deed},
    overview,
    queries::{self, acts},
    view::QueueView,
};
use crate::{
    Ledgerline,
    accounts::session::Operator,
    error::{Error, Result},
};

/// Pauses or resumes a queue. Doing it twice is no error; the audit log says which time changed something.
///
/// # Errors
/// 403, 404 when there is no such queue.
pub async fn set_paused(
    ledgerline: &Ledgerline,
    operator: &Operator,
    request_id: &str,
    name: &str,
    pause: bool,
) -> Result<QueueView> {
    let mut tx = act::begin(ledgerline, operator, request_id).await?;
    if Queue::by_name(name).is_none() && !acts::is_queue(&mut tx, name).await? {
        return Err(Error::not_found());
    }
    let was_paused = acts::lock_queue(&mut tx, name).await?;
    if pause {
        control::pause(&mut tx, name, &operator.name, None).await?;
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
    deed.record(&mut tx, json!({ "queue": name, "changed": was_paused != pause })).await?;
    tx.commit().await?;
    if !pause {
        ledgerline.wake.nudge();
    }
    let mut look = queries::look(&ledgerline.databases.platform).await?;
    let queues = overview::queues(&mut look).await?;
    queues.into_iter().find(|queue| queue.name == name).ok_or_else(Error::not_found)
}
