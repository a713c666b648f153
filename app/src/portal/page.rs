//! `/p/{id}`: the portal's page, with its first data in it, so that one answer shows something.

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use loco_rs::app::AppContext;
use serde::Serialize;

use super::{
    queries,
    view::PortalPage,
    visit::{self, Found, Guest},
};
use crate::{
    Ledgerline,
    accounts::session::CurrentSession,
    client_accounts::dashboard::{self, ClientDashboard},
    error::{Error, Result},
    http::Secret,
    tokens::Token,
};

/// Where the data goes: data of this type is not run, so the policy asks for no nonce.
const SLOT: &str = r#"<script type="application/json" id="first"></script>"#;

/// What the page is given.
#[derive(Serialize)]
#[serde(tag = "state", rename_all = "lowercase", rename_all_fields = "camelCase")]
enum First {
    /// All of it.
    Open { page: Box<PortalPage> },
    /// The access code is to be entered, with this CSRF token.
    Code { csrf_token: Option<String> },
    /// The projects of a client who is logged in.
    Mine { dashboard: ClientDashboard },
    /// The link does not work, or there is none.
    Closed {},
}

/// The page for whoever asks.
///
/// # Errors
/// 503 `frontend_missing`.
pub(super) async fn show(State(ctx): State<AppContext>, request: Request) -> Result<Response> {
    let ledgerline = Ledgerline::of(&ctx);
    let (mut parts, _) = request.into_parts();
    let found = match visit::find(&mut parts, &ctx).await {
        Ok(found) => found,
        // not an id
        Err(error) if error.status == StatusCode::NOT_FOUND => Found::Nobody { signed_in: false },
        Err(error) => return Err(error),
    };
    match found {
        Found::In(guest) => {
            let page = load(&ctx, &guest).await?;
            written(&ledgerline, StatusCode::OK, &First::Open { page: Box::new(page) }).await
        }
        Found::Code { link, .. } => {
            let csrf_token = link.session.as_ref().map(Token::csrf);
            let mut response = written(&ledgerline, StatusCode::OK, &First::Code { csrf_token }).await?;
            response.extensions_mut().insert(Secret);
            Ok(response)
        }
        Found::Nobody { .. } => closed(&ledgerline, StatusCode::UNAUTHORIZED).await,
    }
}

/// `/my`: the projects of a client who is logged in.
///
/// # Errors
/// 503 `frontend_missing`.
pub(super) async fn mine(State(ctx): State<AppContext>, CurrentSession(session): CurrentSession) -> Result<Response> {
    let ledgerline = Ledgerline::of(&ctx);
    let Some(session) = session else {
        return Ok((StatusCode::SEE_OTHER, [(header::LOCATION, "/login?next=%2Fmy")]).into_response());
    };
    let dashboard = dashboard::read(&ledgerline, session.user_id).await?;
    written(&ledgerline, StatusCode::OK, &First::Mine { dashboard }).await
}

/// What the guest sees.
///
/// # Errors
/// 404 when the engagement is gone.
pub(super) async fn load(ctx: &AppContext, guest: &Guest) -> Result<PortalPage> {
    let hydration = queries::hydrate(ctx, &guest.actor, guest.proposal_id, true).await?;
    let more = hydration.more.ok_or_else(|| Error::internal("the page was asked for"))?;
    Ok(PortalPage { access: guest.access(), preview: guest.is_member(), portal_data: hydration.portal_data, more })
}

/// The one page for all links that do not work.
///
/// # Errors
/// 503 `frontend_missing`.
pub(super) async fn closed(ledgerline: &Ledgerline, status: StatusCode) -> Result<Response> {
    written(ledgerline, status, &First::Closed {}).await
}

async fn written(ledgerline: &Ledgerline, status: StatusCode, first: &First) -> Result<Response> {
    let file = ledgerline.settings.frontend_dir.join("portal.html");
    let Ok(html) = tokio::fs::read_to_string(file).await else {
        return Err(Error::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "frontend_missing",
            "The pages have not been built. Build the frontend, or set FRONTEND_DIR to where it is.",
        ));
    };
    // nothing in the data may end the element it stands in
    let data = serde_json::to_string(first).map_err(Error::internal)?.replace('<', "\\u003c");
    let filled = SLOT.replace("></", &format!(">{data}</"));
    let mut response = (status, Html(html.replacen(SLOT, &filled, 1))).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow"));
    Ok(response)
}
