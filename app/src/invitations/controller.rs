//! Parse, authorize, one call, answer.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use chrono::{DateTime, Utc};
use loco_rs::app::AppContext;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    accept, invite, preview,
    queries::{self, InvitationRow},
    withdraw,
};
use crate::{
    Ledgerline,
    access::{Permission, authorize},
    accounts::session::{self, CurrentSession, SessionView},
    error::{Error, Result},
    http::{
        boundary::RequestId,
        extract::{Body, Path, Peer, Query},
    },
    page::{self, PageQuery},
    routes::Problems,
    tenant::{Actor, Role, TenantTx},
};

/// An open invitation.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Invitation)]
pub struct InvitationView {
    id: Uuid,
    email: String,
    role: Role,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

impl TryFrom<InvitationRow> for InvitationView {
    type Error = Error;

    fn try_from(row: InvitationRow) -> Result<Self> {
        let role = row.role.parse().map_err(Error::internal)?;
        Ok(Self { id: row.id, email: row.email, role, created_at: row.created_at, expires_at: row.expires_at })
    }
}

/// A page of open invitations.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvitationList {
    invitations: Vec<InvitationView>,
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// Whom to invite.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    #[schema(format = "email")]
    email: String,
    role: Role,
}

/// The token of a mailed link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationToken {
    token: String,
}

/// What an invitation says.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvitationPreview {
    workspace_name: String,
    email: String,
    role: Role,
    /// Whether the address has an account, whose password is asked for.
    has_account: bool,
}

/// Accepts an invitation. A new account needs name and password; an existing one its password, unless logged in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationAcceptance {
    token: String,
    name: Option<String>,
    #[schema(format = "password")]
    password: Option<String>,
}

/// Open invitations, newest first
#[utoipa::path(get, path = "/api/invitations", tag = "invitations", params(PageQuery),
    responses((status = 200, body = InvitationList), Problems))]
pub(super) async fn list_invitations(
    State(ctx): State<AppContext>,
    actor: Actor,
    Query(query): Query<PageQuery>,
) -> Result<Json<InvitationList>> {
    authorize(&actor, Permission::Invite)?;
    let limit = page::limit(query.limit)?;
    let after = query.cursor.as_deref().map(page::position).transpose()?;
    let mut tx = TenantTx::begin(&ctx, &actor).await?;
    let rows = queries::page(&mut tx, after, limit + 1).await?;
    let (rows, next_cursor) = page::cut(rows, limit, |row| (row.created_at, row.id))?;
    let invitations = rows.into_iter().map(InvitationView::try_from).collect::<Result<_>>()?;
    Ok(Json(InvitationList { invitations, next_cursor }))
}

/// Invite someone by mail
#[utoipa::path(post, path = "/api/invitations", tag = "invitations", request_body = NewInvitation,
    responses((status = 201, body = InvitationView), Problems))]
pub(super) async fn create_invitation(
    State(ctx): State<AppContext>,
    actor: Actor,
    Body(body): Body<NewInvitation>,
) -> Result<impl IntoResponse> {
    let row = invite::invite(&ctx, &actor, &body.email, body.role).await?;
    Ok((StatusCode::CREATED, Json(InvitationView::try_from(row)?)))
}

/// Withdraw an invitation
#[utoipa::path(delete, path = "/api/invitations/{id}", tag = "invitations", params(("id" = Uuid, Path)),
    responses((status = 204), Problems))]
pub(super) async fn delete_invitation(
    State(ctx): State<AppContext>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<StatusCode> {
    withdraw::withdraw(&ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// See an invitation by the token of its link
#[utoipa::path(post, path = "/api/invitations/preview", tag = "invitations", request_body = InvitationToken,
    responses((status = 200, body = InvitationPreview), Problems))]
pub(super) async fn preview_invitation(
    State(ctx): State<AppContext>,
    peer: Peer,
    Body(body): Body<InvitationToken>,
) -> Result<Json<InvitationPreview>> {
    let (_, open) = preview::preview(&Ledgerline::of(&ctx), &body.token, peer).await?;
    Ok(Json(InvitationPreview {
        workspace_name: open.workspace_name,
        email: open.email,
        role: open.role.parse().map_err(Error::internal)?,
        has_account: open.user_id.is_some(),
    }))
}

/// Accept an invitation and log in
#[utoipa::path(post, path = "/api/invitations/accept", tag = "invitations", request_body = InvitationAcceptance,
    responses((status = 201, body = SessionView), Problems))]
pub(super) async fn accept_invitation(
    State(ctx): State<AppContext>,
    before: CurrentSession,
    peer: Peer,
    RequestId(request_id): RequestId,
    Body(body): Body<InvitationAcceptance>,
) -> Result<impl IntoResponse> {
    let ledgerline = Ledgerline::of(&ctx);
    let name = body.name.as_deref();
    let token = accept::accept(&ledgerline, &body.token, name, body.password, &before, peer, &request_id).await?;
    session::opened(&ledgerline, StatusCode::CREATED, token).await
}
