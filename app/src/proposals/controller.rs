//! Parse, authorize, one call, answer.

use axum::{Json, extract::State, http::StatusCode};
use loco_rs::app::AppContext;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    create, decide,
    history::{self, ProposalEvent},
    input::{Decision, NewProposal, ProposalChange, Sending},
    list::{self, ProposalListQuery},
    queries::{self, ProposalRow},
    send, update,
    view::{ProposalSummary, ProposalView},
    withdraw,
};
use crate::{
    access::{Permission, authorize},
    error::{Error, Result},
    http::extract::{Body, Path, Query},
    page::{self, PageQuery},
    routes::Problems,
    tenant::{Actor, TenantTx},
};

/// A page of proposals.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProposalList {
    proposals: Vec<ProposalSummary>,
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// Proposals, newest first
#[utoipa::path(get, path = "/api/proposals", tag = "proposals", params(ProposalListQuery),
    responses((status = 200, body = ProposalList), Problems))]
pub(super) async fn list_proposals(
    State(ctx): State<AppContext>,
    actor: Actor,
    Query(query): Query<ProposalListQuery>,
) -> Result<Json<ProposalList>> {
    authorize(&actor, Permission::WorkOnProjects)?;
    let mut tx = TenantTx::begin(&ctx, &actor).await?;
    let (rows, next_cursor) = list::list(&mut tx, query).await?;
    Ok(Json(ProposalList { proposals: rows.into_iter().map(ProposalSummary::from).collect(), next_cursor }))
}

/// The proposal with what a version says: the current one unless given.
async fn shown(ctx: &AppContext, actor: &Actor, row: ProposalRow, version: Option<i32>) -> Result<Json<ProposalView>> {
    let mut tx = TenantTx::begin(ctx, actor).await?;
    let version = version.unwrap_or(row.current_version);
    let plan = queries::plan::read(&mut tx, row.id, version).await?.ok_or_else(Error::not_found)?;
    let versions = queries::plan::versions(&mut tx, row.id, row.current_version).await?;
    Ok(Json(ProposalView::new(row, version, plan, versions)))
}

/// Write a proposal
#[utoipa::path(post, path = "/api/proposals", tag = "proposals", request_body = NewProposal,
    responses((status = 201, body = ProposalView), Problems))]
pub(super) async fn create_proposal(
    State(ctx): State<AppContext>,
    actor: Actor,
    Body(body): Body<NewProposal>,
) -> Result<(StatusCode, Json<ProposalView>)> {
    let row = create::create(&ctx, &actor, body).await?;
    Ok((StatusCode::CREATED, shown(&ctx, &actor, row, None).await?))
}

/// Which version.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VersionQuery {
    /// The version to show; the current one unless given.
    pub plan_version: Option<i32>,
}

/// One proposal, with what one of its versions says
#[utoipa::path(get, path = "/api/proposals/{id}", tag = "proposals", params(("id" = Uuid, Path), VersionQuery),
    responses((status = 200, body = ProposalView), Problems))]
pub(super) async fn show_proposal(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Query(query): Query<VersionQuery>,
) -> Result<Json<ProposalView>> {
    authorize(&actor, Permission::WorkOnProjects)?;
    let row = queries::find(&mut TenantTx::begin(&ctx, &actor).await?, id).await?.ok_or_else(Error::not_found)?;
    shown(&ctx, &actor, row, query.plan_version).await
}

/// Change a proposal; once it was sent, a change begins its next version
#[utoipa::path(patch, path = "/api/proposals/{id}", tag = "proposals", params(("id" = Uuid, Path)),
    request_body = ProposalChange, responses((status = 200, body = ProposalView), Problems))]
pub(super) async fn update_proposal(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Body(body): Body<ProposalChange>,
) -> Result<Json<ProposalView>> {
    let row = update::update(&ctx, &actor, id, body).await?;
    shown(&ctx, &actor, row, None).await
}

/// Send the version that was written last
#[utoipa::path(post, path = "/api/proposals/{id}/send", tag = "proposals", params(("id" = Uuid, Path)),
    request_body = Sending, responses((status = 200, body = ProposalView), Problems))]
pub(super) async fn send_proposal(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Body(body): Body<Sending>,
) -> Result<Json<ProposalView>> {
    let row = send::send(&ctx, &actor, id, body.version).await?;
    shown(&ctx, &actor, row, None).await
}

/// Take a proposal back
#[utoipa::path(post, path = "/api/proposals/{id}/withdraw", tag = "proposals", params(("id" = Uuid, Path)),
    responses((status = 200, body = ProposalView), Problems))]
pub(super) async fn withdraw_proposal(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<Json<ProposalView>> {
    let row = withdraw::withdraw(&ctx, &actor, id).await?;
    shown(&ctx, &actor, row, None).await
}

/// Write down that the client has approved the proposal, and make its project
#[utoipa::path(post, path = "/api/proposals/{id}/approve", tag = "proposals", params(("id" = Uuid, Path)),
    request_body = Decision, responses((status = 200, body = ProposalView), Problems))]
pub(super) async fn approve_proposal(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Body(body): Body<Decision>,
) -> Result<Json<ProposalView>> {
    let row = decide::approve_on_behalf(&ctx, &actor, id, &body).await?;
    shown(&ctx, &actor, row, None).await
}

/// Write down that the client has declined the proposal
#[utoipa::path(post, path = "/api/proposals/{id}/decline", tag = "proposals", params(("id" = Uuid, Path)),
    request_body = Decision, responses((status = 200, body = ProposalView), Problems))]
pub(super) async fn decline_proposal(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Body(body): Body<Decision>,
) -> Result<Json<ProposalView>> {
    let row = decide::decline_on_behalf(&ctx, &actor, id, &body).await?;
    shown(&ctx, &actor, row, None).await
}

/// A page of what happened to a proposal.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProposalHistory {
    events: Vec<ProposalEvent>,
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// What happened to a proposal, newest first
#[utoipa::path(get, path = "/api/proposals/{id}/history", tag = "proposals", params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = ProposalHistory), Problems))]
pub(super) async fn list_proposal_history(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Query(query): Query<PageQuery>,
) -> Result<Json<ProposalHistory>> {
    authorize(&actor, Permission::WorkOnProjects)?;
    let mut tx = TenantTx::begin(&ctx, &actor).await?;
    queries::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    let (events, next_cursor) = page::read(
        query.cursor.as_deref(),
        query.limit,
        |before, limit| history::page(&mut tx, id, before, limit),
        |event| (event.at, event.id),
    )
    .await?;
    Ok(Json(ProposalHistory { events, next_cursor }))
}
