//! Parse, authorize, one call, answer.

use axum::{Json, extract::State};
use loco_rs::app::AppContext;

use super::{
    pause, read, run,
    view::{RunSchedule, ScheduleHistory, ScheduleList, ScheduleView},
};
use crate::{
    Ledgerline,
    accounts::session::Operator,
    console::{act::FullOperator, input::Pause, queries::look, view::JobRef},
    error::Result,
    http::{
        boundary::RequestId,
        extract::{Body, Path, Query},
    },
    page::PageQuery,
    routes::Problems,
};

/// Schedules
#[utoipa::path(get, path = "/api/console/schedules", tag = "console",
    responses((status = 200, body = ScheduleList), Problems))]
pub(in crate::console) async fn list_schedules(
    State(ctx): State<AppContext>,
    _: Operator,
) -> Result<Json<ScheduleList>> {
    let mut tx = look(&Ledgerline::of(&ctx).databases.platform).await?;
    Ok(Json(ScheduleList { schedules: read::all(&mut tx).await? }))
}

/// One schedule
#[utoipa::path(get, path = "/api/console/schedules/{name}", tag = "console", params(("name" = String, Path)),
    responses((status = 200, body = ScheduleView), Problems))]
pub(in crate::console) async fn show_schedule(
    State(ctx): State<AppContext>,
    _: Operator,
    Path(name): Path<String>,
) -> Result<Json<ScheduleView>> {
    let mut tx = look(&Ledgerline::of(&ctx).databases.platform).await?;
    Ok(Json(read::one(&mut tx, &name).await?))
}

/// What became of a schedule's due times and of runs by hand, the latest first
#[utoipa::path(get, path = "/api/console/schedules/{name}/history", tag = "console",
    params(("name" = String, Path), PageQuery), responses((status = 200, body = ScheduleHistory), Problems))]
pub(in crate::console) async fn list_schedule_history(
    State(ctx): State<AppContext>,
    _: Operator,
    Path(name): Path<String>,
    Query(page): Query<PageQuery>,
) -> Result<Json<ScheduleHistory>> {
    let mut tx = look(&Ledgerline::of(&ctx).databases.platform).await?;
    Ok(Json(read::history(&mut tx, &name, page.cursor.as_deref(), page.limit).await?))
}

/// Pause a schedule: its due times pass, and are not made up for
#[utoipa::path(post, path = "/api/console/schedules/{name}/pause", tag = "console", params(("name" = String, Path)),
    request_body = Pause, responses((status = 200, body = ScheduleView), Problems))]
pub(in crate::console) async fn pause_schedule(
    State(ctx): State<AppContext>,
    operator: FullOperator,
    RequestId(request_id): RequestId,
    Path(name): Path<String>,
    Body(pause): Body<Pause>,
) -> Result<Json<ScheduleView>> {
    let reason = pause.reason()?;
    let ledgerline = Ledgerline::of(&ctx);
    Ok(Json(pause::set_paused(&ledgerline, &operator, &request_id, &name, true, reason.as_deref()).await?))
}

/// Resume a schedule
#[utoipa::path(post, path = "/api/console/schedules/{name}/resume", tag = "console", params(("name" = String, Path)),
    responses((status = 200, body = ScheduleView), Problems))]
pub(in crate::console) async fn resume_schedule(
    State(ctx): State<AppContext>,
    operator: FullOperator,
    RequestId(request_id): RequestId,
    Path(name): Path<String>,
) -> Result<Json<ScheduleView>> {
    Ok(Json(pause::set_paused(&Ledgerline::of(&ctx), &operator, &request_id, &name, false, None).await?))
}

/// Ask for a schedule's job now; once per `runId`
#[utoipa::path(post, path = "/api/console/schedules/{name}/run", tag = "console", params(("name" = String, Path)),
    request_body = RunSchedule, responses((status = 200, body = JobRef), Problems))]
pub(in crate::console) async fn run_schedule(
    State(ctx): State<AppContext>,
    operator: FullOperator,
    RequestId(request_id): RequestId,
    Path(name): Path<String>,
    Body(click): Body<RunSchedule>,
) -> Result<Json<JobRef>> {
    Ok(Json(run::run(&Ledgerline::of(&ctx), &operator, &request_id, &name, click.run_id).await?))
}
