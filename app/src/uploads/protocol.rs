//! The headers of tus 1.0.

use std::collections::BTreeMap;

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::{DateTime, Utc};
use sha1::Digest as _;
use uuid::Uuid;

use super::queries::UploadRow;
use crate::error::{Error, Result};

const VERSION: &str = "1.0.0";
const EXTENSIONS: &str =
    "creation,creation-with-upload,creation-defer-length,termination,checksum,expiration,concatenation";
const ALGORITHMS: &str = "sha1,sha256";
/// What a piece of an upload is sent as.
const PIECE: &str = "application/offset+octet-stream";
/// The largest file, in bytes.
pub(super) const MAX_BYTES: u64 = 20 * 1024 * 1024 * 1024;
/// The longest `Upload-Metadata`, and the most parts of an `Upload-Concat`.
const MAX_METADATA: usize = 4_000;
const MAX_PARTS: usize = 100;

const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const DEFER_LENGTH: HeaderName = HeaderName::from_static("upload-defer-length");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const CONCAT: HeaderName = HeaderName::from_static("upload-concat");
const CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");

/// What stands on every answer.
pub(super) async fn signed(mut response: Response) -> Response {
    response.headers_mut().insert(RESUMABLE, HeaderValue::from_static(VERSION));
    if response.status() == StatusCode::PRECONDITION_FAILED {
        response.headers_mut().insert("tus-version", HeaderValue::from_static(VERSION));
    }
    response
}

/// What there is to know before one uploads.
pub(super) fn described() -> Response {
    let headers = [
        ("tus-version", VERSION.to_owned()),
        ("tus-extension", EXTENSIONS.to_owned()),
        ("tus-checksum-algorithm", ALGORITHMS.to_owned()),
        ("tus-max-size", MAX_BYTES.to_string()),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// Refuses whoever speaks another version.
///
/// # Errors
/// 412 `tus_version`.
pub(super) fn check_version(headers: &HeaderMap) -> Result<()> {
    if headers.get(RESUMABLE).is_some_and(|version| version == VERSION) {
        return Ok(());
    }
    let detail = "Uploads speak tus 1.0.0: send the header Tus-Resumable: 1.0.0.";
    Err(Error::new(StatusCode::PRECONDITION_FAILED, "tus_version", detail))
}

/// Whether the body is a piece of a file.
pub(super) fn is_piece(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|sent| sent == PIECE)
}

/// Refuses a body that is no piece of a file.
///
/// # Errors
/// 415.
pub(super) fn check_piece(headers: &HeaderMap) -> Result<()> {
    if is_piece(headers) {
        return Ok(());
    }
    let detail = "Send the bytes as Content-Type: application/offset+octet-stream.";
    Err(Error::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail))
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Result<Option<u64>> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse().ok().filter(|_| digits) {
        Some(number) => Ok(Some(number)),
        None => Err(Error::bad_request("invalid_header", format!("The header {name} must be a whole number."))),
    }
}

/// Where the body begins in the file.
///
/// # Errors
/// 400 `invalid_header`.
pub(super) fn offset(headers: &HeaderMap) -> Result<u64> {
    number(headers, &OFFSET)?.ok_or_else(|| {
        Error::bad_request("invalid_header", "The header Upload-Offset must say where the bytes begin in the file.")
    })
}

/// The size of the file, when it is told with this request.
///
/// # Errors
/// 400 `invalid_header`; 413 `file_too_large`.
pub(super) fn length(headers: &HeaderMap) -> Result<Option<u64>> {
    let length = number(headers, &LENGTH)?;
    match length {
        Some(length) if length > MAX_BYTES => Err(too_large()),
        length => Ok(length),
    }
}

/// Whether the size is told later.
///
/// # Errors
/// 400 `invalid_header`.
pub(super) fn defers_length(headers: &HeaderMap) -> Result<bool> {
    match headers.get(DEFER_LENGTH) {
        None => Ok(false),
        Some(one) if one == "1" => Ok(true),
        Some(_) => Err(Error::bad_request("invalid_header", "The header Upload-Defer-Length can only be 1.")),
    }
}

/// 413.
pub(super) fn too_large() -> Error {
    let detail = format!("A file may have at most {} GB.", MAX_BYTES / 1024 / 1024 / 1024);
    Error::new(StatusCode::PAYLOAD_TOO_LARGE, "file_too_large", detail)
}

