//! `/l/{token}`: the address in a mail. Opening it gives the browser a session of the link and leads to the portal, whose
//! address says nothing that opens it. The token stays good, since programs that check mails open links, too.

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use axum_extra::extract::CookieJar;
use loco_rs::app::AppContext;

use super::{page, queries, visit};
use crate::{
    Ledgerline,
    accounts::attempts,
    error::Result,
    http::extract::{Path, Peer},
    tokens::Token,
};

/// Opens the portal, or shows the one page for all that does not.
///
/// # Errors
/// 429 `too_many_attempts`.
pub(super) async fn open(
    State(ctx): State<AppContext>,
    peer: Peer,
    jar: CookieJar,
    Path(token): Path<String>,
) -> Result<Response> {
    let ledgerline = Ledgerline::of(&ctx);
    let pool = &ledgerline.databases.app;
    let limit = ledgerline.settings.limits.token_per_address;
    attempts::take(pool, "token_address", &peer.limit_key(), limit).await?;
    let session = Token::mint()?;
    let proposal_id = match Token::brought(&token) {
        Some(token) => queries::open(pool, &token.hash(), &session.hash()).await?,
        None => None,
    };
    let Some(proposal_id) = proposal_id else { return page::closed(&ledgerline, StatusCode::NOT_FOUND).await };
    // the session that this browser had before, of the same engagement
    let before = jar.get(&visit::cookie_name(&ledgerline.settings, proposal_id));
    if let Some(before) = before.and_then(|cookie| Token::brought(cookie.value())) {
        queries::end_session(pool, &before.hash()).await?;
    }
    let mut response = (
        StatusCode::SEE_OTHER,
        visit::cookie(&ledgerline.settings, proposal_id, &session),
        [(header::LOCATION, format!("/p/{proposal_id}"))],
    )
        .into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
