//! The session of a request: who is logged in, where, and what they may be.

use axum::{
    extract::FromRequestParts,
    http::{HeaderName, StatusCode, header, request::Parts},
    response::{AppendHeaders, IntoResponse},
};
use loco_rs::app::AppContext;
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, PgPool};
use utoipa::ToSchema;
use uuid::Uuid;

use super::queries;
use crate::{
    Ledgerline,
    error::{Error, Result},
    http::{Secret, boundary::RequestId, extract::Peer},
    settings::Settings,
    tenant::{Actor, Role, Who},
    tokens::Token,
};

/// Name of the cookie without https.
const PLAIN_NAME: &str = "ledgerline_session";

/// Name of the cookie. With https it has the prefix that keeps other hosts of the domain from setting one.
#[must_use]
pub const fn cookie_name(settings: &Settings) -> &'static str {
    if settings.secure_cookies { "__Host-ledgerline_session" } else { PLAIN_NAME }
}

/// A session ends for good after this many days.
const DAYS: i64 = 90;

/// A workspace of the logged-in user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WorkspaceRef {
    /// The workspace.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The user's role there.
    pub role: Role,
}

/// What an operator of the platform may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OperatorLevel {
    /// See everything, act on jobs and queues.
    Full,
    /// See everything.
    ReadOnly,
}

/// Who is logged in.
#[derive(Debug, Serialize, ToSchema)]
pub struct User {
    /// The user.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Email address.
    pub email: String,
}

/// The session as the API shows it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Session)]
pub struct SessionView {
    /// Who is logged in.
    pub user: User,
    /// The workspace that requests work in.
    #[schema(required = true)]
    pub workspace: Option<WorkspaceRef>,
    /// All workspaces of the user.
    pub workspaces: Vec<WorkspaceRef>,
    /// Whether the user runs the platform.
    #[schema(required = true)]
    pub operator: Option<OperatorLevel>,
    /// To be sent as `X-CSRF-Token` with every unsafe request.
    pub csrf_token: String,
}

/// A living session.
#[derive(Clone, Debug)]
pub struct Session {
    /// The session.
    pub id: Uuid,
    /// The secret of the cookie.
    pub token: Token,
    /// Who is logged in.
    pub user_id: Uuid,
    /// Name.
    pub name: String,
    /// Email address.
    pub email: String,
    /// The workspace that requests work in.
    pub workspace: Option<WorkspaceRef>,
    /// All workspaces of the user.
    pub workspaces: Vec<WorkspaceRef>,
    /// Whether the user runs the platform.
    pub operator: Option<OperatorLevel>,
}

/// What the layer around the API found behind the cookie.
#[derive(Clone, Debug)]
pub struct CurrentSession(pub Option<Session>);

/// The living session of a token.
///
/// # Errors
/// When Postgres cannot be reached.
pub async fn find(pool: &PgPool, token: Token) -> Result<Option<Session>> {
    let Some(row) = queries::session(pool, &token.hash()).await? else { return Ok(None) };
    let workspace = match (row.workspace_id, row.workspace_name, row.role) {
        (Some(id), Some(name), Some(role)) => {
            Some(WorkspaceRef { id, name, role: role.parse().map_err(Error::internal)? })
        }
        _ => None,
    };
    let operator = match row.operator.as_deref() {
        None => None,
        Some("full") => Some(OperatorLevel::Full),
        Some(_) => Some(OperatorLevel::ReadOnly),
    };
    Ok(Some(Session {
        id: row.session_id,
        token,
        user_id: row.user_id,
        name: row.name,
        email: row.email,
        workspace,
        workspaces: serde_json::from_value(row.workspaces).map_err(Error::internal)?,
        operator,
    }))
}

/// Opens a session for a user and ends the one the browser had, in the caller's transaction.
///
/// # Errors
/// When Postgres refuses.
pub async fn open(
    conn: &mut PgConnection,
    user_id: Uuid,
    workspace_id: Option<Uuid>,
    before: &CurrentSession,
) -> Result<Token> {
    if let Some(before) = &before.0 {
        queries::end_session(conn, &before.token.hash()).await?;
    }
    let token = Token::mint()?;
    queries::open_session(conn, Uuid::now_v7(), &token.hash(), user_id, workspace_id).await?;
    Ok(token)
}

/// An answer with the session and its cookie.
///
/// # Errors
/// When the session cannot be read back.
pub async fn opened(ledgerline: &Ledgerline, status: StatusCode, token: Token) -> Result<impl IntoResponse + use<>> {
    let cookies = cookies(&ledgerline.settings, token.reveal(), DAYS);
    let session = find(&ledgerline.databases.app, token)
        .await?
        .ok_or_else(|| Error::internal("the session that was just opened is not there"))?;
    Ok((status, cookies, session.view()))
}

