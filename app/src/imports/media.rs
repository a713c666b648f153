//! What an upload says it is. Programs disagree about CSV files, so all their names for one are taken; a form or an
//! archive would be stored and then read as a table of nonsense.

use axum::http::{HeaderMap, HeaderName, StatusCode, header};

use crate::error::{Error, Result};

const KINDS: [&str; 5] =
    ["text/csv", "application/csv", "text/plain", "application/vnd.ms-excel", "application/octet-stream"];

/// Refuses what says that it is no plain CSV file; saying nothing is fine.
///
/// # Errors
/// 415 `unsupported_media_type` or `unsupported_encoding`.
pub fn check(headers: &HeaderMap) -> Result<()> {
    let is_known = |kind: &str| {
        let kind = kind.split(';').next().unwrap_or_default().trim();
        kind.is_empty() || KINDS.iter().any(|known| known.eq_ignore_ascii_case(kind))
    };
    if !all(headers, &header::CONTENT_TYPE, is_known) {
        let detail = "Send the file itself as the body, as text/csv, and no form around it.";
        return Err(Error::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail));
    }
    let is_identity = |encoding: &str| {
        encoding.split(',').map(str::trim).all(|each| each.is_empty() || each.eq_ignore_ascii_case("identity"))
    };
    if !all(headers, &header::CONTENT_ENCODING, is_identity) {
        let detail = "Send the file unpacked, without a Content-Encoding.";
        return Err(Error::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_encoding", detail));
    }
    Ok(())
}

fn all(headers: &HeaderMap, name: &HeaderName, fits: impl Fn(&str) -> bool) -> bool {
    headers.get_all(name).iter().all(|value| value.to_str().is_ok_and(&fits))
}
