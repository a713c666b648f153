//! Parse, authorize, one call, answer.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use loco_rs::app::AppContext;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    code,
    dashboard::{self, ClientDashboard},
    open::{self, Asked, NewClientAccount},
};
use crate::{
    Ledgerline,
    accounts::session::{self, CurrentSession, SessionView, SignedIn},
    error::{Error, Result},
    http::{
        boundary::RequestId,
        extract::{Body, Peer},
    },
    portal::visit::{Client, Guest, Link},
    routes::Problems,
};

/// Says nothing.
#[derive(Serialize, ToSchema)]
pub struct CodeRequested {}

/// A new account of a client.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewAccountOfClient {
    /// Of the mail.
    code: String,
    #[schema(max_length = 255)]
    name: String,
    #[schema(min_length = 8, format = "password")]
    password: String,
    #[schema(format = "password")]
    password_confirmation: String,
}

/// A login to the account that the address has.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClientLogin {
    /// Of the mail.
    code: String,
    #[schema(format = "password")]
    password: String,
}

/// Ask for the code with which a client opens an account
///
/// It is mailed to the address that the link was sent to.
#[utoipa::path(post, path = "/api/proposals/{id}/portal/account-codes", tag = "client accounts",
    params(("id" = Uuid, Path)), responses((status = 202, body = CodeRequested), Problems))]
pub(super) async fn request_account_code(
    State(ctx): State<AppContext>,
    Client(guest): Client,
) -> Result<impl IntoResponse> {
    code::ask(&Ledgerline::of(&ctx), &guest, link(&guest)?.id).await?;
    Ok((StatusCode::ACCEPTED, Json(CodeRequested {})))
}

/// Open an account of a client, and log in
#[utoipa::path(post, path = "/api/proposals/{id}/portal/account", tag = "client accounts", params(("id" = Uuid, Path)),
    request_body = NewAccountOfClient, responses((status = 201, body = SessionView), Problems))]
pub(super) async fn create_client_account(
    State(ctx): State<AppContext>,
    Client(guest): Client,
    before: CurrentSession,
    peer: Peer,
    RequestId(request_id): RequestId,
    Body(body): Body<NewAccountOfClient>,
) -> Result<impl IntoResponse> {
    let ledgerline = Ledgerline::of(&ctx);
    let link_id = link(&guest)?.id;
    let asked = Asked { link_id, code: &body.code, before: &before, peer, request_id: &request_id };
    let new = NewClientAccount { name: &body.name, password: body.password, confirmation: &body.password_confirmation };
    let token = open::create(&ledgerline, asked, new).await?;
    session::opened(&ledgerline, StatusCode::CREATED, token).await
}

/// Log in to the account that a client's address has, which sees the engagements from then on
#[utoipa::path(post, path = "/api/proposals/{id}/portal/account/login", tag = "client accounts",
    params(("id" = Uuid, Path)), request_body = ClientLogin, responses((status = 201, body = SessionView), Problems))]
pub(super) async fn log_in_client_account(
    State(ctx): State<AppContext>,
    Client(guest): Client,
    before: CurrentSession,
    peer: Peer,
    RequestId(request_id): RequestId,
    Body(body): Body<ClientLogin>,
) -> Result<impl IntoResponse> {
    let ledgerline = Ledgerline::of(&ctx);
    let link_id = link(&guest)?.id;
    let asked = Asked { link_id, code: &body.code, before: &before, peer, request_id: &request_id };
    let token = open::log_in(&ledgerline, asked, body.password).await?;
    session::opened(&ledgerline, StatusCode::CREATED, token).await
}

/// The link that somebody came with; who came with an account has one already.
fn link(guest: &Guest) -> Result<&Link> {
    guest.link.as_ref().ok_or_else(|| Error::conflict("has_account", "You are logged in to your account already."))
}

/// The projects of the logged-in client
#[utoipa::path(get, path = "/api/client/dashboard", tag = "client accounts",
    responses((status = 200, body = ClientDashboard), Problems))]
pub(super) async fn show_client_dashboard(
    State(ctx): State<AppContext>,
    SignedIn(session): SignedIn,
) -> Result<Json<ClientDashboard>> {
    Ok(Json(dashboard::read(&Ledgerline::of(&ctx), session.user_id).await?))
}