/// What is said about the file: names and values, and the header as it came.
///
/// # Errors
/// 400 `invalid_header`.
pub(super) fn metadata(headers: &HeaderMap) -> Result<(BTreeMap<String, String>, Option<String>)> {
    let wrong = || {
        let detail = "The header Upload-Metadata must be pairs of a name and a value in base64, with commas between.";
        Error::bad_request("invalid_header", detail)
    };
    let Some(header) = headers.get(METADATA) else { return Ok((BTreeMap::new(), None)) };
    let sent = header.to_str().map_err(|_| wrong())?.trim();
    if sent.len() > MAX_METADATA {
        return Err(wrong());
    }
    let mut pairs = BTreeMap::new();
    for pair in sent.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once(' ').unwrap_or((pair, ""));
        let value = BASE64_STANDARD.decode(value.trim()).map_err(|_| wrong())?;
        let value = String::from_utf8(value).map_err(|_| wrong())?;
        if pairs.insert(name.to_owned(), value).is_some() {
            return Err(wrong());
        }
    }
    Ok((pairs, (!sent.is_empty()).then(|| sent.to_owned())))
}

/// How an upload is one of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Concat {
    /// A part.
    Partial,
    /// The parts, in their order, and the header as it came.
    Final(Vec<Uuid>, String),
}

/// # Errors
/// 400 `invalid_header`.
pub(super) fn concat(headers: &HeaderMap) -> Result<Option<Concat>> {
    let wrong = || {
        let detail = "The header Upload-Concat must be `partial`, or `final;` and the addresses of up to 100 parts.";
        Error::bad_request("invalid_header", detail)
    };
    let Some(header) = headers.get(CONCAT) else { return Ok(None) };
    let sent = header.to_str().map_err(|_| wrong())?.trim();
    if sent == "partial" {
        return Ok(Some(Concat::Partial));
    }
    let parts = sent.strip_prefix("final;").ok_or_else(wrong)?;
    let id = |address: &str| address.rsplit('/').next().and_then(|id| id.parse().ok()).ok_or_else(wrong);
    let parts: Vec<Uuid> = parts.split_ascii_whitespace().map(id).collect::<Result<_>>()?;
    if parts.is_empty() || parts.len() > MAX_PARTS || sent.len() > 20_000 {
        return Err(wrong());
    }
    Ok(Some(Concat::Final(parts, sent.to_owned())))
}

/// A checksum that a body must have.
pub(super) enum Checksum {
    Sha1(sha1::Sha1, Vec<u8>),
    Sha256(sha2::Sha256, Vec<u8>),
}

impl Checksum {
    /// # Errors
    /// 400 `invalid_header`, also for an algorithm that is not offered.
    pub(super) fn of(headers: &HeaderMap) -> Result<Option<Self>> {
        let wrong = || {
            let detail = "The header Upload-Checksum must be `sha1` or `sha256` and the checksum in base64.";
            Error::bad_request("invalid_header", detail)
        };
        let Some(header) = headers.get(CHECKSUM) else { return Ok(None) };
        let (algorithm, sum) = header.to_str().ok().and_then(|sent| sent.split_once(' ')).ok_or_else(wrong)?;
        let sum = BASE64_STANDARD.decode(sum.trim()).map_err(|_| wrong())?;
        match algorithm {
            "sha1" => Ok(Some(Self::Sha1(sha1::Sha1::new(), sum))),
            "sha256" => Ok(Some(Self::Sha256(sha2::Sha256::new(), sum))),
            _ => Err(wrong()),
        }
    }

    pub(super) fn read(&mut self, piece: &[u8]) {
        match self {
            Self::Sha1(sum, _) => sum.update(piece),
            Self::Sha256(sum, _) => sum.update(piece),
        }
    }

    /// # Errors
    /// 460 `checksum_mismatch`.
    pub(super) fn check(self) -> Result<()> {
        let is_same = match self {
            Self::Sha1(sum, wanted) => sum.finalize()[..] == wanted[..],
            Self::Sha256(sum, wanted) => sum.finalize()[..] == wanted[..],
        };
        if is_same {
            return Ok(());
        }
        let status = StatusCode::from_u16(460).map_err(Error::internal)?;
        let detail = "The bytes were damaged on their way: they do not have the checksum. Send them again.";
        Err(Error::new(status, "checksum_mismatch", detail))
    }
}

