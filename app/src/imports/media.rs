//! What an upload says it is. Programs disagree about CSV files, so the content decides; a form is something else around
//! the file, which would be stored and then read as a table of nonsense.

use axum::http::{HeaderMap, HeaderName, StatusCode, header};

use crate::error::{Error, Result};

/// Refuses forms and what is packed.
///
/// # Errors
/// 415 `unsupported_media_type` or `unsupported_encoding`.
pub fn check(headers: &HeaderMap) -> Result<()> {
    let is_file = |kind: &str| {
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        !kind.starts_with("multipart/") && kind != "application/x-www-form-urlencoded"
    };
    if !all(headers, &header::CONTENT_TYPE, is_file) {
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
