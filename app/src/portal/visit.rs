//! Who asks for something of an engagement: a client with the cookie of a link, a program with the token of one, a client
//! who is logged in, or a member of the workspace who looks at what the client sees.

use axum::{
    extract::FromRequestParts,
    http::{HeaderName, StatusCode, header, request::Parts},
    response::AppendHeaders,
};
use axum_extra::extract::CookieJar;
use chrono::{DateTime, Utc};
use loco_rs::app::AppContext;
use serde::Deserialize;
use uuid::Uuid;

use super::queries::{self, VisitRow};
use crate::{
    Ledgerline,
    accounts::session::{self, CurrentSession, Session},
    client_accounts,
    error::{Error, Result},
    http::{
        boundary::RequestId,
        extract::Path,
        origin::{carries, csrf_failed},
    },
    settings::Settings,
    tenant::{Access, Actor, TenantTx, Visit, Who},
    tokens::Token,
};

/// How the names of the cookies begin, without https. Each engagement has its own, so that a client of two sees both.
const PLAIN_NAME: &str = "ledgerline_portal_";
/// With https the prefix keeps other hosts of the domain from setting one.
const HOST_NAME: &str = "__Host-ledgerline_portal_";
/// As long as a session may be idle.
const DAYS: i64 = 30;

/// The living link of a request.
#[derive(Clone, Debug)]
pub struct Link {
    /// The link.
    pub id: Uuid,
    /// Until when it works.
    pub expires_at: DateTime<Utc>,
    /// The secret of the cookie; `None` for a program that brings the token of a mail.
    pub session: Option<Token>,
}

/// Somebody who may see an engagement.
#[derive(Clone, Debug)]
pub struct Guest {
    /// A client, or a member of the workspace.
    pub actor: Actor,
    /// The engagement of the path.
    pub proposal_id: Uuid,
    /// The link that the client came with; `None` with an account, and for a member, who only looks.
    pub link: Option<Link>,
    /// What unsafe requests carry; `None` for programs.
    pub csrf_token: Option<String>,
}

/// What a request brings.
#[derive(Debug)]
pub(super) enum Found {
    /// Somebody who may come in.
    In(Guest),
    /// The link asks for its code first.
    Code {
        /// The link.
        link: Link,
        /// Who will come in.
        actor: Actor,
    },
    /// Nobody. Whether the link was altered, shut, has run out or was never one is told to nobody.
    Nobody {
        /// Whether somebody is logged in, to whom the engagement does not exist.
        signed_in: bool,
    },
}

impl Guest {
    /// Whether it is a member of the workspace who looks at what the client sees.
    #[must_use]
    pub const fn is_member(&self) -> bool {
        self.actor.visit().is_none()
    }

    /// What the guest may do; a member who looks may do nothing.
    #[must_use]
    pub fn access(&self) -> Access {
        self.actor.visit().map_or(Access::View, |visit| visit.access)
    }
}

impl Guest {
    /// The project of the engagement.
    ///
    /// # Errors
    /// 409 `no_project` until there is one.
    pub async fn project(&self, tx: &mut TenantTx) -> Result<Uuid> {
        queries::project(tx, self.proposal_id).await?.ok_or_else(|| {
            Error::conflict("no_project", "There is no project yet. It begins when the proposal is approved.")
        })
    }
}

/// Whether whoever sent this request a while ago would come in by it today, as the same person. A Postgres that does not
/// answer shuts nobody out.
pub(crate) async fn is_still(guest: &Guest, request: &Parts, ctx: &AppContext) -> bool {
    match again(request.clone(), ctx).await {
        Ok(Found::In(now)) => now.actor.workspace_id == guest.actor.workspace_id && now.actor.who == guest.actor.who,
        Ok(Found::Code { .. } | Found::Nobody { .. }) => false,
        Err(error) => error.status.is_server_error(),
    }
}

async fn again(mut request: Parts, ctx: &AppContext) -> Result<Found> {
    // the session may have ended since
    if let Some(CurrentSession(Some(before))) = request.extensions.get() {
        let now = session::find(&Ledgerline::of(ctx).databases.app, before.token.clone()).await?;
        request.extensions.insert(CurrentSession(now));
    }
    find(&mut request, ctx).await
}

impl FromRequestParts<AppContext> for Guest {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, ctx: &AppContext) -> Result<Self> {
        match find(parts, ctx).await? {
            Found::In(guest) => Ok(guest),
            Found::Code { .. } => Err(code_required()),
            Found::Nobody { signed_in: true } => Err(Error::not_found()),
            Found::Nobody { signed_in: false } => Err(link_required()),
        }
    }
}

/// A client, never a member: for what only clients do.
#[derive(Clone, Debug)]
pub struct Client(pub Guest);

impl FromRequestParts<AppContext> for Client {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, ctx: &AppContext) -> Result<Self> {
        let guest = Guest::from_request_parts(parts, ctx).await?;
        if guest.is_member() {
            return Err(Error::forbidden("You see what your client sees. Only the client may do this here."));
        }
        Ok(Self(guest))
    }
}

/// 401: no living link.
pub(super) fn link_required() -> Error {
    Error::new(
        StatusCode::UNAUTHORIZED,
        "link_required",
        "This opens with the link from your mail. If it does not work any more, ask for a new one.",
    )
}

fn code_required() -> Error {
    Error::new(StatusCode::FORBIDDEN, "code_required", "Enter the access code first.")
}

#[derive(Deserialize)]
struct Engagement {
    id: Uuid,
}

