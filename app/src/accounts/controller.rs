//! Parse, one call, answer.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use loco_rs::app::AppContext;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    attempts, complete_password_reset as completing, queries, request_password_reset,
    session::{self, CurrentSession, SessionView, SignedIn},
    sign_in, sign_up,
};
use crate::{
    Ledgerline,
    error::{Error, Result},
    http::{
        boundary::RequestId,
        extract::{Body, Peer},
    },
    routes::Problems,
};

/// A new account.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewAccount {
    name: String,
    #[schema(format = "email")]
    email: String,
    #[schema(min_length = 10, format = "password")]
    password: String,
    workspace_name: String,
}

/// A login.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    #[schema(format = "email")]
    email: String,
    #[schema(format = "password")]
    password: String,
}

/// The workspace to go to.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WorkspaceChoice {
    workspace_id: Uuid,
}

/// Whose password is lost.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPasswordReset {
    #[schema(format = "email")]
    email: String,
}

/// Says nothing.
#[derive(Serialize, ToSchema)]
pub struct Nothing {}

/// A new password, with the token of the mailed link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordResetCompletion {
    token: String,
    #[schema(min_length = 10, format = "password")]
    password: String,
}

/// Sign up
///
/// Makes an account with its first workspace and logs in.
#[utoipa::path(post, path = "/api/accounts", tag = "accounts", request_body = NewAccount,
    responses((status = 201, body = SessionView), Problems))]
pub(super) async fn create_account(
    State(ctx): State<AppContext>,
    before: CurrentSession,
    peer: Peer,
    RequestId(request_id): RequestId,
    Body(body): Body<NewAccount>,
) -> Result<impl IntoResponse> {
    let ledgerline = Ledgerline::of(&ctx);
    let limit = ledgerline.settings.limits.sign_up_per_address;
    attempts::take(&ledgerline.databases.app, "sign_up_address", &peer.limit_key(), limit).await?;
    let account = sign_up::NewAccount {
        name: &body.name,
        email: &body.email,
        password: &body.password,
        workspace_name: &body.workspace_name,
    };
    let token = sign_up::sign_up(&ledgerline, account, &before, peer, &request_id).await?;
    session::opened(&ledgerline, StatusCode::CREATED, token).await
}

/// Log in
#[utoipa::path(post, path = "/api/sessions", tag = "accounts", request_body = Login,
    responses((status = 201, body = SessionView), Problems))]
pub(super) async fn create_session(
    State(ctx): State<AppContext>,
    before: CurrentSession,
    peer: Peer,
    RequestId(request_id): RequestId,
    Body(body): Body<Login>,
) -> Result<impl IntoResponse> {
    let ledgerline = Ledgerline::of(&ctx);
    let token = sign_in::sign_in(&ledgerline, &body.email, body.password, &before, peer, &request_id).await?;
    session::opened(&ledgerline, StatusCode::CREATED, token).await
}

/// Who is logged in
#[utoipa::path(get, path = "/api/session", tag = "accounts", responses((status = 200, body = SessionView), Problems))]
pub(super) async fn show_session(SignedIn(session): SignedIn) -> impl IntoResponse {
    session.view()
}

/// Log out
#[utoipa::path(delete, path = "/api/session", tag = "accounts", responses((status = 204), Problems))]
pub(super) async fn delete_session(
    State(ctx): State<AppContext>,
    current: CurrentSession,
) -> Result<impl IntoResponse> {
    let ledgerline = Ledgerline::of(&ctx);
    if let Some(session) = current.0 {
        let mut conn = ledgerline.databases.app.acquire().await?;
        queries::end_session(&mut conn, &session.token.hash()).await?;
    }
    Ok((StatusCode::NO_CONTENT, session::removal(&ledgerline)))
}

/// Go to another of one's workspaces
#[utoipa::path(put, path = "/api/session/workspace", tag = "accounts", request_body = WorkspaceChoice,
    responses((status = 200, body = SessionView), Problems))]
pub(super) async fn update_session_workspace(
    State(ctx): State<AppContext>,
    SignedIn(session): SignedIn,
    Body(body): Body<WorkspaceChoice>,
) -> Result<impl IntoResponse> {
    let pool = &Ledgerline::of(&ctx).databases.app;
    let mut conn = pool.acquire().await?;
    if !queries::enter_workspace(&mut conn, session.id, body.workspace_id).await? {
        return Err(Error::not_found());
    }
    drop(conn);
    let session = session::find(pool, session.token).await?.ok_or_else(Error::not_signed_in)?;
    Ok(session.view())
}

/// Ask for a new password
///
/// Mails a link when there is such an account. The answer is the same when there is none.
#[utoipa::path(post, path = "/api/password-resets", tag = "accounts", request_body = NewPasswordReset,
    responses((status = 202, body = Nothing), Problems))]
pub(super) async fn create_password_reset(
    State(ctx): State<AppContext>,
    peer: Peer,
    RequestId(request_id): RequestId,
    Body(body): Body<NewPasswordReset>,
) -> Result<impl IntoResponse> {
    request_password_reset::request(&Ledgerline::of(&ctx), &body.email, peer, &request_id).await?;
    Ok((StatusCode::ACCEPTED, Json(Nothing {})))
}

/// Set a new password
///
/// Ends all sessions of the user.
#[utoipa::path(post, path = "/api/password-resets/complete", tag = "accounts", request_body = PasswordResetCompletion,
    responses((status = 204), Problems))]
pub(super) async fn complete_password_reset(
    State(ctx): State<AppContext>,
    peer: Peer,
    RequestId(request_id): RequestId,
    Body(body): Body<PasswordResetCompletion>,
) -> Result<impl IntoResponse> {
    completing::complete(&Ledgerline::of(&ctx), &body.token, body.password, peer, &request_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
