//! Asks for a schedule's job now, whatever its due times are and whether or not it is paused.

use ledgerline_jobs::{
    Options,
    engine::activity::{self, News},
    enqueue_row,
};
use serde_json::json;
use uuid::Uuid;

use super::queries;
use crate::{
    Ledgerline,
    console::{
        act::{self, Deed, FullOperator},
        jobs::queries::rows,
        queries::look,
        view::JobRef,
    },
    error::{Error, Result},
};

/// Asks for the job; answers it. The same `run` again answers the same job.
///
/// # Errors
/// 404, 409 `run_id_taken`, 503 `no_worker`.
pub async fn run(
    ledgerline: &Ledgerline,
    operator: &FullOperator,
    request_id: &str,
    name: &str,
    run: Uuid,
) -> Result<JobRef> {
    let mut tx = act::begin(ledgerline, operator, request_id).await?;
    // the lock makes a second click wait here until the first is written down
    let schedule = queries::lock(&mut tx, name).await?.ok_or_else(Error::not_found)?;
    if let Some((of, job)) = queries::run(&mut tx, run).await? {
        if of != name {
            return Err(taken());
        }
        return answer(ledgerline, job).await;
    }
    let Some(job) = schedule.job else {
        return Err(Error {
            retry_after: Some(10),
            ..Error::new(
                axum::http::StatusCode::SERVICE_UNAVAILABLE,
                "no_worker",
                "No worker node of this release has started yet, so it is not known what to run. Start one and try again.",
            )
        });
    };
    let asked = enqueue_row(&mut tx, &job.0, &Options::default()).await.map_err(act::without_room)?;
    let id = asked.id().ok_or_else(|| Error::internal("a schedule's job has no key that could be held"))?;
    if !queries::note_run(&mut tx, run, name, id, &operator.name).await? {
        return Err(taken());
    }
    let deed = Deed {
        operator,
        request_id,
        action: "console.run_schedule",
        subject_kind: "job",
        subject_id: Some(id),
        workspace_id: None,
    };
    deed.record(&mut tx, json!({ "schedule": name, "kind": job.0.kind })).await?;
    activity::tell(&mut tx, &News::about("schedule_run", name).id(id).by(&operator.name)).await?;
    tx.commit().await?;
    ledgerline.wake.nudge();
    answer(ledgerline, id).await
}

fn taken() -> Error {
    Error::conflict("run_id_taken", "This `runId` belongs to a run of another schedule. Make up a new one.")
}

async fn answer(ledgerline: &Ledgerline, id: Uuid) -> Result<JobRef> {
    let mut tx = look(&ledgerline.databases.platform).await?;
    rows::refs(&mut tx, &[id]).await?.pop().ok_or_else(Error::not_found)
}
