//! Parse, authorize, one call, answer.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use ledgerline_jobs::{audit::VerifyAudit, enqueue};
use loco_rs::app::AppContext;
use serde_json::json;

use super::{
    acknowledge::{self, Acknowledge},
    export,
    list::{self, AuditQuery},
    view::{AuditChain, AuditChoices, AuditList},
};
use crate::{
    Ledgerline,
    accounts::session::{Operator, SignedIn},
    console::act::{self, Deed, FullOperator},
    error::Result,
    http::{
        boundary::RequestId,
        extract::{Body, Query},
    },
    routes::Problems,
};

/// The audit log, the latest entries first
#[utoipa::path(get, path = "/api/console/audit", tag = "console", params(AuditQuery),
    responses((status = 200, body = AuditList), Problems))]
pub(super) async fn list_audit(
    State(ctx): State<AppContext>,
    _: Operator,
    Query(query): Query<AuditQuery>,
) -> Result<Json<AuditList>> {
    Ok(Json(list::entries(&Ledgerline::of(&ctx), &query).await?))
}

/// The audit log as a CSV file
#[utoipa::path(get, path = "/api/console/audit.csv", tag = "console", params(AuditQuery),
    responses((status = 200, body = String, content_type = "text/csv"), Problems))]
pub(super) async fn download_audit(
    State(ctx): State<AppContext>,
    _: Operator,
    SignedIn(session): SignedIn,
    Query(query): Query<AuditQuery>,
) -> Result<Response> {
    export::download(Ledgerline::of(&ctx), session, query)
}

/// People and actions that the audit log can be narrowed to
#[utoipa::path(get, path = "/api/console/audit/choices", tag = "console",
    responses((status = 200, body = AuditChoices), Problems))]
pub(super) async fn show_audit_choices(State(ctx): State<AppContext>, _: Operator) -> Result<Json<AuditChoices>> {
    Ok(Json(list::choices(&Ledgerline::of(&ctx)).await?))
}

/// How far the audit log is sealed, and what its last check found
#[utoipa::path(get, path = "/api/console/audit/chain", tag = "console",
    responses((status = 200, body = AuditChain), Problems))]
pub(super) async fn show_audit_chain(State(ctx): State<AppContext>, _: Operator) -> Result<Json<AuditChain>> {
    Ok(Json(list::chain(&Ledgerline::of(&ctx)).await?))
}

/// Ask for a check of the whole audit log; a job makes it
#[utoipa::path(post, path = "/api/console/audit/verify", tag = "console",
    responses((status = 202, body = AuditChain), Problems))]
pub(super) async fn verify_audit(
    State(ctx): State<AppContext>,
    operator: FullOperator,
    RequestId(request_id): RequestId,
) -> Result<(StatusCode, Json<AuditChain>)> {
    let ledgerline = Ledgerline::of(&ctx);
    let mut tx = act::begin(&ledgerline, &operator, &request_id).await?;
    let asked = enqueue(&mut tx, &VerifyAudit {}).await?;
    let deed = Deed {
        operator: &operator,
        request_id: &request_id,
        action: "console.verify_audit",
        subject_kind: "job",
        subject_id: asked.id(),
        workspace_id: None,
    };
    deed.record(&mut tx, json!({ "kind": "audit.verify" })).await?;
    tx.commit().await?;
    ledgerline.wake.nudge();
    Ok((StatusCode::ACCEPTED, Json(list::chain(&ledgerline).await?)))
}

/// Say that a finding of a check is known, and why; until then it is an alarm
#[utoipa::path(post, path = "/api/console/audit/acknowledge", tag = "console", request_body = Acknowledge,
    responses((status = 200, body = AuditChain), Problems))]
pub(super) async fn acknowledge_audit(
    State(ctx): State<AppContext>,
    operator: FullOperator,
    RequestId(request_id): RequestId,
    Body(asked): Body<Acknowledge>,
) -> Result<Json<AuditChain>> {
    let ledgerline = Ledgerline::of(&ctx);
    acknowledge::acknowledge(&ledgerline, &operator, &request_id, &asked).await?;
    Ok(Json(list::chain(&ledgerline).await?))
}
