//! Parse, authorize, one call, answer: the routes about jobs.

use axum::{Json, extract::State, http::StatusCode};
use loco_rs::app::AppContext;
use uuid::Uuid;

use super::{
    cancel,
    count::{self, CountQuery},
    delete,
    edit::{self, Edited},
    failures::{self, FailureQuery},
    job,
    list::{self, JobQuery},
    retry,
    reveal::{self, Reveal},
    searches::{self, NewSearch},
    view::{ArgumentsView, CountView, FailureList, JobList, JobRefList, JobView, SavedSearch, SavedSearchList},
};
use crate::{
    Ledgerline,
    accounts::session::Operator,
    console::act::FullOperator,
    error::Result,
    http::{
        boundary::RequestId,
        extract::{Body, Path, Query},
    },
    page::PageQuery,
    routes::Problems,
};

/// Jobs: live ones by due time, then those that ended, the latest first
///
/// A search that few jobs fit stops after so many jobs and says how far it looked; `nextCursor` looks further.
#[utoipa::path(get, path = "/api/console/jobs", tag = "console", params(JobQuery),
    responses((status = 200, body = JobList), Problems))]
pub(in crate::console) async fn list_jobs(
    State(ctx): State<AppContext>,
    _: Operator,
    Query(query): Query<JobQuery>,
) -> Result<Json<JobList>> {
    Ok(Json(list::jobs(&Ledgerline::of(&ctx), query).await?))
}

/// How many jobs a search finds: at most 10 000, and as many as can be counted in a tenth of a second
#[utoipa::path(get, path = "/api/console/jobs/count", tag = "console", params(CountQuery),
    responses((status = 200, body = CountView), Problems))]
pub(in crate::console) async fn count_jobs(
    State(ctx): State<AppContext>,
    _: Operator,
    Query(query): Query<CountQuery>,
) -> Result<Json<CountView>> {
    Ok(Json(count::count(&Ledgerline::of(&ctx), &query).await?))
}

/// Dead and quarantined jobs by what their errors have in common
#[utoipa::path(get, path = "/api/console/failures", tag = "console", params(FailureQuery),
    responses((status = 200, body = FailureList), Problems))]
pub(in crate::console) async fn list_failures(
    State(ctx): State<AppContext>,
    _: Operator,
    Query(query): Query<FailureQuery>,
) -> Result<Json<FailureList>> {
    Ok(Json(failures::failures(&Ledgerline::of(&ctx), &query).await?))
}

/// One job and its story
#[utoipa::path(get, path = "/api/console/jobs/{id}", tag = "console", params(("id" = Uuid, Path)),
    responses((status = 200, body = JobView), Problems))]
pub(in crate::console) async fn show_job(
    State(ctx): State<AppContext>,
    _: Operator,
    Path(id): Path<Uuid>,
) -> Result<Json<JobView>> {
    Ok(Json(job::job(&Ledgerline::of(&ctx), id).await?))
}

/// Jobs that a job asked for
#[utoipa::path(get, path = "/api/console/jobs/{id}/children", tag = "console", params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = JobRefList), Problems))]
pub(in crate::console) async fn list_children(
    State(ctx): State<AppContext>,
    _: Operator,
    Path(id): Path<Uuid>,
    Query(query): Query<PageQuery>,
) -> Result<Json<JobRefList>> {
    Ok(Json(job::children(&Ledgerline::of(&ctx), id, &query).await?))
}

/// Show the arguments of a job with nothing masked; the audit log keeps who looked and why
#[utoipa::path(post, path = "/api/console/jobs/{id}/reveal", tag = "console", params(("id" = Uuid, Path)),
    request_body = Reveal, responses((status = 200, body = ArgumentsView), Problems))]
pub(in crate::console) async fn reveal_job(
    State(ctx): State<AppContext>,
    operator: FullOperator,
    RequestId(request_id): RequestId,
    Path(id): Path<Uuid>,
    Body(body): Body<Reveal>,
) -> Result<Json<ArgumentsView>> {
    Ok(Json(reveal::reveal(&Ledgerline::of(&ctx), &operator, &request_id, id, &body).await?))
}