/// What an answer does to the browser's cookies.
pub type Cookies = AppendHeaders<Vec<(HeaderName, String)>>;

/// Takes the session's cookie away when the session has ended.
pub fn removal(ledgerline: &Ledgerline) -> Cookies {
    cookies(&ledgerline.settings, "", 0)
}

fn cookies(settings: &Settings, value: &str, days: i64) -> Cookies {
    let mut cookies = vec![cookie(settings, cookie_name(settings), value, days)];
    if settings.secure_cookies {
        // releases before the prefix set this one, for up to 90 days; it must not come to life again under one of them
        cookies.push(cookie(settings, PLAIN_NAME, "", 0));
    }
    AppendHeaders(cookies)
}

fn cookie(settings: &Settings, name: &str, value: &str, days: i64) -> (HeaderName, String) {
    let seconds = days * 24 * 60 * 60;
    let secure = if settings.secure_cookies { "; Secure" } else { "" };
    (header::SET_COOKIE, format!("{name}={value}; HttpOnly; SameSite=Lax; Path=/; Max-Age={seconds}{secure}"))
}

impl Session {
    /// The session as the API shows it.
    #[must_use]
    pub fn view(self) -> SessionAnswer {
        SessionAnswer(SessionView {
            csrf_token: self.token.csrf(),
            user: User { id: self.user_id, name: self.name, email: self.email },
            workspace: self.workspace,
            workspaces: self.workspaces,
            operator: self.operator,
        })
    }

    /// The logged-in user as an actor in the session's workspace.
    ///
    /// # Errors
    /// 409 `no_workspace` when the session stands in none.
    pub fn actor(&self, request_id: &RequestId) -> Result<Actor> {
        let workspace = self.workspace.as_ref().ok_or_else(|| {
            Error::conflict("no_workspace", "You are not in a workspace. Create one, or choose one of yours.")
        })?;
        Ok(Actor {
            workspace_id: workspace.id,
            who: Who::User(self.user_id, workspace.role),
            request_id: Some(request_id.0.clone()),
        })
    }
}

/// A session on its way out: JSON that is not compressed, since it holds the CSRF token.
#[derive(Debug)]
pub struct SessionAnswer(pub SessionView);

impl IntoResponse for SessionAnswer {
    fn into_response(self) -> axum::response::Response {
        let mut response = axum::Json(self.0).into_response();
        response.extensions_mut().insert(Secret);
        response
    }
}

impl FromRequestParts<AppContext> for CurrentSession {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &AppContext) -> Result<Self> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Error::internal("the route is not behind the session layer"))
    }
}

/// A logged-in user, in a workspace or not.
#[derive(Clone, Debug)]
pub struct SignedIn(pub Session);

/// Who `actor` is by now: what takes long, such as an upload, asks again before it leaves something behind.
///
/// # Errors
/// 401 when the session has ended; 404 when the user is no longer a member of the actor's workspace.
pub async fn still(pool: &PgPool, session: &Session, actor: &Actor) -> Result<Actor> {
    let now = find(pool, session.token.clone()).await?.ok_or_else(Error::not_signed_in)?;
    let workspace = now.workspaces.iter().find(|workspace| workspace.id == actor.workspace_id);
    let role = workspace.filter(|_| now.user_id == session.user_id).ok_or_else(Error::not_found)?.role;
    Ok(Actor { who: Who::User(now.user_id, role), ..actor.clone() })
}

impl FromRequestParts<AppContext> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, ctx: &AppContext) -> Result<Self> {
        let CurrentSession(session) = CurrentSession::from_request_parts(parts, ctx).await?;
        session.map(Self).ok_or_else(Error::not_signed_in)
    }
}

impl FromRequestParts<AppContext> for Actor {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, ctx: &AppContext) -> Result<Self> {
        let SignedIn(session) = SignedIn::from_request_parts(parts, ctx).await?;
        session.actor(&RequestId::from_request_parts(parts, ctx).await?)
    }
}

/// An operator of the platform. To everyone else the console does not exist.
#[derive(Clone, Debug)]
pub struct Operator {
    /// The user.
    pub user_id: Uuid,
    /// Name.
    pub name: String,
    /// What they may do.
    pub level: OperatorLevel,
    /// Where they act from, for the audit log: an internet address, or a command line and its machine.
    pub origin: String,
}

impl FromRequestParts<AppContext> for Operator {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, ctx: &AppContext) -> Result<Self> {
        let SignedIn(session) = SignedIn::from_request_parts(parts, ctx).await?;
        let level = session.operator.ok_or_else(Error::not_found)?;
        let Peer(peer) = Peer::from_request_parts(parts, ctx).await?;
        let origin = peer.to_canonical().to_string();
        Ok(Self { user_id: session.user_id, name: session.name, level, origin })
    }
}