/// Finds out who asks. An unsafe request with the cookie of a link carries the token that goes with it.
pub(super) async fn find(parts: &mut Parts, ctx: &AppContext) -> Result<Found> {
    let Path(Engagement { id: proposal_id }) = Path::from_request_parts(parts, ctx).await?;
    let ledgerline = Ledgerline::of(ctx);
    let pool = &ledgerline.databases.app;
    let RequestId(request_id) = RequestId::from_request_parts(parts, ctx).await?;
    if let Some(token) = bearer(parts) {
        let row = match token {
            Some(token) => queries::token(pool, &token.hash(), proposal_id).await?,
            None => None,
        };
        return row.map_or(Ok(Found::Nobody { signed_in: false }), |row| entered(row, proposal_id, None, request_id));
    }
    let cookie = CookieJar::from_headers(&parts.headers)
        .get(&cookie_name(&ledgerline.settings, proposal_id))
        .and_then(|cookie| Token::brought(cookie.value()));
    let CurrentSession(session) = CurrentSession::from_request_parts(parts, ctx).await?;
    if let Some(token) = cookie
        && let Some(row) = queries::session(pool, &token.hash(), proposal_id).await?
    {
        if parts.method.is_safe() || carries(&parts.headers, &token.csrf()) {
            return entered(row, proposal_id, Some(token), request_id);
        }
        if session.is_none() {
            return Err(csrf_failed());
        }
    }
    let Some(session) = session else { return Ok(Found::Nobody { signed_in: false }) };
    if let Some(row) = client_accounts::queries::engagement(pool, session.user_id, proposal_id).await? {
        let visit = Visit {
            proposal_id,
            project_id: row.project_id,
            client_id: row.client_id,
            contact_id: row.contact_id,
            access: row.access.parse().map_err(Error::internal)?,
        };
        let actor = Actor { workspace_id: row.workspace_id, who: Who::Client(visit), request_id: Some(request_id) };
        return Ok(Found::In(Guest { actor, proposal_id, link: None, csrf_token: Some(session.token.csrf()) }));
    }
    member(ctx, &session, proposal_id, request_id).await
}

fn entered(row: VisitRow, proposal_id: Uuid, session: Option<Token>, request_id: String) -> Result<Found> {
    let visit = Visit {
        proposal_id,
        project_id: row.project_id,
        client_id: row.client_id,
        contact_id: row.contact_id,
        access: row.access.parse().map_err(Error::internal)?,
    };
    let actor = Actor { workspace_id: row.workspace_id, who: Who::Client(visit), request_id: Some(request_id) };
    let csrf_token = session.as_ref().map(Token::csrf);
    let link = Link { id: row.link_id, expires_at: row.expires_at, session };
    Ok(if row.admitted {
        Found::In(Guest { actor, proposal_id, link: Some(link), csrf_token })
    } else {
        Found::Code { link, actor }
    })
}

async fn member(ctx: &AppContext, session: &Session, proposal_id: Uuid, request_id: String) -> Result<Found> {
    let Some(workspace) = &session.workspace else { return Ok(Found::Nobody { signed_in: true }) };
    let who = Who::User(session.user_id, workspace.role);
    let actor = Actor { workspace_id: workspace.id, who, request_id: Some(request_id) };
    if !queries::exists(ctx, &actor, proposal_id).await? {
        return Ok(Found::Nobody { signed_in: true });
    }
    Ok(Found::In(Guest { actor, proposal_id, link: None, csrf_token: Some(session.token.csrf()) }))
}

/// The token of an `Authorization` header; `Some(None)` when there is one that cannot be ours.
fn bearer(parts: &Parts) -> Option<Option<Token>> {
    let header = parts.headers.get(header::AUTHORIZATION)?;
    Some(header.to_str().ok().and_then(|text| text.strip_prefix("Bearer ")).and_then(Token::brought))
}

/// The secrets of all links that a browser brings.
pub(crate) fn tokens(jar: &CookieJar) -> impl Iterator<Item = Token> {
    jar.iter()
        .filter(|cookie| cookie.name().starts_with(PLAIN_NAME) || cookie.name().starts_with(HOST_NAME))
        .filter_map(|cookie| Token::brought(cookie.value()))
}

/// Name of the cookie of an engagement.
#[must_use]
pub fn cookie_name(settings: &Settings, proposal_id: Uuid) -> String {
    format!("{}{}", if settings.secure_cookies { HOST_NAME } else { PLAIN_NAME }, proposal_id.simple())
}

/// What an answer does to the cookie of an engagement.
pub(super) type Cookie = AppendHeaders<[(HeaderName, String); 1]>;

/// Gives the browser a session of a link.
pub(super) fn cookie(settings: &Settings, proposal_id: Uuid, token: &Token) -> Cookie {
    set_cookie(settings, proposal_id, token.reveal(), DAYS)
}

/// Takes it away.
pub(super) fn removal(settings: &Settings, proposal_id: Uuid) -> Cookie {
    set_cookie(settings, proposal_id, "", 0)
}

fn set_cookie(settings: &Settings, proposal_id: Uuid, value: &str, days: i64) -> Cookie {
    let (name, seconds) = (cookie_name(settings, proposal_id), days * 24 * 60 * 60);
    let secure = if settings.secure_cookies { "; Secure" } else { "" };
    AppendHeaders([(
        header::SET_COOKIE,
        format!("{name}={value}; HttpOnly; SameSite=Lax; Path=/; Max-Age={seconds}{secure}"),
    )])
}
