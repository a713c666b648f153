//! What clients decide in the portal: on the proposal that was sent to them, and on the work that was handed in. The rules
//! are those of the slices `proposals` and `submissions`; here only who asks is found out.

use axum::{extract::State, http::StatusCode};
use loco_rs::app::AppContext;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::visit::Client;
use crate::{
    error::Result,
    http::extract::{Body, Path},
    proposals,
    routes::Problems,
    submissions::{
        self,
        input::{Approval, RevisionRequest},
    },
    tenant::TenantTx,
};

/// Yes to a proposal.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProposalApproval {
    /// The version that was read: `more.shownVersion` of the page.
    version: i32,
}

/// No to a proposal.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProposalRefusal {
    /// The version that was read: `more.shownVersion` of the page.
    version: i32,
    /// Why, up to 4 000 characters.
    note: Option<String>,
}

/// Engagement and submission of a path.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Work {
    submission_id: Uuid,
}

/// Note that the client has looked at the proposal
///
/// The pages say so once they are shown: programs that check mails open links, but do not read.
#[utoipa::path(post, path = "/api/proposals/{id}/portal/view", tag = "portal", params(("id" = Uuid, Path)),
    responses((status = 204), Problems))]
pub(super) async fn note_portal_view(State(ctx): State<AppContext>, Client(guest): Client) -> Result<StatusCode> {
    let mut tx = TenantTx::begin(&ctx, &guest.actor).await?;
    proposals::view_mark::view_mark(&mut tx).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Approve the proposal
#[utoipa::path(post, path = "/api/proposals/{id}/portal/approve", tag = "portal", params(("id" = Uuid, Path)),
    request_body = ProposalApproval, responses((status = 204), Problems))]
pub(super) async fn approve_portal_proposal(
    State(ctx): State<AppContext>,
    Client(guest): Client,
    Body(ProposalApproval { version }): Body<ProposalApproval>,
) -> Result<StatusCode> {
    proposals::decide::approve(&ctx, &guest.actor, guest.proposal_id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Decline the proposal
#[utoipa::path(post, path = "/api/proposals/{id}/portal/decline", tag = "portal", params(("id" = Uuid, Path)),
    request_body = ProposalRefusal, responses((status = 204), Problems))]
pub(super) async fn decline_portal_proposal(
    State(ctx): State<AppContext>,
    Client(guest): Client,
    Body(ProposalRefusal { version, note }): Body<ProposalRefusal>,
) -> Result<StatusCode> {
    proposals::decide::decline(&ctx, &guest.actor, guest.proposal_id, version, note).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Accept the work that was handed in
#[utoipa::path(post, path = "/api/proposals/{id}/portal/submissions/{submissionId}/approve", tag = "portal",
    params(("id" = Uuid, Path), ("submissionId" = Uuid, Path)), request_body = Approval,
    responses((status = 204), Problems))]
pub(super) async fn approve_portal_submission(
    State(ctx): State<AppContext>,
    Client(guest): Client,
    Path(Work { submission_id }): Path<Work>,
    Body(approval): Body<Approval>,
) -> Result<StatusCode> {
    submissions::decide::approve(&ctx, &guest.actor, submission_id, approval).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ask for changes to the work that was handed in
#[utoipa::path(post, path = "/api/proposals/{id}/portal/submissions/{submissionId}/request-revisions", tag = "portal",
    params(("id" = Uuid, Path), ("submissionId" = Uuid, Path)), request_body = RevisionRequest,
    responses((status = 204), Problems))]
pub(super) async fn request_portal_revisions(
    State(ctx): State<AppContext>,
    Client(guest): Client,
    Path(Work { submission_id }): Path<Work>,
    Body(request): Body<RevisionRequest>,
) -> Result<StatusCode> {
    submissions::decide::request_revisions(&ctx, &guest.actor, submission_id, request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take the approval of the work back, as long as nothing is paid
#[utoipa::path(post, path = "/api/proposals/{id}/portal/submissions/{submissionId}/revert-approval", tag = "portal",
    params(("id" = Uuid, Path), ("submissionId" = Uuid, Path)), responses((status = 204), Problems))]
pub(super) async fn revert_portal_approval(
    State(ctx): State<AppContext>,
    Client(guest): Client,
    Path(Work { submission_id }): Path<Work>,
) -> Result<StatusCode> {
    submissions::decide::revert_approval(&ctx, &guest.actor, submission_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