/// Retry a dead or quarantined job; answers the job or its linked copy
#[utoipa::path(post, path = "/api/console/jobs/{id}/retry", tag = "console", params(("id" = Uuid, Path)),
    responses((status = 200, body = JobView), Problems))]
pub(in crate::console) async fn retry_job(
    State(ctx): State<AppContext>,
    operator: FullOperator,
    RequestId(request_id): RequestId,
    Path(id): Path<Uuid>,
) -> Result<Json<JobView>> {
    let ledgerline = Ledgerline::of(&ctx);
    let id = retry::retry(&ledgerline, &operator, &request_id, id).await?;
    Ok(Json(job::job(&ledgerline, id).await?))
}

/// Ask for an ended job again with other arguments; answers the linked copy
#[utoipa::path(post, path = "/api/console/jobs/{id}/edit", tag = "console", params(("id" = Uuid, Path)),
    request_body = Edited, responses((status = 200, body = JobView), Problems))]
pub(in crate::console) async fn edit_job(
    State(ctx): State<AppContext>,
    operator: FullOperator,
    RequestId(request_id): RequestId,
    Path(id): Path<Uuid>,
    Body(body): Body<Edited>,
) -> Result<Json<JobView>> {
    let ledgerline = Ledgerline::of(&ctx);
    let copy = edit::edit(&ledgerline, &operator, &request_id, id, body).await?;
    Ok(Json(job::job(&ledgerline, copy).await?))
}

/// Cancel a job, or ask it to stop when it runs
#[utoipa::path(post, path = "/api/console/jobs/{id}/cancel", tag = "console", params(("id" = Uuid, Path)),
    responses((status = 200, body = JobView), Problems))]
pub(in crate::console) async fn cancel_job(
    State(ctx): State<AppContext>,
    operator: FullOperator,
    RequestId(request_id): RequestId,
    Path(id): Path<Uuid>,
) -> Result<Json<JobView>> {
    let ledgerline = Ledgerline::of(&ctx);
    cancel::cancel(&ledgerline, &operator, &request_id, id).await?;
    Ok(Json(job::job(&ledgerline, id).await?))
}

/// Delete a dead or quarantined job: nobody will retry it
#[utoipa::path(delete, path = "/api/console/jobs/{id}", tag = "console", params(("id" = Uuid, Path)),
    responses((status = 200, body = JobView), Problems))]
pub(in crate::console) async fn delete_job(
    State(ctx): State<AppContext>,
    operator: FullOperator,
    RequestId(request_id): RequestId,
    Path(id): Path<Uuid>,
) -> Result<Json<JobView>> {
    let ledgerline = Ledgerline::of(&ctx);
    delete::delete(&ledgerline, &operator, &request_id, id).await?;
    Ok(Json(job::job(&ledgerline, id).await?))
}

/// Searches that the operator keeps
#[utoipa::path(get, path = "/api/console/searches", tag = "console",
    responses((status = 200, body = SavedSearchList), Problems))]
pub(in crate::console) async fn list_searches(
    State(ctx): State<AppContext>,
    operator: Operator,
) -> Result<Json<SavedSearchList>> {
    Ok(Json(searches::list(&Ledgerline::of(&ctx), &operator).await?))
}

/// Keep a search under a name
#[utoipa::path(post, path = "/api/console/searches", tag = "console", request_body = NewSearch,
    responses((status = 201, body = SavedSearch), Problems))]
pub(in crate::console) async fn keep_search(
    State(ctx): State<AppContext>,
    operator: Operator,
    Body(body): Body<NewSearch>,
) -> Result<(StatusCode, Json<SavedSearch>)> {
    Ok((StatusCode::CREATED, Json(searches::keep(&Ledgerline::of(&ctx), &operator, &body).await?)))
}

/// Forget a kept search
#[utoipa::path(delete, path = "/api/console/searches/{id}", tag = "console", params(("id" = Uuid, Path)),
    responses((status = 204), Problems))]
pub(in crate::console) async fn forget_search(
    State(ctx): State<AppContext>,
    operator: Operator,
    Path(id): Path<Uuid>,
) -> Result<StatusCode> {
    searches::forget(&Ledgerline::of(&ctx), &operator, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