fn expires(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// The answer to an upload that was made.
pub(super) fn created(address: &str, upload: &UploadRow) -> Response {
    let headers = [
        (header::LOCATION, format!("{address}/{}", upload.id)),
        (OFFSET, upload.offset_bytes.to_string()),
        (EXPIRES, expires(upload.expires_at)),
    ];
    (StatusCode::CREATED, headers).into_response()
}

/// The answer to bytes that have arrived.
pub(super) fn appended(upload: &UploadRow) -> Response {
    let headers = [(OFFSET, upload.offset_bytes.to_string()), (EXPIRES, expires(upload.expires_at))];
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// How far an upload is.
pub(super) fn shown(upload: &UploadRow) -> Response {
    let mut response = StatusCode::OK.into_response();
    let headers = response.headers_mut();
    let mut put = |name: HeaderName, value: &str| {
        // what came in a header goes into one
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    put(header::CACHE_CONTROL, "no-store");
    put(OFFSET, &upload.offset_bytes.to_string());
    put(EXPIRES, &expires(upload.expires_at));
    match upload.size_bytes {
        Some(size) => put(LENGTH, &size.to_string()),
        None => put(DEFER_LENGTH, "1"),
    }
    if let Some(metadata) = &upload.metadata {
        put(METADATA, metadata);
    }
    match upload.concat.as_deref() {
        Some("final") => put(CONCAT, upload.concat_header.as_deref().unwrap_or("final")),
        Some(partial) => put(CONCAT, partial),
        None => {}
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    #[test]
    fn numbers_are_digits() {
        assert_eq!(offset(&headers(&[("upload-offset", "0")])).unwrap(), 0);
        for wrong in ["-1", "+1", "", "1.0", " ", "99999999999999999999"] {
            assert_eq!(offset(&headers(&[("upload-offset", wrong)])).unwrap_err().code, "invalid_header", "{wrong}");
        }
        let most = (MAX_BYTES + 1).to_string();
        assert_eq!(length(&headers(&[("upload-length", &most)])).unwrap_err().code, "file_too_large");
        assert!(defers_length(&headers(&[("upload-defer-length", "2")])).is_err());
    }

    #[test]
    fn metadata_is_read_and_kept() {
        let sent = "filename c29uZy53YXY=,is_final,kind ZmluYWw=";
        let (pairs, kept) = metadata(&headers(&[("upload-metadata", sent)])).unwrap();
        assert_eq!(pairs["filename"], "song.wav");
        assert_eq!((pairs["is_final"].as_str(), pairs["kind"].as_str(), kept.as_deref()), ("", "final", Some(sent)));
        for wrong in ["filename %%%", "a YQ==,a YQ==", "filename /w=="] {
            assert!(metadata(&headers(&[("upload-metadata", wrong)])).is_err(), "{wrong}");
        }
    }

    #[test]
    fn parts_are_named_by_their_addresses() {
        let (one, two) = (Uuid::now_v7(), Uuid::now_v7());
        let sent = format!("final;/api/projects/x/uploads/{one} https://example.com/files/{two}");
        let read = concat(&headers(&[("upload-concat", &sent)])).unwrap();
        assert_eq!(read, Some(Concat::Final(vec![one, two], sent)));
        assert_eq!(concat(&headers(&[("upload-concat", "partial")])).unwrap(), Some(Concat::Partial));
        for wrong in ["", "final;", "final;/a/b", "both"] {
            assert!(concat(&headers(&[("upload-concat", wrong)])).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_checksum_is_that_of_the_bytes() {
        let sent = headers(&[("upload-checksum", "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=")]);
        let mut sum = Checksum::of(&sent).unwrap().unwrap();
        sum.read(b"hello ");
        sum.read(b"world");
        sum.check().unwrap();
        let mut other = Checksum::of(&sent).unwrap().unwrap();
        other.read(b"hello");
        assert_eq!(other.check().unwrap_err().code, "checksum_mismatch");
        assert!(Checksum::of(&headers(&[("upload-checksum", "md4 AAAA")])).is_err());
    }
}
